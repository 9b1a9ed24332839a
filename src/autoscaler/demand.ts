/** What is measured of a service, and how many requests or instances that means. */
import type { ScalePolicy } from "../domain/scaling.ts";

/** Share of their places that instances fill while requests wait; places are free for moments. */
const AT_WORK = 0.9;

export interface Load {
  /** Requests that instances work on now, WebSockets and streams too. */
  readonly inFlight: number;
  /** Requests that wait now because every instance is at its limit. */
  readonly queued: number;
  /** Requests that came since the last look, also those that are done already. */
  readonly arrived: number;
  /** In flight and waiting, when a queue has stood for some samples; 0: none has. */
  readonly standing: number;
  /** The queue is as long as it was: neither grows nor shrinks. */
  readonly isFlat: boolean;
  /** Requests at once if nobody had to wait, as far as that can be told from rate and duration of requests. */
  readonly worked: number | "unknown";
  /** Requests at once, those that wait too: mean over the stable and over the panic window. */
  readonly stableMean: number | "unknown";
  readonly panicMean: number | "unknown";
}

/**
 * What all instances together use, in instances: 1.5 is what one and a half could use at most. Mean over the stable window.
 */
export interface ResourceUse {
  readonly cpu: number;
  readonly memory: number;
}

/** Nobody calls: known, because the gate tells of each request. */
export const noLoad: Load = {
  inFlight: 0,
  queued: 0,
  arrived: 0,
  standing: 0,
  isFlat: true,
  worked: "unknown",
  stableMean: 0,
  panicMean: 0,
};

/**
 * Requests at once that want room right now: a queue that stands, and what a gate holds. While a queue grows or shrinks, or
 * instances are on their way, its length says how long there were too few, not how many are needed: a service that takes
 * two seconds to start would be given many times what it needs.
 */
export function neededNow(load: Load, held: number, isWaitingForInstances: boolean): number {
  const { standing, inFlight, worked, isFlat } = load;
  const isLengthOfPast = worked !== "unknown" && (isWaitingForInstances || !isFlat);
  const queueNeed = isLengthOfPast ? Math.min(standing, worked) : standing;
  return held > 0 ? Math.max(queueNeed, inFlight) + held : queueNeed;
}

/** Instances without which requests that are being worked on would have no place. */
export function filledBy({ inFlight }: Load, { maxConcurrency }: ScalePolicy): number {
  return Math.ceil(inFlight / maxConcurrency);
}

/** With a queue every instance is full: one that is not has come since the last sample. */
export function isAllAtWork({ inFlight }: Load, ready: number, { maxConcurrency }: ScalePolicy): boolean {
  return inFlight >= AT_WORK * ready * maxConcurrency;
}

/** Instances for a mean of something when each shall have so much of it; fewer than now only with some room to spare. */
export function neededFor(mean: number, perInstance: number, count: number, margin: number): number {
  const need = Math.ceil(mean / perInstance);
  return need >= count ? need : Math.min(count, Math.ceil((mean * (1 + margin)) / perInstance));
}

/** Instances that bring processor and memory use to their targets; unknown use keeps what is. */
export function neededForUse(
  { policy, use }: { readonly policy: ScalePolicy; readonly use: ResourceUse | "unknown" },
  count: number,
  margin: number,
): number {
  const { cpuTarget, memoryTarget } = policy;
  if (cpuTarget === null && memoryTarget === null) return 0;
  if (use === "unknown") return count;
  const cpu = cpuTarget === null ? 0 : neededFor(use.cpu, cpuTarget, count, margin);
  const memory = memoryTarget === null ? 0 : neededFor(use.memory, memoryTarget, count, margin);
  return Math.max(cpu, memory);
}
