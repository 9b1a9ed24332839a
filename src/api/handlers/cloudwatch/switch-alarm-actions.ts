import { HISTORY_KEPT } from "../../../domain/alarm-transition.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { assertNameCount, configurationItem } from "../../resources/alarm.ts";

/** CloudWatch API, EnableAlarmActions. Names of no alarm are passed over, as CloudWatch does. */
export const enableAlarmActions: Handler<"GraniteServiceVersion20100801.EnableAlarmActions"> = (
  { AlarmNames },
  context,
) => switchActions(AlarmNames, true, context);

/** CloudWatch API, DisableAlarmActions: states go on changing, and nobody is told. */
export const disableAlarmActions: Handler<"GraniteServiceVersion20100801.DisableAlarmActions"> = (
  { AlarmNames },
  context,
) => switchActions(AlarmNames, false, context);

async function switchActions(
  names: readonly string[],
  actionsEnabled: boolean,
  { store, clock }: HandlerContext,
): Promise<Record<string, never>> {
  assertNameCount(names);
  await store.transaction(async (tx) => {
    for (const name of new Set(names)) {
      const alarm = await tx.alarms.get(name);
      if (alarm === null || alarm.definition.actionsEnabled === actionsEnabled) continue;
      const definition = { ...alarm.definition, actionsEnabled };
      await tx.alarms.save({ ...alarm, definition, version: alarm.version + 1 });
      await tx.alarmHistory.append(configurationItem(name, clock.now(), "updated"), HISTORY_KEPT);
    }
  });
  return {};
}
