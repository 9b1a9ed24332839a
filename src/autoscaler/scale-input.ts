/** What a decision is made from: what is so now, and what was decided before. */
import type { ScalePolicy, ScaleWish } from "../domain/scaling.ts";
import type { Load, ResourceUse } from "./demand.ts";
import type { SizeMemory } from "./load-size.ts";
import type { Phase } from "./phase.ts";

export interface ScaleInput {
  readonly nowMs: number;
  readonly policy: ScalePolicy;
  /** Instances that take requests, throttled and frozen ones too. */
  readonly ready: number;
  /** Of the ready ones, those that are throttled or frozen. */
  readonly idle: number;
  readonly starting: number;
  readonly load: Load | "unknown";
  /** The gate has just told of a request. */
  readonly isCalled: boolean;
  /** Requests that the gate holds. */
  readonly held: number;
  /** Looked at only with a target in the policy. */
  readonly use: ResourceUse | "unknown";
  /** When it was deployed, resumed or created: counts as a request. */
  readonly activeSinceMs: number;
}

/** Can be written down as JSON and read again. */
export interface ScaleMemory {
  readonly decidedAtMs: number;
  /** When there last was a request. While the load is unknown it moves along with the time. */
  readonly lastRequestMs: number;
  readonly phase: Phase;
  readonly wish: ScaleWish;
  readonly size: SizeMemory;
}
