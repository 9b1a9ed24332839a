import type { InputOf, MonitoringType } from "../../../contract/index.ts";
import { evaluateQueries, type QueryResult } from "../../../domain/metric-math/query-evaluation.ts";
import { MathError } from "../../../domain/metric-math/math-value.ts";
import type { MetricQuery } from "../../../domain/metric-query.ts";
import type { TimeSpan } from "../../../domain/metric-reading.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Handler } from "../../handler.ts";
import { metricSpan } from "../../resources/metric-span.ts";
import { checkedResults, combination, invalid, queriesToDomain } from "../../wire/metric-to-domain.ts";
import { toDate } from "../../wire/time.ts";

const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;
/** Periods of all queries together: what one answer may cost to put together. */
const MAX_PERIODS = 1_000_000;
const QUERIES = "MetricDataQueries";

/** CloudWatch API, GetMetricData: statistics of many metrics and expressions of them, in pages. */
export const getMetricData: Handler<"GraniteServiceVersion20100801.GetMetricData"> = async (
  input,
  context,
) => {
  const queries = queriesToDomain(input.MetricDataQueries, { path: QUERIES, limit: MAX_QUERIES });
  checkedResults(queries, QUERIES);
  if (!queries.some(({ isReturned }) => isReturned)) throw combination("No query has ReturnData");
  const limit = input.MaxDatapoints ?? MAX_DATAPOINTS;
  if (limit > MAX_DATAPOINTS) throw invalid("MaxDatapoints", `must be at most ${MAX_DATAPOINTS}`);
  const span = metricSpan(input, shortestPeriod(queries), context.clock.now());
  assertAffordable(queries, span);
  const { NextToken, ...others } = input;
  const binding = ["GraniteServiceVersion20100801.GetMetricData", others];
  const from = NextToken === undefined ? 0 : offsetOf(await context.pageTokens.open(NextToken, binding));
  const results = await evaluate(queries, span, context.metricReader);
  const count = results.reduce((sum, { series }) => sum + series.values.size, 0);
  const isLast = from + limit >= count;
  return {
    MetricDataResults: pageOfResults(results, { from, to: from + limit, isAscending: isAscending(input) }),
    Messages: [],
    ...(!isLast && { NextToken: await context.pageTokens.seal(String(from + limit), binding) }),
  };
};

function isAscending({ ScanBy }: InputOf<"GraniteServiceVersion20100801.GetMetricData">): boolean {
  return ScanBy === "TimestampAscending";
}

function shortestPeriod(queries: readonly MetricQuery[]): number {
  const periods = queries.flatMap((query) => (query.kind === "statistic" ? query.periodSeconds : []));
  return periods.length === 0 ? 60 : Math.min(...periods);
}

function assertAffordable(queries: readonly MetricQuery[], { startMs, endMs }: TimeSpan): void {
  const shortest = shortestPeriod(queries);
  const periods = queries.reduce((sum, query) => {
    const seconds = query.kind === "statistic" ? query.periodSeconds : shortest;
    return sum + Math.ceil((endMs - startMs) / 1000 / seconds);
  }, 0);
  if (periods <= MAX_PERIODS) return;
  throw combination(
    `The queries ask for ${periods} periods together, and at most ${MAX_PERIODS} are answered. Ask for fewer metrics, longer periods or a shorter time`,
  );
}

function offsetOf(text: string): number {
  const offset = Number(text);
  if (!Number.isSafeInteger(offset)) throw new SlipwayError("ForeignToken");
  return offset;
}

async function evaluate(
  queries: readonly MetricQuery[],
  span: TimeSpan,
  reader: Parameters<typeof evaluateQueries>[2],
): Promise<readonly QueryResult[]> {
  try {
    return await evaluateQueries(queries, span, reader);
  } catch (error) {
    throw error instanceof MathError ? invalid(QUERIES, error.message) : error;
  }
}

interface Part {
  readonly from: number;
  readonly to: number;
  readonly isAscending: boolean;
}

/** Results one after the other; those without values are on the first page. */
function pageOfResults(
  results: readonly QueryResult[],
  { from, to, isAscending: ascending }: Part,
): readonly MonitoringType<"MetricDataResult">[] {
  let offset = 0;
  return results.flatMap(({ id, label, series }) => {
    const start = offset;
    offset += series.values.size;
    const isHere = series.values.size === 0 ? from === 0 : start < to && offset > from;
    if (!isHere) return [];
    const points = [...series.values];
    const ordered = ascending ? points : points.toReversed();
    const kept = ordered.slice(Math.max(0, from - start), to - start);
    return {
      Id: id,
      Label: label,
      Timestamps: kept.map(([atMs]) => toDate(atMs)),
      Values: kept.map(([, value]) => value),
      StatusCode: offset <= to ? "Complete" : "PartialData",
    };
  });
}
