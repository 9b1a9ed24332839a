/**
 * The state of an alarm from its last datapoints, as CloudWatch finds it ("Configuring how CloudWatch alarms treat missing
 * data" in its user guide, whose tables are the tests). A few more periods are looked at than are evaluated: what is missing
 * among them is made up for by older datapoints.
 */
import type { AlarmComparison, AlarmDefinition, AlarmState } from "./alarm.ts";

/** Beyond the evaluation periods. */
export const EXTRA_PERIODS = 2;

type Rules = Pick<
  AlarmDefinition,
  "evaluationPeriods" | "datapointsToAlarm" | "threshold" | "comparison" | "missingData"
>;

/** A value, or null where there is none. */
export type Datapoint = number | null;

const comparisons: Readonly<Record<AlarmComparison, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Datapoints oldest first, one for each period of the evaluation range. Null: the state stays what it is. */
export function evaluateAlarm(rules: Rules, datapoints: readonly Datapoint[]): AlarmState | null {
  const { evaluationPeriods: needed, missingData } = rules;
  const present = datapoints.filter((value) => value !== null);
  const breaches = countBreaches(rules, present.slice(-needed));
  const missing = Math.max(0, needed - present.length);
  if (missing === 0) return breaches >= toAlarm(rules) ? "ALARM" : "OK";
  if (missingData === "breaching") return breaches + missing >= toAlarm(rules) ? "ALARM" : "OK";
  if (missingData === "notBreaching") return breaches >= toAlarm(rules) ? "ALARM" : "OK";
  if (present.length === 0) return missingData === "ignore" ? null : "INSUFFICIENT_DATA";
  if (breaches >= toAlarm(rules)) return "ALARM";
  if (breaches < present.length) return "OK";
  return missingData === "ignore" ? null : stateOfFewBreaches(rules, datapoints);
}

export function isBreach(
  { comparison, threshold }: Pick<Rules, "comparison" | "threshold">,
  value: number,
): boolean {
  return comparisons[comparison](value, threshold);
}

function toAlarm({ datapointsToAlarm, evaluationPeriods }: Rules): number {
  return datapointsToAlarm ?? evaluationPeriods;
}

function countBreaches(rules: Rules, values: readonly number[]): number {
  return values.filter((value) => isBreach(rules, value)).length;
}

/**
 * All there is breaches, and there is too little of it. Once the oldest is as long ago as there must be breaches, it is an
 * alarm: nothing will come that was not breaching. Before that the next datapoint may settle it.
 */
function stateOfFewBreaches(rules: Rules, datapoints: readonly Datapoint[]): AlarmState | null {
  const oldest = datapoints.findIndex((value) => value !== null);
  return datapoints.length - oldest >= toAlarm(rules) ? "ALARM" : null;
}
