/** Answers queries that are asked together: reads the metrics, then carries out the expressions of them. */
import type { ExpressionQuery, MetricQuery, StatisticQuery } from "../metric-query.ts";
import { readStatistic, type SampleSource, type TimeSpan } from "../metric-reading.ts";
import { evaluateMath } from "./math-evaluation.ts";
import { type MathTree, parseMath } from "./math-syntax.ts";
import { MathError, type MathValue, nameOf, type Series } from "./math-value.ts";

export interface QueryResult {
  readonly id: string;
  readonly label: string;
  readonly series: Series;
}

/** Of expressions that name others, and those others: as deep as that. */
const MAX_CHAIN = 50;
/** Of all values that come up in the expressions of one call: a second or so of computing, in which nobody else is served. */
const MAX_POINTS = 5_000_000;

/** One result for each query that is returned; several for an expression that is several time series. Throws MathError. */
export async function evaluateQueries(
  queries: readonly MetricQuery[],
  span: TimeSpan,
  source: SampleSource,
): Promise<readonly QueryResult[]> {
  const values = new Map<string, Series>();
  for (const query of queries) {
    if (query.kind === "statistic") values.set(query.id, await readSeries(query, span, source));
  }
  return resultsOf(queries, values, span);
}

/** The results without any data: throws MathError for what is wrong whatever the data are. */
export function resultsWithoutData(queries: readonly MetricQuery[]): readonly QueryResult[] {
  const values = queries.flatMap((query) =>
    query.kind === "statistic" ? [[query.id, seriesOf(query, new Map())] as const] : [],
  );
  return resultsOf(queries, new Map(values), { startMs: 0, endMs: 0 });
}

async function readSeries(query: StatisticQuery, span: TimeSpan, source: SampleSource): Promise<Series> {
  return seriesOf(query, await readStatistic(query, span, source));
}

function seriesOf(query: StatisticQuery, values: ReadonlyMap<number, number>): Series {
  const { label, metric, periodSeconds } = query;
  return { kind: "series", periodMs: periodSeconds * 1000, label: label ?? metric.name, values };
}

function resultsOf(
  queries: readonly MetricQuery[],
  statistics: ReadonlyMap<string, Series>,
  span: TimeSpan,
): readonly QueryResult[] {
  const evaluation = new Evaluation(queries, statistics, span);
  return queries.filter(({ isReturned }) => isReturned).flatMap((query) => evaluation.resultsOf(query));
}

class Evaluation {
  readonly #queries: ReadonlyMap<string, MetricQuery>;
  readonly #statistics: ReadonlyMap<string, Series>;
  readonly #span: TimeSpan;
  readonly #values = new Map<string, MathValue>();
  readonly #underway = new Set<string>();
  #points = 0;

  constructor(queries: readonly MetricQuery[], statistics: ReadonlyMap<string, Series>, span: TimeSpan) {
    this.#queries = new Map(queries.map((query) => [query.id, query]));
    this.#statistics = statistics;
    this.#span = span;
  }

  resultsOf(query: MetricQuery): readonly QueryResult[] {
    const value = this.#valueOf(query.id);
    if (value.kind === "number")
      throw new MathError(`${query.id} is ${nameOf(value)}; its result must be a time series`);
    if (value.kind === "series") {
      const own = query.kind === "statistic" ? value.label : query.id;
      return [{ id: query.id, label: query.label ?? own, series: value }];
    }
    return value.series.map((one) => ({
      id: query.id,
      label: query.label === null ? one.label : `${query.label} ${one.label}`,
      series: one,
    }));
  }

  #valueOf(id: string): MathValue {
    const known = this.#statistics.get(id) ?? this.#values.get(id);
    if (known !== undefined) return known;
    const query = this.#queries.get(id);
    if (query?.kind !== "expression")
      throw new MathError(`names ${id.slice(0, 40)}, which is the id of no query`);
    if (this.#underway.has(id)) throw new MathError(`${id} is made of itself`);
    if (this.#underway.size >= MAX_CHAIN)
      throw new MathError(`is made of more than ${MAX_CHAIN} expressions in a row`);
    this.#underway.add(id);
    const value = this.#carryOut(query);
    this.#underway.delete(id);
    this.#values.set(id, value);
    return value;
  }

  #carryOut({ id, expression }: ExpressionQuery): MathValue {
    try {
      const tree: MathTree = parseMath(expression);
      return evaluateMath(tree, {
        lookUp: (other) => this.#valueOf(other),
        metrics: () => [...this.#statistics].map(([name, series]) => ({ id: name, series })),
        timeline: (periodMs) => this.#timeline(periodMs),
        spend: (points) => this.#spend(points),
      });
    } catch (error) {
      // The innermost expression is where it is wrong.
      if (error instanceof MathError && !error.message.startsWith("Expression ")) {
        throw new MathError(`Expression ${id}: ${error.message}`);
      }
      throw error;
    }
  }

  #spend(points: number): void {
    this.#points += points;
    if (this.#points <= MAX_POINTS) return;
    throw new MathError(
      `there are more than ${MAX_POINTS} points to compute. Ask for fewer expressions, longer periods or a shorter time`,
    );
  }

  #timeline(periodMs: number): readonly number[] {
    const { startMs, endMs } = this.#span;
    const firstMs = Math.floor(startMs / periodMs) * periodMs;
    const count = Math.max(0, Math.ceil((endMs - firstMs) / periodMs));
    this.#spend(count);
    return Array.from({ length: count }, (_, index) => firstMs + index * periodMs);
  }
}
