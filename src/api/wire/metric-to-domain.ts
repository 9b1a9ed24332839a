/** Queries of metrics as they are asked for → the domain's, with what is wrong about each. */
import type { MonitoringType } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import { resultsWithoutData, type QueryResult } from "../../domain/metric-math/query-evaluation.ts";
import { MathError } from "../../domain/metric-math/math-value.ts";
import {
  type MetricQuery,
  type NamedMetric,
  periodProblem,
  type StatisticQuery,
} from "../../domain/metric-query.ts";
import { parseStatistic, STATISTICS_HINT } from "../../domain/metric-statistic.ts";

const MAX_DIMENSIONS = 30;

export function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidMonitoringRequest", { path, problem });
}

export function combination(problem: string): SlipwayError {
  return new SlipwayError("InvalidMonitoringCombination", { problem });
}

/** All queries of a request. Their expressions are right whatever the data are. */
export function queriesToDomain(
  wire: readonly MonitoringType<"MetricDataQuery">[],
  { path, limit }: { readonly path: string; readonly limit: number },
): readonly MetricQuery[] {
  if (wire.length === 0) throw invalid(path, "must hold at least one query");
  if (wire.length > limit) throw invalid(path, `holds ${wire.length} queries; it must hold at most ${limit}`);
  const queries = wire.map((query, index) => queryToDomain(query, `${path}[${index}]`));
  const ids = new Set(queries.map(({ id }) => id));
  if (ids.size < queries.length) throw invalid(path, "holds the same Id twice");
  return queries;
}

/** Tells what the queries result in; MathError becomes the request's refusal. */
export function checkedResults(queries: readonly MetricQuery[], path: string): readonly QueryResult[] {
  try {
    return resultsWithoutData(queries);
  } catch (error) {
    throw error instanceof MathError ? invalid(path, error.message) : error;
  }
}

function queryToDomain(wire: MonitoringType<"MetricDataQuery">, path: string): MetricQuery {
  const { Id: id, Label, MetricStat: metricStat, Expression: expression } = wire;
  const shared = { id, label: Label ?? null, isReturned: wire.ReturnData ?? true };
  if ((metricStat === undefined) === (expression === undefined)) {
    throw combination(`${path} must have either MetricStat or Expression`);
  }
  if (expression !== undefined) return { kind: "expression", ...shared, expression };
  if (metricStat === undefined) throw new TypeError("neither");
  const { Metric: metric, Stat: statistic, Period: periodSeconds, Unit } = metricStat;
  if (metric.Namespace === undefined) throw invalid(`${path}.MetricStat.Metric.Namespace`, "is required");
  if (metric.MetricName === undefined) throw invalid(`${path}.MetricStat.Metric.MetricName`, "is required");
  assertStatistic(statistic, `${path}.MetricStat.Stat`);
  assertPeriod(periodSeconds, `${path}.MetricStat.Period`);
  const named = { ...metric, Namespace: metric.Namespace, MetricName: metric.MetricName };
  return {
    kind: "statistic",
    ...shared,
    metric: metricToDomain(named, `${path}.MetricStat.Metric`),
    statistic,
    periodSeconds,
    unit: Unit ?? null,
  };
}

interface WireMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly MonitoringType<"MetricDimension">[] | undefined;
}

export function metricToDomain(
  { Namespace, MetricName, Dimensions = [] }: WireMetric,
  path: string,
): NamedMetric {
  if (Dimensions.length > MAX_DIMENSIONS) {
    throw invalid(`${path}Dimensions`, `holds ${Dimensions.length}; it must hold at most ${MAX_DIMENSIONS}`);
  }
  const dimensions = Dimensions.map(({ Name, Value }) => ({ name: Name, value: Value }));
  return { namespace: Namespace, name: MetricName, dimensions };
}

export function queryToWire(query: MetricQuery): MonitoringType<"MetricDataQuery"> {
  const shared = {
    Id: query.id,
    ...(query.label !== null && { Label: query.label }),
    ReturnData: query.isReturned,
  };
  return query.kind === "expression"
    ? { ...shared, Expression: query.expression }
    : { ...shared, MetricStat: statToWire(query) };
}

function statToWire({
  metric,
  periodSeconds,
  statistic,
  unit,
}: StatisticQuery): MonitoringType<"MetricStat"> {
  return {
    Metric: metricToWire(metric),
    Period: periodSeconds,
    Stat: statistic,
    ...(unit !== null && { Unit: unit as MonitoringType<"StandardUnit"> }),
  };
}

export function metricToWire({ namespace, name, dimensions }: NamedMetric): MonitoringType<"MetricIdentity"> {
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensions.map((one) => ({ Name: one.name, Value: one.value })),
  };
}

export function assertStatistic(statistic: string, path: string): void {
  if (parseStatistic(statistic) === null) {
    throw invalid(path, `${JSON.stringify(statistic)} is no statistic; ${STATISTICS_HINT}`);
  }
}

export function assertPeriod(seconds: number, path: string): void {
  const problem = periodProblem(seconds);
  if (problem !== null) throw invalid(path, problem);
}
