/** Whoever decides how many instances a simulated service shall have: our autoscaler, or how others do it. */
import type { ScaleWish } from "../../domain/scaling.ts";

/** What a rule sees of the service. */
export interface ServiceView {
  /** Since the beginning. */
  readonly nowMs: number;
  readonly instances: readonly InstanceView[];
  readonly inFlight: number;
  readonly queued: number;
  /** At a closed gate. */
  readonly held: number;
  /** Requests that came to the instances' queue so far, refused ones too. */
  readonly requestCount: number;
  readonly refusedCount: number;
  /** Requests in flight and waiting, times milliseconds, so far. */
  readonly work: number;
  /** The most in flight since the rule looked last. */
  readonly peakInFlight: number;
}

export interface InstanceView {
  readonly instanceId: string;
  readonly state: "starting" | "ready" | "idle";
}

export type Wish = Pick<ScaleWish, "count" | "activity" | "gate">;

export interface SizingRule {
  /** How often it looks; a divisor of a second. */
  readonly lookMs: number;
  readonly edge: EdgeLimits;
  look(view: ServiceView): Wish;
  /** A request came to a watched or a closed gate. */
  knock(view: ServiceView): Wish;
  /** Other instances, or others ready, than before. */
  change(view: ServiceView): Wish;
}

export interface EdgeLimits {
  /** Requests that may wait when so many instances are wished for; more are refused. */
  readonly queueLimit: (count: number) => number;
  readonly queueTimeoutMs: number;
  /** Requests that a closed gate holds, and how long. */
  readonly heldLimit: number;
  readonly holdMs: number;
}
