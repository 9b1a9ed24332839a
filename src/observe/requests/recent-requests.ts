/**
 * Requests of the last hour that somebody may ask about, in memory: counts by the minute, and for each service a few of the
 * slowest and of the failed ones. Bounded by services too: the one that was not called for longest is forgotten.
 */
import type { RequestConsumer, RequestCut, RequestRecord, ServiceRequest } from "../../ports/request-log.ts";
import type { RecentRequests, RequestSamples } from "../../ports/request-samples.ts";

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;
const SAMPLES = 5;
const MAX_SERVICES = 2_000;
const TOO_MANY_REQUESTS = 429;

/** Of one minute. */
interface Minute {
  readonly number: number;
  isEstimated: boolean;
  count: number;
  failedCount: number;
  limitedCount: number;
  readonly cuts: Map<RequestCut, number>;
  /** The slowest first. */
  slowest: readonly RequestRecord[];
  /** The newest first. */
  failed: readonly RequestRecord[];
}

export class RecentRequestSamples implements RequestConsumer, RequestSamples {
  /** Services by when they were last called, the longest ago first; minutes oldest first. */
  readonly #services = new Map<string, Minute[]>();
  readonly #startedAtMs: number;
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
    this.#startedAtMs = now();
  }

  take(requests: readonly ServiceRequest[]): void {
    const number = minuteOf(this.#now());
    for (const { service, ...request } of requests) {
      if (service !== null) note(this.#minute(service.id, number), request);
    }
  }

  recent(serviceId: string): RecentRequests {
    const nowMs = this.#now();
    const minutes = (this.#services.get(serviceId) ?? []).filter(({ number }) => isRecent(number, nowMs));
    const cuts: Partial<Record<RequestCut, number>> = {};
    for (const minute of minutes) {
      for (const [cut, count] of minute.cuts) cuts[cut] = (cuts[cut] ?? 0) + count;
    }
    return {
      sinceMs: Math.max(this.#startedAtMs, nowMs - HOUR_MINUTES * MINUTE_MS),
      isEstimated: minutes.some(({ isEstimated }) => isEstimated),
      count: sum(minutes, ({ count }) => count),
      failedCount: sum(minutes, ({ failedCount }) => failedCount),
      limitedCount: sum(minutes, ({ limitedCount }) => limitedCount),
      cuts,
      slowest: slowestOf(minutes.flatMap(({ slowest }) => slowest)),
      failed: newestOf(minutes.flatMap(({ failed }) => failed)),
    };
  }

  #minute(serviceId: string, number: number): Minute {
    const minutes = this.#services.get(serviceId) ?? [];
    const last = minutes.at(-1);
    if (last?.number === number) return last;
    const minute: Minute = {
      number,
      isEstimated: false,
      count: 0,
      failedCount: 0,
      limitedCount: 0,
      cuts: new Map(),
      slowest: [],
      failed: [],
    };
    this.#services.delete(serviceId);
    this.#services.set(serviceId, [...minutes, minute].slice(-HOUR_MINUTES));
    if (this.#services.size > MAX_SERVICES) this.#forgetOne();
    return minute;
  }

  #forgetOne(): void {
    const [quietest] = this.#services.keys();
    if (quietest !== undefined) this.#services.delete(quietest);
  }
}

function note(minute: Minute, request: RequestRecord): void {
  const { status, cut, weight } = request;
  minute.count += weight;
  if (weight > 1) minute.isEstimated = true;
  const isLimited = status === TOO_MANY_REQUESTS && request.instanceId === null && cut !== "guard-rate";
  if (isLimited) minute.limitedCount += weight;
  if (cut !== null) minute.cuts.set(cut, (minute.cuts.get(cut) ?? 0) + weight);
  const slowest = minute.slowest.at(-1)?.timings.totalMs ?? 0;
  if (minute.slowest.length < SAMPLES || request.timings.totalMs > slowest) {
    minute.slowest = slowestOf([...minute.slowest, detached(request)]);
  }
  if (status < 500) return;
  if (cut !== "refused") minute.failedCount += weight;
  minute.failed = newestOf([...minute.failed, detached(request)]);
}

/** Texts that were cut out of a longer one keep that alive: a kept request would hold all that it was read with. */
function detached(request: RequestRecord): RequestRecord {
  return structuredClone(request);
}

function slowestOf(requests: readonly RequestRecord[]): readonly RequestRecord[] {
  return requests.toSorted((one, other) => other.timings.totalMs - one.timings.totalMs).slice(0, SAMPLES);
}

function newestOf(requests: readonly RequestRecord[]): readonly RequestRecord[] {
  return requests.toSorted((one, other) => other.startedAtMs - one.startedAtMs).slice(0, SAMPLES);
}

function minuteOf(atMs: number): number {
  return Math.floor(atMs / MINUTE_MS);
}

function isRecent(minute: number, nowMs: number): boolean {
  return minute > minuteOf(nowMs) - HOUR_MINUTES && minute <= minuteOf(nowMs);
}

function sum(minutes: readonly Minute[], value: (minute: Minute) => number): number {
  return minutes.reduce((total, minute) => total + value(minute), 0);
}
