/** What is measured of a service, and how many requests or instances that means. */
import type { ScalePolicy } from "../domain/scaling.ts";
import type { ScaleParameters } from "./scale-parameters.ts";

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

/** Shares of what an instance may use: 0 to 1, mean over the ready instances. */
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
  const queueNeed = isLengthOfPast ? Math.min(standing, Math.max(worked, inFlight)) : standing;
  return held > 0 ? Math.max(queueNeed, inFlight) + held : queueNeed;
}

/** Instances that bring processor and memory use to their targets; unknown use keeps what is. */
export function resourceNeed(
  input: { readonly policy: ScalePolicy; readonly ready: number; readonly use: ResourceUse | "unknown" },
  count: number,
  { resourceTolerance }: Pick<ScaleParameters, "resourceTolerance">,
): number {
  const { policy, ready, use } = input;
  if (policy.cpuTarget === null && policy.memoryTarget === null) return 0;
  if (use === "unknown" || ready === 0) return count;
  const ratio = Math.max(
    use.cpu / (policy.cpuTarget ?? Infinity),
    use.memory / (policy.memoryTarget ?? Infinity),
  );
  return Math.abs(ratio - 1) <= resourceTolerance ? ready : Math.ceil(ready * ratio);
}
