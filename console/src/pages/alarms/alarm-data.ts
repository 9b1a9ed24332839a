/** An alarm as the form has it, as the API takes it, and as a sentence. Pure. */
import type { Input, Output } from "../../api/wire.ts";
import { formatValue, type Unit } from "../../parts/charts/axis.ts";
import { alarms as texts } from "../../texts.ts";
import {
  dimensionsOf,
  instanceOfDimensions,
  type MathDraft,
  mathOf,
  mathProblems,
  type MetricQuery,
  type NamedService,
  queriesOf,
  serviceOfDimensions,
} from "./alarm-math.ts";

export type Alarm = NonNullable<
  Output<"GraniteServiceVersion20100801.DescribeAlarms">["MetricAlarms"]
>[number];
export type AlarmState = NonNullable<Alarm["StateValue"]>;
type AlarmInput = Input<"GraniteServiceVersion20100801.PutMetricAlarm">;
type Comparison = AlarmInput["ComparisonOperator"];
type Missing = keyof typeof texts.form.missingOptions;
export type MetricName = keyof typeof texts.metrics;

interface MetricPlan {
  readonly unit: Unit;
  readonly statistic: string;
  /** Metrics of requests have no value in periods without a request. */
  readonly missing: Missing;
}

const COUNT: MetricPlan = { unit: "count", statistic: "Sum", missing: "notBreaching" };
const LEVEL: MetricPlan = { unit: "count", statistic: "Maximum", missing: "missing" };
const SHARE: MetricPlan = { unit: "percent", statistic: "Average", missing: "missing" };

export const METRICS: Readonly<Record<MetricName, MetricPlan>> = {
  "5xxStatusResponses": COUNT,
  "4xxStatusResponses": COUNT,
  "2xxStatusResponses": COUNT,
  "3xxStatusResponses": COUNT,
  Requests: COUNT,
  RequestLatency: { unit: "ms", statistic: "p95", missing: "notBreaching" },
  CPUUtilization: SHARE,
  MemoryUtilization: SHARE,
  Concurrency: LEVEL,
  QueuedRequests: LEVEL,
  ActiveInstances: LEVEL,
  ProvisionedInstances: LEVEL,
  EgressBytes: { unit: "bytes", statistic: "Sum", missing: "notBreaching" },
};
/** What is measured of each instance, too. */
export const INSTANCE_METRICS: readonly MetricName[] = ["CPUUtilization", "MemoryUtilization"];
export const PERIODS_S = [10, 30, 60, 300, 900, 3_600] as const;

export interface AlarmDraft {
  readonly name: string;
  readonly about: string;
  /** Name and id; null: not chosen yet. */
  readonly service: NamedService | null;
  /** Null: of all its instances. */
  readonly instanceId: string | null;
  readonly metric: MetricName;
  readonly statistic: string;
  /** Null: it watches the one metric above. */
  readonly math: MathDraft | null;
  readonly periodS: number;
  readonly comparison: Comparison;
  readonly threshold: string;
  readonly needed: string;
  readonly periods: string;
  readonly missing: Missing;
  /** ARNs of the destinations that are told of each state. */
  readonly actions: Readonly<Record<AlarmState, readonly string[]>>;
}

export const NEW_ALARM: AlarmDraft = {
  name: "",
  about: "",
  service: null,
  instanceId: null,
  metric: "5xxStatusResponses",
  statistic: "Sum",
  periodS: 60,
  comparison: "GreaterThanThreshold",
  threshold: "5",
  needed: "2",
  periods: "3",
  missing: "notBreaching",
  math: null,
  actions: { ALARM: [], OK: [], INSUFFICIENT_DATA: [] },
};

/** Another metric brings the statistic that fits it. */
export function withMetric(draft: AlarmDraft, metric: MetricName): AlarmDraft {
  const { statistic, missing } = METRICS[metric];
  return { ...draft, metric, statistic, missing };
}

/** Of one instance there are fewer metrics; where the chosen one is not among them, it becomes the first that is. */
export function withInstance(draft: AlarmDraft, instanceId: string | null): AlarmDraft {
  const isMeasured = instanceId === null || INSTANCE_METRICS.includes(draft.metric);
  return { ...(isMeasured ? draft : withMetric(draft, "CPUUtilization")), instanceId };
}

