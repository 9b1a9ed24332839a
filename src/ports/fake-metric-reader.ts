/** MetricReader in memory: exact values that a test puts there. */
import type { MetricPoint, MetricQuery, MetricReader, MetricSeries } from "./metrics.ts";

interface Measurement extends MetricSeries {
  readonly atMs: number;
  readonly value: number;
}

export class FakeMetricReader implements MetricReader {
  readonly #measurements: Measurement[] = [];

  put(series: MetricSeries, atMs: number, values: readonly number[]): void {
    for (const value of values) this.#measurements.push({ ...series, atMs, value });
  }

  async list(sinceMs: number): Promise<readonly MetricSeries[]> {
    const found = new Map<string, MetricSeries>();
    for (const { atMs, value: _, ...series } of this.#measurements) {
      if (atMs >= sinceMs) found.set(JSON.stringify(Object.values(series)), series);
    }
    return [...found.values()];
  }

  async read(query: MetricQuery): Promise<readonly MetricPoint[]> {
    const periods = new Map<number, number[]>();
    for (const one of this.#measurements) {
      const isWanted =
        one.metric === query.metric &&
        one.serviceId === query.serviceId &&
        one.instanceId === query.instanceId;
      if (!isWanted || one.atMs < query.startMs || one.atMs >= query.endMs) continue;
      const startMs = Math.floor(one.atMs / query.periodMs) * query.periodMs;
      periods.set(startMs, [...(periods.get(startMs) ?? []), one.value]);
    }
    return [...periods]
      .toSorted(([one], [other]) => one - other)
      .map(([startMs, values]) => pointOf(startMs, values));
  }
}

function pointOf(startMs: number, given: readonly number[]): MetricPoint {
  const values = given.toSorted((one, other) => one - other);
  const count = values.length;
  const total = (kept: readonly number[]) => kept.reduce((one, other) => one + other, 0);
  return {
    startMs,
    count,
    sum: total(values),
    minimum: values[0] ?? 0,
    maximum: values.at(-1) ?? 0,
    quantile: (share) => values[Math.max(0, Math.ceil(share * count) - 1)] ?? 0,
    shareBetween: (low, high) => values.filter((value) => value >= low && value <= high).length / count,
    between: (lowShare, highShare) => {
      const kept = values.slice(Math.round(lowShare * count), Math.round(highShare * count));
      return { count: kept.length, sum: total(kept) };
    },
  };
}
