/**
 * Counts what services use, from what the autoscaler hears anyway. Quiet services cost nothing between two calls of `take`:
 * their time is worked out then. Without a clock, input or output.
 */
import {
  addUsage,
  HOUR_MS,
  noUsage,
  type UsageAmounts,
  type UsageHour,
  usagePeriodStart,
} from "../domain/usage.ts";
import type { SlotLoad } from "../ports/edge-traffic.ts";
import type { ScaledService } from "../ports/scaling.ts";
import { ActiveTime } from "./active-time.ts";

/** What the autoscaler tells. */
export interface UsageObserver {
  /** What the service is like from now on. */
  see(serviceId: string, service: ScaledService, nowMs: number): void;
  /** `heldCount`: requests that wait at its closed gate, which no slot knows yet. */
  sample(serviceId: string, load: SlotLoad, nowMs: number, heldCount: number): void;
  /** Nothing of it is there any more, or nothing that is to be counted. */
  forget(serviceId: string, nowMs: number): void;
}

/** The process stood still for longer than that: whether the instances ran meanwhile is unknown, so it is not counted. */
const LONGEST_GAP_MS = 5 * 60_000;

/** What a service without instances would have cost is counted so often: 1,000 rows each minute took a tenth of all. */
const AT_ZERO_MS = 4 * 60_000;

interface Metered {
  service: ScaledService;
  /** Until when provisioned time is counted. */
  countedToMs: number;
  /** What its slot had counted at the last sample, and in flight and waiting; null: the next one tells. */
  last: { readonly requestCount: number; readonly present: number } | null;
  readonly active: ActiveTime;
}

export class UsageMeter implements UsageObserver {
  readonly #startedAtMs: number;
  readonly #services = new Map<string, Metered>();
  #hours = new Map<string, UsageHour>();

  constructor(startedAtMs: number) {
    this.#startedAtMs = startedAtMs;
  }

  see(serviceId: string, service: ScaledService, nowMs: number): void {
    const known = this.#services.get(serviceId);
    if (known === undefined) {
      this.#begin(serviceId, service, nowMs);
      return;
    }
    this.#countProvisioned(serviceId, known, nowMs);
    const before = new Set(provisionedIn(known.service));
    // Another slot counts its requests from elsewhere.
    if (known.service.slot !== service.slot) known.last = null;
    known.service = service;
    for (const id of provisionedIn(service))
      if (!before.has(id)) this.#countStart(serviceId, known, id, nowMs);
  }