/** One of an instance that is there, as far as it can be known: a share of the processor that is much. */
export function instanceAlarm(service: NamedService, instanceId: string): AlarmDraft {
  return {
    ...withInstance({ ...NEW_ALARM, service }, instanceId),
    name: `${service.name}-${shortInstance(instanceId)}-busy`,
    comparison: "GreaterThanThreshold",
    threshold: "90",
  };
}

/** Who is told of an alarm is also told that it is over, until the two are chosen apart. */
export function withActions(draft: AlarmDraft, state: AlarmState, arns: readonly string[]): AlarmDraft {
  const { ALARM, OK } = draft.actions;
  const isTogether = state === "ALARM" && ALARM.join(" ") === OK.join(" ");
  return { ...draft, actions: { ...draft.actions, [state]: arns, ...(isTogether && { OK: arns }) } };
}

export interface DraftProblems {
  readonly name: boolean;
  readonly service: boolean;
  readonly threshold: boolean;
  readonly periods: boolean;
  readonly math: boolean;
}

export function problemsOf(draft: AlarmDraft): DraftProblems {
  const { name, service, threshold, needed, periods, math } = draft;
  const wrong = math === null ? null : mathProblems(math);
  const [count, most] = [wholeNumber(needed), wholeNumber(periods)];
  return {
    name: name.trim() === "",
    service: math === null && service === null,
    threshold: thresholdOf(threshold) === null,
    periods: count === null || most === null || count > most,
    math: wrong !== null && (wrong.expression || wrong.ids.length > 0 || wrong.empty.length > 0),
  };
}

export function thresholdOf(text: string): number | null {
  const value = Number(text);
  return text.trim() !== "" && Number.isFinite(value) ? value : null;
}

function wholeNumber(text: string): number | null {
  return /^[1-9]\d{0,3}$/.test(text.trim()) ? Number(text) : null;
}

/** What of an existing alarm the form does not show stays: `former`. */
export function toInput(draft: AlarmDraft, former: Alarm | null): AlarmInput {
  const { ALARM, OK, INSUFFICIENT_DATA } = draft.actions;
  return {
    AlarmName: draft.name.trim(),
    AlarmDescription: draft.about,
    ActionsEnabled: former?.ActionsEnabled ?? true,
    ...(draft.math === null
      ? metricInput(draft)
      : { Metrics: queriesOf(draft.math, draft.periodS) satisfies AlarmInput["Metrics"] }),
    EvaluationPeriods: Number(draft.periods),
    DatapointsToAlarm: Number(draft.needed),
    Threshold: Number(draft.threshold),
    ComparisonOperator: draft.comparison,
    TreatMissingData: draft.missing,
    AlarmActions: [...ALARM],
    OKActions: [...OK],
    InsufficientDataActions: [...INSUFFICIENT_DATA],
  };
}

function metricInput({ metric, service, instanceId, statistic, periodS }: AlarmDraft): Partial<AlarmInput> {
  return {
    Namespace: "AWS/AppRunner",
    MetricName: metric,
    ...(service && { Dimensions: dimensionsOf(service, instanceId) }),
    ...(statistic.startsWith("p")
      ? { ExtendedStatistic: statistic }
      : { Statistic: statistic as NonNullable<AlarmInput["Statistic"]> }),
    Period: periodS,
  };
}

/** Null: not one that the form can show, for example one of metrics that there are not. */
export function draftOf(alarm: Alarm): AlarmDraft | null {
  const { ComparisonOperator: comparison } = alarm;
  const watched = watchedOf(alarm);
  if (watched === null || comparison === undefined || texts.comparisons[comparison] === undefined)
    return null;
  const periods = alarm.EvaluationPeriods ?? 1;
  return {
    ...watched,
    name: alarm.AlarmName,
    about: alarm.AlarmDescription ?? "",
    comparison,
    threshold: String(alarm.Threshold ?? 0),
    needed: String(alarm.DatapointsToAlarm ?? periods),
    periods: String(periods),
    missing: alarm.TreatMissingData ?? "missing",
    actions: {
      ALARM: alarm.AlarmActions ?? [],
      OK: alarm.OKActions ?? [],
      INSUFFICIENT_DATA: alarm.InsufficientDataActions ?? [],
    },
  };
}

