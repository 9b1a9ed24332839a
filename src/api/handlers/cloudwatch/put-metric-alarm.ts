import { type Alarm, alarmArn, nextEvaluation } from "../../../domain/alarm.ts";
import type { AlarmDefinition } from "../../../domain/alarm.ts";
import { HISTORY_KEPT } from "../../../domain/alarm-transition.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler } from "../../handler.ts";
import { assertAlarmTags, configurationItem } from "../../resources/alarm.ts";
import { definitionOf } from "../../resources/alarm-definition.ts";
import { tagsFromWire } from "../../resources/tags.ts";
import { invalid } from "../../wire/metric-to-domain.ts";

/** CloudWatch's, of a region. */
const MAX_ALARMS = 5000;

/** CloudWatch API, PutMetricAlarm: makes one, or replaces all of it but its state. Tags are for new ones. */
export const putMetricAlarm: Handler<"GraniteServiceVersion20100801.PutMetricAlarm"> = async (
  input,
  { store, scope, clock },
) => {
  const definition = definitionOf(input, scope);
  const tags = tagsFromWire(input.Tags);
  assertAlarmTags(tags, []);
  const nowMs = clock.now();
  await store.transaction(async (tx) => {
    await assertDestinations(definition, tx);
    const present = await tx.alarms.get(input.AlarmName);
    if (present === null && (await tx.alarms.count()) >= MAX_ALARMS) {
      throw new SlipwayError("AlarmLimitReached", { limit: MAX_ALARMS });
    }
    const base = present ?? newAlarm(input.AlarmName, alarmArn(scope, input.AlarmName), nowMs);
    await tx.alarms.save({
      ...base,
      definition,
      configuredAtMs: nowMs,
      nextEvaluationAtMs: nextEvaluation(definition, nowMs),
      version: base.version + 1,
    });
    const verb = present === null ? "created" : "updated";
    await tx.alarmHistory.append(configurationItem(input.AlarmName, nowMs, verb), HISTORY_KEPT);
    if (present === null && tags.length > 0) await tx.tags.put(base.arn, tags);
  });
  return {};
};

function newAlarm(name: string, arn: string, nowMs: number): Omit<Alarm, "definition"> {
  return {
    name,
    arn,
    configuredAtMs: nowMs,
    state: "INSUFFICIENT_DATA",
    stateReason: "Unchecked: Initial alarm creation",
    stateReasonData: null,
    stateUpdatedAtMs: nowMs,
    stateTransitionedAtMs: nowMs,
    nextEvaluationAtMs: nowMs,
    version: 0,
  };
}

/** Who would be told nothing is not found out when it matters. */
async function assertDestinations({ actions }: AlarmDefinition, tx: Tables): Promise<void> {
  for (const arn of new Set(Object.values(actions).flat())) {
    if ((await tx.eventDestinations.get(arn)) !== null) continue;
    throw invalid(
      "AlarmActions",
      `there is no destination ${arn}. Make it first, with \`slipway destinations add\``,
    );
  }
}