  sample(serviceId: string, load: SlotLoad, nowMs: number): void {
    const metered = this.#services.get(serviceId);
    if (metered === undefined) return;
    const arrived = arrivedSince(metered.last?.requestCount ?? load.requestCount, load.requestCount);
    if (arrived > 0) this.#add(serviceId, nowMs, { requestCount: arrived });
    const present = presentIn(load);
    const unseen = arrived - Math.max(0, present - (metered.last?.present ?? 0));
    metered.last = { requestCount: load.requestCount, present };
    const busy = [...load.inFlight].filter(([, count]) => count > 0).map(([id]) => id);
    const served = unseen <= 0 ? [] : metered.active.takeTurns(unseen, busy, provisionedIn(metered.service));
    metered.active.sampled(nowMs, [...busy, ...served], this.#activeLedger(serviceId, metered));
  }

  forget(serviceId: string, nowMs: number): void {
    const metered = this.#services.get(serviceId);
    if (metered === undefined) return;
    this.#countProvisioned(serviceId, metered, nowMs);
    this.#services.delete(serviceId);
  }

  /** All that was counted since it was called last. */
  take(nowMs: number): readonly UsageHour[] {
    return this.#take(this.#services, nowMs);
  }

  /** The same, but of services that have used nothing only from time to time. */
  takeDue(nowMs: number): readonly UsageHour[] {
    const due = [...this.#services].filter(([, metered]) => !isRestingAtZero(metered, nowMs));
    return this.#take(due, nowMs);
  }

  #take(services: Iterable<readonly [string, Metered]>, nowMs: number): readonly UsageHour[] {
    for (const [serviceId, metered] of services) {
      this.#countProvisioned(serviceId, metered, nowMs);
      metered.active.forgetEnded(nowMs);
    }
    const hours = [...this.#hours.values()];
    this.#hours = new Map();
    return hours;
  }

  /** What was taken could not be written: it is taken again next time. */
  giveBack(hours: readonly UsageHour[]): void {
    for (const { serviceId, hourStartMs, ...amounts } of hours) this.#add(serviceId, hourStartMs, amounts);
  }

  /** Instances that ran before this process did are no starts of now; those of a service made or resumed since are. */
  #begin(serviceId: string, service: ScaledService, nowMs: number): void {
    const metered = { service, countedToMs: nowMs, last: null, active: new ActiveTime() };
    this.#services.set(serviceId, metered);
    if (service.activeSinceMs < this.#startedAtMs) return;
    for (const id of provisionedIn(service)) this.#countStart(serviceId, metered, id, nowMs);
  }

  #countStart(serviceId: string, metered: Metered, instanceId: string, nowMs: number): void {
    this.#add(serviceId, nowMs, { startCount: 1 });
    metered.active.started(instanceId, nowMs, this.#activeLedger(serviceId, metered));
  }

  #countProvisioned(serviceId: string, metered: Metered, nowMs: number): void {
    const fromMs = metered.countedToMs;
    metered.countedToMs = nowMs;
    if (nowMs - fromMs > LONGEST_GAP_MS) return;
    const { instanceSize, policy, isDeployedAutomatically } = metered.service;
    const count = provisionedIn(metered.service).length;
    const always = Math.max(count, policy.minSize);
    for (const { hourStartMs, durationMs } of hoursOf(fromMs, nowMs)) {
      this.#add(serviceId, hourStartMs, {
        provisionedMs: count * durationMs,
        memoryMiBMs: count * durationMs * instanceSize.memoryMiB,
        alwaysCpuMillisMs: always * durationMs * instanceSize.cpuMillis,
        alwaysMemoryMiBMs: always * durationMs * instanceSize.memoryMiB,
        automaticDeploymentMs: isDeployedAutomatically ? durationMs : 0,
      });
    }
  }

  #activeLedger(serviceId: string, { service }: Metered): (fromMs: number, toMs: number) => void {
    return (fromMs, toMs) => {
      for (const { hourStartMs, durationMs } of hoursOf(fromMs, toMs)) {
        const activeCpuMillisMs = durationMs * service.instanceSize.cpuMillis;
        this.#add(serviceId, hourStartMs, { activeMs: durationMs, activeCpuMillisMs });
      }
    };
  }

  #add(serviceId: string, atMs: number, amounts: Partial<UsageAmounts>): void {
    const hourStartMs = usagePeriodStart(atMs, "HOUR");
    const key = `${serviceId} ${hourStartMs}`;
    this.#hours.set(key, { serviceId, hourStartMs, ...addUsage(this.#hours.get(key) ?? noUsage, amounts) });
  }
}

/** What was counted in the future was so before the clock was set back. */
function isRestingAtZero({ service, countedToMs }: Metered, nowMs: number): boolean {
  const sinceMs = nowMs - countedToMs;
  return provisionedIn(service).length === 0 && sinceMs >= 0 && sinceMs < AT_ZERO_MS;
}

/** After a restart of the edge its counter begins again at 0. */
function arrivedSince(countBefore: number, count: number): number {
  return count >= countBefore ? count - countBefore : count;
}

function presentIn({ inFlight, queued }: SlotLoad): number {
  return [...inFlight.values()].reduce((total, count) => total + count, queued);
}

/** Memory is held also while an instance is throttled or frozen. */
function provisionedIn({ instances }: ScaledService): readonly string[] {
  return instances.filter(({ state }) => state !== "starting").map(({ instanceId }) => instanceId);
}

/** A time cut at the hours; nothing when it is none, as when the clock was set back. */
function hoursOf(
  fromMs: number,
  toMs: number,
): readonly { readonly hourStartMs: number; readonly durationMs: number }[] {
  const parts = [];
  for (let atMs = fromMs; atMs < toMs;) {
    const hourStartMs = usagePeriodStart(atMs, "HOUR");
    const endMs = Math.min(toMs, hourStartMs + HOUR_MS);
    parts.push({ hourStartMs, durationMs: endMs - atMs });
    atMs = endMs;
  }
  return parts;
}
