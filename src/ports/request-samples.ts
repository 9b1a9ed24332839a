/** Requests of the last hour that somebody may ask about: the slow, the failed, and those that met a limit. */
import type { RequestCut, RequestRecord } from "./request-log.ts";

export interface RequestSamples {
  /** In memory: since the control plane started at most. */
  recent(serviceId: string): RecentRequests;
}

export interface RecentRequests {
  readonly sinceMs: number;
  /** Only a sample was told of: the counts are estimates. */
  readonly isEstimated: boolean;
  readonly count: number;
  /** Of them with a status from 500 on, without those refused because the service is paused, starts or failed. */
  readonly failedCount: number;
  /** Of them that the edge refused with 429: the queue was full, or its time was up. */
  readonly limitedCount: number;
  readonly cuts: Readonly<Partial<Record<RequestCut, number>>>;
  /** The slowest first; a few. */
  readonly slowest: readonly RequestRecord[];
  /** The newest first; a few; those refused too. */
  readonly failed: readonly RequestRecord[];
}
