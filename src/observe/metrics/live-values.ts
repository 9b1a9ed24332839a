/** What was counted since the start, and what is so now: what Prometheus asks for. */
import type { SlotGrowth } from "./counter-book.ts";
import type { MetricOwner } from "./metric-store.ts";

/** Seconds; the last one is everything. */
export const LATENCY_BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] as const;

export interface LiveService {
  readonly owner: MetricOwner;
  requestCount: number;
  /** Index 0 is 1xx. */
  readonly statusCounts: number[];
  responseBytes: number;
  /** By bound, those above the last one at the end; not added up. */
  readonly latencyCounts: number[];
  latencySumS: number;
  /** Of the last sample or look. */
  concurrency: number;
  queued: number;
  active: number;
  provisioned: number;
  instances: ReadonlyMap<string, LiveInstance>;
}

interface LiveInstance {
  readonly cpu: number | null;
  readonly memory: number;
}

export class LiveValues {
  readonly #services = new Map<string, LiveService>();

  get services(): Iterable<LiveService> {
    return this.#services.values();
  }

  get count(): number {
    return this.#services.size;
  }

  of(owner: MetricOwner): LiveService {
    const known = this.#services.get(owner.serviceId);
    if (known !== undefined) return known;
    const service = {
      owner,
      requestCount: 0,
      statusCounts: [0, 0, 0, 0, 0],
      responseBytes: 0,
      latencyCounts: Array.from({ length: LATENCY_BOUNDS_S.length + 1 }, () => 0),
      latencySumS: 0,
      concurrency: 0,
      queued: 0,
      active: 0,
      provisioned: 0,
      instances: new Map(),
    };
    this.#services.set(owner.serviceId, service);
    return service;
  }

  forget(serviceId: string): void {
    this.#services.delete(serviceId);
  }

  addRequests(owner: MetricOwner, growth: SlotGrowth): void {
    const service = this.of(owner);
    service.requestCount += growth.requestCount;
    service.responseBytes += growth.responseBytes;
    for (const [index, count] of growth.statusCounts.entries()) {
      service.statusCounts[index] = (service.statusCounts[index] ?? 0) + count;
    }
  }

  addLatency(owner: MetricOwner, latencyMs: number, times: number): void {
    const service = this.#services.get(owner.serviceId);
    if (service === undefined) return;
    const seconds = latencyMs / 1000;
    const found = LATENCY_BOUNDS_S.findIndex((bound) => seconds <= bound);
    const index = found === -1 ? LATENCY_BOUNDS_S.length : found;
    service.latencyCounts[index] = (service.latencyCounts[index] ?? 0) + times;
    service.latencySumS += seconds * times;
  }
}
