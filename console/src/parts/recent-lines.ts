/** Which line of an answer is whose. Pure. */

export interface RecentMetric {
  readonly metric: string;
  /** Sum, Average, p99 … */
  readonly statistic: string;
  readonly serviceName: string;
  readonly serviceId: string;
  readonly instanceId?: string;
}

export interface RecentSpan {
  readonly startS: number;
  readonly periodSeconds: number;
  readonly periods: number;
}

interface MetricResult {
  readonly Id?: string | undefined;
  readonly Timestamps?: readonly number[] | undefined;
  readonly Values?: readonly number[] | undefined;
}

/** Says what it is of, not which of a list: while an answer is on its way the former one is shown, which may be of other services. */
export function queryId({ metric, statistic, serviceId, instanceId = "" }: RecentMetric): string {
  return `m_${[serviceId, instanceId, metric, statistic].join("_").replaceAll(/\W/g, "_")}`;
}

/** In the order of the metrics; null where nothing was measured. */
export function linesOf(
  metrics: readonly RecentMetric[],
  answer: readonly MetricResult[],
  { startS, periodSeconds, periods }: RecentSpan,
): readonly (readonly (number | null)[])[] {
  const results = new Map(answer.map((one) => [one.Id, one]));
  return metrics.map((metric) => {
    const { Timestamps: times = [], Values: values = [] } = results.get(queryId(metric)) ?? {};
    const line: (number | null)[] = Array.from({ length: periods }, () => null);
    for (const [position, time] of times.entries()) {
      const period = Math.round((time - startS) / periodSeconds);
      if (period >= 0 && period < periods) line[period] = values[position] ?? null;
    }
    return line;
  });
}
