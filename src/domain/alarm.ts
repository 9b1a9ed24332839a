/** An alarm: when a metric, or an expression of several, is where it should not be, and who is told. */
import type { AccountScope } from "./arn.ts";
import type { MetricQuery } from "./metric-query.ts";

export type AlarmState = "OK" | "ALARM" | "INSUFFICIENT_DATA";

export type AlarmComparison =
  | "GreaterThanOrEqualToThreshold"
  | "GreaterThanThreshold"
  | "LessThanThreshold"
  | "LessThanOrEqualToThreshold";

export type MissingDataTreatment = "breaching" | "notBreaching" | "ignore" | "missing";

export interface AlarmDefinition {
  readonly description: string | null;
  readonly actionsEnabled: boolean;
  /** ARNs of event destinations. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
  /** Of one metric: the statistic alone. Otherwise all that was given; the one that is returned is what is compared. */
  readonly isOfOneMetric: boolean;
  readonly queries: readonly MetricQuery[];
  readonly evaluationPeriods: number;
  /** Null: as many as there are evaluation periods. */
  readonly datapointsToAlarm: number | null;
  readonly threshold: number;
  readonly comparison: AlarmComparison;
  /** Null: missing. */
  readonly missingData: MissingDataTreatment | null;
  /** Kept and shown; all values are counted here, so that no percentile is a guess from few. */
  readonly lowSampleTreatment: "evaluate" | "ignore" | null;
}

export interface Alarm {
  readonly name: string;
  readonly arn: string;
  readonly definition: AlarmDefinition;
  readonly configuredAtMs: number;
  readonly state: AlarmState;
  readonly stateReason: string;
  /** JSON. */
  readonly stateReasonData: string | null;
  readonly stateUpdatedAtMs: number;
  /** When it last became another one. */
  readonly stateTransitionedAtMs: number;
  readonly nextEvaluationAtMs: number;
  /** Grows with each change by a user, so that an evaluation of what was before is not saved over it. */
  readonly version: number;
}

export type AlarmHistoryType = "ConfigurationUpdate" | "StateUpdate" | "Action";

export interface AlarmHistoryItem {
  readonly alarmName: string;
  readonly atMs: number;
  readonly type: AlarmHistoryType;
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

export function alarmArn({ region, account }: AccountScope, name: string): string {
  return `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;
}

/** The periods of its metrics; the longest counts. */
export function alarmPeriodSeconds({ queries }: Pick<AlarmDefinition, "queries">): number {
  return Math.max(...queries.map((query) => (query.kind === "statistic" ? query.periodSeconds : 0)));
}

/** Metrics of a period are complete so long after its end. */
const SETTLING_MS = 15_000;

/** When the period that `nowMs` lies in can be looked at. */
export function nextEvaluation(definition: Pick<AlarmDefinition, "queries">, nowMs: number): number {
  const periodMs = alarmPeriodSeconds(definition) * 1000;
  return (Math.floor((nowMs - SETTLING_MS) / periodMs) + 1) * periodMs + SETTLING_MS;
}

/** The end of the last complete period. */
export function evaluationEnd(definition: Pick<AlarmDefinition, "queries">, nowMs: number): number {
  const periodMs = alarmPeriodSeconds(definition) * 1000;
  return Math.floor((nowMs - SETTLING_MS) / periodMs) * periodMs;
}
