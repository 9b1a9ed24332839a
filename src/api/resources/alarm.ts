/** Alarms for the handlers: finding, saving with what follows, tags. */
import type { AlarmChange } from "../../domain/alarm-transition.ts";
import { HISTORY_KEPT } from "../../domain/alarm-transition.ts";
import { type Alarm, alarmArn, type AlarmHistoryItem } from "../../domain/alarm.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Tag } from "../../domain/tag.ts";
import type { Tables } from "../../ports/store.ts";
import { combination, invalid } from "../wire/metric-to-domain.ts";

export const MAX_ALARM_NAMES = 100;

const MAX_TAGS = 50;

export async function findAlarm(name: string, tables: Pick<Tables, "alarms">): Promise<Alarm> {
  const alarm = await tables.alarms.get(name);
  if (alarm === null) throw new SlipwayError("AlarmNotFound", { name });
  return alarm;
}

/** The alarm that a call about tags names. */
export async function findTaggedAlarm(
  arn: string,
  tables: Pick<Tables, "alarms">,
  scope: AccountScope,
): Promise<Alarm> {
  const prefix = alarmArn(scope, "");
  const alarm = arn.startsWith(prefix) ? await tables.alarms.get(arn.slice(prefix.length)) : null;
  if (alarm === null) throw new SlipwayError("AlarmResourceNotFound", { arn });
  return alarm;
}

/** Call inside a transaction: the event is told exactly when the state is saved. */
export async function saveChange({ alarm, history, event }: AlarmChange, tables: Tables): Promise<void> {
  await tables.alarms.save(alarm);
  for (const item of history) await tables.alarmHistory.append(item, HISTORY_KEPT);
  if (event !== null) await tables.events.append(event);
}

export function configurationItem(
  alarmName: string,
  atMs: number,
  verb: "created" | "updated" | "deleted",
): AlarmHistoryItem {
  return {
    alarmName,
    atMs,
    type: "ConfigurationUpdate",
    summary: `Alarm "${alarmName}" ${verb}`,
    data: JSON.stringify({ version: "1.0", type: verb }),
  };
}

export function assertNameCount(names: readonly string[]): void {
  if (names.length > MAX_ALARM_NAMES) {
    throw invalid("AlarmNames", `holds ${names.length}; it must hold at most ${MAX_ALARM_NAMES}`);
  }
}

export function assertAlarmTags(given: readonly Tag[], present: readonly Tag[]): void {
  const keys = new Set(given.map(({ key }) => key));
  if (keys.size < given.length) throw combination("Tags holds the same key twice");
  const kept = present.filter(({ key }) => !keys.has(key));
  if (kept.length + given.length > MAX_TAGS) throw invalid("Tags", `an alarm has at most ${MAX_TAGS} tags`);
}
