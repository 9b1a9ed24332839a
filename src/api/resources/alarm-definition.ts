/** PutMetricAlarm's input → a definition, or what is wrong with it. */
import type { InputOf } from "../../contract/index.ts";
import { type AlarmComparison, type AlarmDefinition, alarmPeriodSeconds } from "../../domain/alarm.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { destinationArn } from "../../domain/event-destination.ts";
import type { MetricQuery, StatisticQuery } from "../../domain/metric-query.ts";
import {
  assertPeriod,
  assertStatistic,
  checkedResults,
  combination,
  invalid,
  metricToDomain,
  queriesToDomain,
} from "../wire/metric-to-domain.ts";

type Input = InputOf<"GraniteServiceVersion20100801.PutMetricAlarm">;

const MAX_ACTIONS = 5;
const MAX_QUERIES = 10;
const DAY_SECONDS = 86_400;
const WEEK_SECONDS = 7 * DAY_SECONDS;
/** Of a single metric's query; nobody sees it. */
const ONLY = "m1";

export function definitionOf(input: Input, scope: AccountScope): AlarmDefinition {
  const isOfOneMetric = input.Metrics === undefined || input.Metrics.length === 0;
  const definition: AlarmDefinition = {
    description: input.AlarmDescription ?? null,
    actionsEnabled: input.ActionsEnabled ?? true,
    actions: {
      OK: actionsOf(input.OKActions, "OKActions", scope),
      ALARM: actionsOf(input.AlarmActions, "AlarmActions", scope),
      INSUFFICIENT_DATA: actionsOf(input.InsufficientDataActions, "InsufficientDataActions", scope),
    },
    isOfOneMetric,
    queries: isOfOneMetric ? [singleQuery(input)] : mathQueries(input),
    evaluationPeriods: input.EvaluationPeriods,
    datapointsToAlarm: input.DatapointsToAlarm ?? null,
    threshold: thresholdOf(input),
    comparison: comparisonOf(input),
    missingData: input.TreatMissingData ?? null,
    lowSampleTreatment: input.EvaluateLowSampleCountPercentile ?? null,
  };
  assertPeriods(definition);
  return definition;
}

function singleQuery(input: Input): StatisticQuery {
  const { MetricName, Namespace, Period, Statistic, ExtendedStatistic } = input;
  if (MetricName === undefined || Namespace === undefined || Period === undefined) {
    throw combination("Give MetricName, Namespace and Period, or Metrics");
  }
  const statistic = Statistic ?? ExtendedStatistic;
  if (statistic === undefined || (Statistic !== undefined && ExtendedStatistic !== undefined)) {
    throw combination("Give either Statistic or ExtendedStatistic, and not both");
  }
  assertStatistic(statistic, "ExtendedStatistic");
  assertPeriod(Period, "Period");
  return {
    kind: "statistic",
    id: ONLY,
    label: null,
    isReturned: true,
    metric: metricToDomain({ ...input, MetricName, Namespace }, ""),
    statistic,
    periodSeconds: Period,
    unit: input.Unit ?? null,
  };
}

function mathQueries(input: Input): readonly MetricQuery[] {
  const single = [
    "MetricName",
    "Namespace",
    "Period",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Unit",
  ] as const;
  const both = single.find((member) => input[member] !== undefined);
  if (both !== undefined) throw combination(`Give either Metrics or ${both}, and not both`);
  const queries = queriesToDomain(input.Metrics ?? [], { path: "Metrics", limit: MAX_QUERIES });
  if (queries.filter(({ isReturned }) => isReturned).length !== 1) {
    throw combination("Exactly one of Metrics must have ReturnData: it is what the threshold is for");
  }
  if (checkedResults(queries, "Metrics").length !== 1) {
    throw invalid("Metrics", "the query with ReturnData must result in one time series");
  }
  const periods = new Set(
    queries.flatMap((query) => (query.kind === "statistic" ? query.periodSeconds : [])),
  );
  if (periods.size !== 1) throw invalid("Metrics", "must hold metrics, all with the same Period");
  return queries;
}

function thresholdOf({ Threshold, ThresholdMetricId }: Input): number {
  if (ThresholdMetricId !== undefined) {
    throw invalid("ThresholdMetricId", "nothing is learned from metrics here; give Threshold");
  }
  if (Threshold === undefined) throw invalid("Threshold", "is required");
  return Threshold;
}

function comparisonOf({ ComparisonOperator: given }: Input): AlarmComparison {
  if (
    given === "LessThanLowerOrGreaterThanUpperThreshold" ||
    given === "LessThanLowerThreshold" ||
    given === "GreaterThanUpperThreshold"
  ) {
    throw invalid(
      "ComparisonOperator",
      `${given} is for bands that are learned, and nothing is learned from metrics here; compare with Threshold`,
    );
  }
  return given;
}

/** As AWS: a day altogether, and a week where periods are an hour or longer. */
function assertPeriods(definition: AlarmDefinition): void {
  const { evaluationPeriods, datapointsToAlarm } = definition;
  const periodSeconds = alarmPeriodSeconds(definition);
  if (datapointsToAlarm !== null && datapointsToAlarm > evaluationPeriods) {
    throw invalid("DatapointsToAlarm", `must be at most EvaluationPeriods, ${evaluationPeriods}`);
  }
  const limitSeconds = periodSeconds >= 3600 ? WEEK_SECONDS : DAY_SECONDS;
  if (evaluationPeriods * periodSeconds > limitSeconds) {
    throw combination(
      `EvaluationPeriods times Period is ${evaluationPeriods * periodSeconds} seconds; it must be at most ${limitSeconds}`,
    );
  }
}

/** An action is a destination of events: that is where webhooks are signed, tried again and looked after. */
function actionsOf(
  given: readonly string[] | undefined,
  path: string,
  scope: AccountScope,
): readonly string[] {
  const actions = [...new Set(given ?? [])];
  if (actions.length > MAX_ACTIONS)
    throw invalid(path, `holds ${actions.length}; it must hold at most ${MAX_ACTIONS}`);
  const prefix = destinationArn(scope, "");
  const wrong = actions.find((action) => !action.startsWith(prefix));
  if (wrong === undefined) return actions;
  throw invalid(
    path,
    `${JSON.stringify(wrong.slice(0, 120))} is no action here. ${remedyFor(wrong, prefix)}`,
  );
}

function remedyFor(action: string, prefix: string): string {
  return /^https?:/i.test(action)
    ? `Make a destination of the URL with \`slipway destinations add <name> <url>\`, and give its ARN, ${prefix}<name>`
    : `It must be the ARN of a destination of events, ${prefix}<name>; there are no SNS topics, functions or instances to act on`;
}
