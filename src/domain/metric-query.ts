/** What is asked of metrics: a statistic of one metric over periods, or an expression of others. */

export interface MetricDimension {
  readonly name: string;
  readonly value: string;
}

/** A metric as it was named, which may be none of ours. */
export interface NamedMetric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: readonly MetricDimension[];
}

export type MetricQuery = StatisticQuery | ExpressionQuery;

interface Query {
  /** Unique among the queries that are asked together; expressions name it. */
  readonly id: string;
  readonly label: string | null;
  /** False: it is there for expressions only. */
  readonly isReturned: boolean;
}

export interface StatisticQuery extends Query {
  readonly kind: "statistic";
  readonly metric: NamedMetric;
  /** As CloudWatch spells it: `Average`, `p99`, `TM(10%:90%)`. */
  readonly statistic: string;
  readonly periodSeconds: number;
  /** Null: whatever the metric's is. */
  readonly unit: string | null;
}

export interface ExpressionQuery extends Query {
  readonly kind: "expression";
  readonly expression: string;
}

export const NAMESPACE = "AWS/AppRunner";

const LONGEST_PERIOD_SECONDS = 86_400;

/** What is wrong with a period; null when nothing is. */
export function periodProblem(seconds: number): string | null {
  const isRight = [10, 20, 30].includes(seconds) || (seconds > 0 && seconds % 60 === 0);
  if (!isRight) return `${seconds} is no period: it must be 10, 20, 30 or a multiple of 60 seconds`;
  return seconds <= LONGEST_PERIOD_SECONDS ? null : `${seconds} is more than a day: it must be 86400 at most`;
}