type WatchedDraft = Pick<AlarmDraft, "service" | "instanceId" | "metric" | "statistic" | "periodS" | "math">;

function watchedOf(alarm: Alarm): WatchedDraft | null {
  const { MetricName: metric, Metrics: queries = [] } = alarm;
  if (queries.length > 0) {
    const { service, instanceId, metric: first, statistic } = NEW_ALARM;
    return {
      service,
      instanceId,
      metric: first,
      statistic,
      periodS: periodOf(alarm),
      math: mathOf(queries, isKnownMetric),
    };
  }
  const service = serviceOfDimensions(alarm.Dimensions);
  const instanceId = instanceOfDimensions(alarm.Dimensions);
  if (metric === undefined || !isKnownMetric(metric) || service === null || instanceId === undefined) {
    return null;
  }
  if (instanceId !== null && !INSTANCE_METRICS.includes(metric)) return null;
  const statistic = alarm.ExtendedStatistic ?? alarm.Statistic ?? METRICS[metric].statistic;
  return { service, instanceId, metric, statistic, periodS: periodOf(alarm), math: null };
}

/** All metrics of an expression have one. */
function periodOf({ Period, Metrics = [] }: Alarm): number {
  return Period ?? Metrics.find(({ MetricStat }) => MetricStat !== undefined)?.MetricStat?.Period ?? 60;
}

/** What a chart of the draft asks for. Null: something is missing yet. */
export function chartQueries(draft: AlarmDraft): readonly MetricQuery[] | null {
  const { math, service, instanceId, metric, statistic, periodS } = draft;
  if (math !== null) return problemsOf(draft).math ? null : queriesOf(math, periodS);
  if (service === null) return null;
  const Metric = {
    Namespace: "AWS/AppRunner",
    MetricName: metric,
    Dimensions: dimensionsOf(service, instanceId),
  };
  return [{ Id: "watched", ReturnData: true, MetricStat: { Metric, Period: periodS, Stat: statistic } }];
}

/** `Latency (p95)`, or what an expression is called. */
export function watchedText({ math, metric, statistic, instanceId }: AlarmDraft): string {
  const text = metricText(metric, statistic);
  if (math === null) return instanceId === null ? text : texts.ofInstance(text, shortInstance(instanceId));
  return math.label.trim() === "" ? math.expression : math.label;
}

/** As the tab of instances shows it. */
export function shortInstance(id: string): string {
  return id.slice(0, 12);
}

export function watchedUnit({ math, metric }: AlarmDraft): Unit {
  return math === null ? METRICS[metric].unit : "count";
}

function metricText(metric: MetricName, statistic: string): string {
  return `${texts.metrics[metric]} (${texts.statistics[statistic] ?? statistic})`;
}

export function isKnownMetric(name: string): name is MetricName {
  return Object.hasOwn(METRICS, name);
}

/** Null: of none, or an expression of several. */
export function serviceOf({ Dimensions, Metrics = [] }: Alarm): NamedService | null {
  if (Metrics.length === 0) return serviceOfDimensions(Dimensions);
  const services = Metrics.flatMap(
    ({ MetricStat }) => serviceOfDimensions(MetricStat?.Metric?.Dimensions) ?? [],
  );
  return new Set(services.map(({ id }) => id)).size === 1 ? (services[0] ?? null) : null;
}

/** `Latency (p95) > 500 ms, in 2 of 3 periods of 1 min` */
export function conditionText(alarm: Alarm): string {
  const draft = draftOf(alarm);
  const { Threshold = 0, ComparisonOperator = "", EvaluationPeriods: periods = 1 } = alarm;
  return texts.condition(
    draft === null ? (alarm.MetricName ?? texts.expression) : watchedText(draft),
    texts.comparisons[ComparisonOperator] ?? ComparisonOperator,
    formatValue(Threshold, draft === null ? "count" : watchedUnit(draft)),
    texts.times(alarm.DatapointsToAlarm ?? periods, periods, periodText(periodOf(alarm))),
  );
}

export function periodText(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  return seconds < 3_600 ? `${seconds / 60} min` : `${seconds / 3_600} h`;
}

/** So many hours are looked at that a period is some points wide. */
export function hoursShown(periodS: number): number {
  if (periodS < 60) return 1;
  if (periodS === 60) return 3;
  return periodS <= 300 ? 12 : 48;
}
