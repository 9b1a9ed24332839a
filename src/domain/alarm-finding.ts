/** An alarm's datapoints become a state and the sentence that says why, in CloudWatch's words. */
import {
  type Alarm,
  type AlarmComparison,
  type AlarmDefinition,
  type AlarmState,
  alarmPeriodSeconds,
} from "./alarm.ts";
import { type Datapoint, evaluateAlarm, EXTRA_PERIODS, isBreach } from "./alarm-evaluation.ts";
import type { FoundState } from "./alarm-transition.ts";

export interface EvaluationRange {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

export interface Looked {
  readonly range: EvaluationRange;
  /** Begin of the period → value. */
  readonly values: ReadonlyMap<number, number>;
  readonly nowMs: number;
  /** Since when we have measured: what is missing from before is not known to be missing. */
  readonly measuringSinceMs: number;
}

const sentences: Readonly<Record<AlarmComparison, string>> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

export function evaluationRange(definition: AlarmDefinition, endMs: number): EvaluationRange {
  const periods = definition.evaluationPeriods + EXTRA_PERIODS;
  return { startMs: endMs - periods * alarmPeriodSeconds(definition) * 1000, endMs };
}

/** Null: the state stays what it is. */
export function findState({ definition, state }: Alarm, looked: Looked): FoundState | null {
  const periodMs = alarmPeriodSeconds(definition) * 1000;
  const { startMs, endMs } = looked.range;
  const times = Array.from(
    { length: Math.round((endMs - startMs) / periodMs) },
    (_, index) => startMs + index * periodMs,
  );
  const datapoints = times.map((atMs) => looked.values.get(atMs) ?? null);
  const found = evaluateAlarm(definition, datapoints);
  if (
    found === null ||
    (found !== state && isFromNotMeasuring(definition, found, { looked, times, datapoints }))
  )
    return null;
  return {
    state: found,
    reason: reasonOf(definition, { found, before: state, times, datapoints }),
    reasonData: JSON.stringify(dataOf(definition, looked, datapoints)),
    atMs: looked.nowMs,
  };
}

interface Points {
  readonly looked: Looked;
  readonly times: readonly number[];
  readonly datapoints: readonly Datapoint[];
}

/**
 * A control plane that was down has measured nothing. That is no change of anybody's state: until there are enough periods
 * in which it measured, only breaches that are there make an alarm.
 */
function isFromNotMeasuring(definition: AlarmDefinition, found: AlarmState, points: Points): boolean {
  const { looked, times, datapoints } = points;
  const evaluated = datapoints.slice(-definition.evaluationPeriods);
  const isUnknown = (value: Datapoint, index: number) =>
    value === null && (times[times.length - evaluated.length + index] ?? 0) < looked.measuringSinceMs;
  if (!evaluated.some(isUnknown)) return false;
  const present = datapoints.filter((value) => value !== null);
  if (present.length >= definition.evaluationPeriods) return false;
  const breaches = present.filter((value) => isBreach(definition, value)).length;
  const needed = definition.datapointsToAlarm ?? definition.evaluationPeriods;
  return !(found === "ALARM" && breaches >= needed);
}

interface Finding extends Omit<Points, "looked"> {
  readonly found: AlarmState;
  readonly before: AlarmState;
}

function reasonOf(definition: AlarmDefinition, { found, before, times, datapoints }: Finding): string {
  const { evaluationPeriods, datapointsToAlarm, threshold, comparison } = definition;
  const known = datapoints
    .flatMap((value, index) => (value === null ? [] : [{ value, atMs: times[index] ?? 0 }]))
    .slice(-evaluationPeriods);
  if (known.length === 0) return noDataReason(found, evaluationPeriods);
  const counted = known.filter(({ value }) => isBreach(definition, value) === (found === "ALARM"));
  const needed = datapointsToAlarm ?? evaluationPeriods;
  const minimum = found === "ALARM" ? needed : Math.max(1, evaluationPeriods - needed + 1);
  const shown = counted
    .slice(-10)
    .toReversed()
    .map(({ value, atMs }) => `${shownNumber(value)} (${shownTime(atMs)})`);
  const verb = counted.length === 1 ? "was" : "were";
  const transition =
    before === found
      ? ""
      : ` (minimum ${minimum} datapoint${minimum === 1 ? "" : "s"} for ${before} -> ${found} transition)`;
  return (
    `Threshold Crossed: ${counted.length} out of the last ${evaluationPeriods} datapoints [${shown.join(", ")}] ` +
    `${verb} ${found === "ALARM" ? "" : "not "}${sentences[comparison]} the threshold (${shownNumber(threshold)})${transition}.`
  );
}

function noDataReason(found: AlarmState, count: number): string {
  const datapoints = count === 1 ? "datapoint was" : "datapoints were";
  if (found === "INSUFFICIENT_DATA") return `Insufficient Data: ${count} ${datapoints} unknown.`;
  const treated = found === "ALARM" ? "Breaching" : "NonBreaching";
  return `Threshold Crossed: no datapoints were received for ${count} period${count === 1 ? "" : "s"} and ${count} missing ${datapoints} treated as [${treated}].`;
}

/** As AWS writes them: 90.0. */
function shownNumber(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** 21/11/26 09:50:00 */
function shownTime(atMs: number): string {
  const [date = "", time = ""] = new Date(atMs).toISOString().split("T");
  const [year = "", month, day] = date.split("-");
  return `${day}/${month}/${year.slice(2)} ${time.slice(0, 8)}`;
}

function dataOf(
  definition: AlarmDefinition,
  { range, nowMs }: Looked,
  datapoints: readonly Datapoint[],
): object {
  const [query] = definition.queries;
  return {
    version: "1.0",
    queryDate: new Date(nowMs).toISOString(),
    startDate: new Date(range.startMs).toISOString(),
    ...(definition.isOfOneMetric && query?.kind === "statistic" && { statistic: query.statistic }),
    period: alarmPeriodSeconds(definition),
    recentDatapoints: datapoints.filter((value) => value !== null).slice(-definition.evaluationPeriods),
    threshold: definition.threshold,
  };
}
