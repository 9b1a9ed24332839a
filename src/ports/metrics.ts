/** Measured values over time: what the API, alarms and the console ask for. Implemented by `observe/metrics`. */
import type { MetricName } from "../domain/metric.ts";

export interface MetricSeries {
  readonly metric: MetricName;
  readonly serviceId: string;
  readonly serviceName: string;
  /** Null: the service as a whole. */
  readonly instanceId: string | null;
}

export interface MetricReader {
  /** Series with a value since then; those of deleted services too. */
  list(sinceMs: number): Promise<readonly MetricSeries[]>;
  /**
   * One point for each period that has a value, oldest first. Periods are aligned to the epoch. What is old is there at a
   * coarser resolution only: values every 10 seconds for 3 hours, every minute for 15 days, every 5 for 63 days, every hour for
   * 455 days, as in CloudWatch. A period finer than what is left has points where the coarser ones begin.
   */
  read(query: MetricQuery): Promise<readonly MetricPoint[]>;
}

export interface MetricQuery {
  readonly metric: MetricName;
  readonly serviceId: string;
  readonly instanceId: string | null;
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
  /** A multiple of 10 seconds. */
  readonly periodMs: number;
}

/** All values of one period, in the metric's unit. */
export interface MetricPoint {
  readonly startMs: number;
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Below which a share (0 to 1) of the values lies: right to 1 % of the value, from all values and not from averages. */
  quantile(share: number): number;
  /** Share (0 to 1) of the values between two bounds, both included: CloudWatch's PR. */
  shareBetween(low: number, high: number): number;
  /** Sum and number of the values between two quantiles: CloudWatch's trimmed and winsorized means are made of it. */
  between(lowShare: number, highShare: number): { readonly count: number; readonly sum: number };
}
