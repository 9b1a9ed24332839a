import type { InputOf } from "../../../contract/index.ts";
import type { Alarm } from "../../../domain/alarm.ts";
import type { Handler } from "../../handler.ts";
import { filtered, readPage } from "../../paging.ts";
import { assertNameCount } from "../../resources/alarm.ts";
import { alarmToWire } from "../../wire/alarm-to-wire.ts";
import { combination } from "../../wire/metric-to-domain.ts";

const PAGE_SIZE = 50;

type Input = InputOf<"GraniteServiceVersion20100801.DescribeAlarms">;

/** CloudWatch API, DescribeAlarms: by name, or those with a prefix, in order of name. There are no composite alarms. */
export const describeAlarms: Handler<"GraniteServiceVersion20100801.DescribeAlarms"> = async (
  input,
  context,
) => {
  const { AlarmNames: names, AlarmNamePrefix: prefix = "", AlarmTypes: types = ["MetricAlarm"] } = input;
  if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) {
    throw combination("There are no composite alarms, so that no alarm has children or parents");
  }
  if (names !== undefined && prefix !== "")
    throw combination("Give either AlarmNames or AlarmNamePrefix, and not both");
  if (types.length > 0 && !types.includes("MetricAlarm")) return { MetricAlarms: [], CompositeAlarms: [] };
  const wanted = (alarm: Alarm) => isWanted(alarm, input);
  if (names !== undefined) {
    assertNameCount(names);
    const found = await Promise.all([...new Set(names)].map((name) => context.store.alarms.get(name)));
    const alarms = found.filter((alarm) => alarm !== null).filter(wanted);
    return { MetricAlarms: alarms.map(alarmToWire), CompositeAlarms: [] };
  }
  const page = await readPage(
    {
      operation: "GraniteServiceVersion20100801.DescribeAlarms",
      input: { ...input, MaxResults: input.MaxRecords ?? PAGE_SIZE },
    },
    context,
    filtered((request) => context.store.alarms.list(prefix, request), wanted),
  );
  return { MetricAlarms: page.rows.map(alarmToWire), CompositeAlarms: [], ...page.nextToken };
};

function isWanted({ state, definition }: Alarm, { StateValue, ActionPrefix }: Input): boolean {
  if (StateValue !== undefined && state !== StateValue) return false;
  if (ActionPrefix === undefined) return true;
  return Object.values(definition.actions)
    .flat()
    .some((action) => action.startsWith(ActionPrefix));
}
