/** How fine values are kept, and for how long: as CloudWatch does. */
import type { MetricName } from "../../domain/metric.ts";

export const SECONDS_PER_HOUR = 3600;
export const SECONDS_PER_DAY = 86_400;
/** What is measured is kept by this much at first. */
export const FINEST_S = 10;
const FINEST_KEPT_S = 3 * SECONDS_PER_HOUR;

/** Coarser than the finest: one row of the database holds all buckets of a chunk. */
export interface Resolution {
  readonly bucketS: number;
  readonly chunkS: number;
  readonly keptS: number;
}

export const resolutions: readonly Resolution[] = [
  { bucketS: 60, chunkS: SECONDS_PER_HOUR, keptS: 15 * SECONDS_PER_DAY },
  { bucketS: 300, chunkS: 6 * SECONDS_PER_HOUR, keptS: 63 * SECONDS_PER_DAY },
  { bucketS: SECONDS_PER_HOUR, chunkS: 7 * SECONDS_PER_DAY, keptS: 455 * SECONDS_PER_DAY },
];

export const finest = { bucketS: FINEST_S, keptS: FINEST_KEPT_S };

export function startOf(seconds: number, lengthS: number): number {
  return Math.floor(seconds / lengthS) * lengthS;
}

/** How metrics are named in the database: never given to another one. */
const codes = {
  Requests: 1,
  "2xxStatusResponses": 2,
  "3xxStatusResponses": 3,
  "4xxStatusResponses": 4,
  "5xxStatusResponses": 5,
  RequestLatency: 6,
  Concurrency: 7,
  ActiveInstances: 8,
  ProvisionedInstances: 9,
  QueuedRequests: 10,
  CPUUtilization: 11,
  MemoryUtilization: 12,
  EgressBytes: 13,
} as const satisfies Record<MetricName, number>;

const names = new Map(Object.entries(codes).map(([name, code]) => [code, name as MetricName]));

export function codeOf(metric: MetricName): number {
  return codes[metric];
}

/** Null for one that a later version knew. */
export function metricOf(code: number): MetricName | null {
  return names.get(code as (typeof codes)[MetricName]) ?? null;
}
