/** How many instances a service shall have: the limits its owner set, and what was decided within them. */
import type { Extensions } from "./extension.ts";
import type { InstanceActivity } from "./instance.ts";
import type { ReleaseScale } from "./release.ts";

/** What the owner of a service asked for. All times in milliseconds. */
export interface ScalePolicy {
  readonly minSize: number;
  readonly maxSize: number;
  /** Requests that one instance may work on at once; more wait in the edge. */
  readonly maxConcurrency: number;
  /** Without a request for this long, no instance needs to be there. Null: `minSize` of them always are. */
  readonly scaleToZeroMs: number | null;
  /** How long the instances of a service at zero stay frozen before they are stopped. */
  readonly warmZeroMs: number;
  /** What becomes of provisioned instances while nobody calls. */
  readonly idle: InstanceActivity;
  /** Mean share of its processors (or of its memory) that an instance shall use, 0 to 1; null: no target. */
  readonly cpuTarget: number | null;
  readonly memoryTarget: number | null;
}

/** What a service shall have now. */
export interface ScaleWish {
  /** Instances of the active release that shall be there; 0 is zero, also below the configured minimum. */
  readonly count: number;
  /** What they get. Anything but "run" only while no request is in flight. */
  readonly activity: InstanceActivity;
  /**
   * The edge need not tell of each request at once ("open"); shall tell and pass it on ("watched"); shall hold it until
   * there is an instance ("closed").
   */
  readonly gate: Gate;
  /** One line for people: why this many. */
  readonly reason: string;
}

/** What a request meets before the instances of its service. */
export type Gate = "open" | "watched" | "closed";

/**
 * Requests that may wait in the edge when all instances are busy: one instance's worth, and what those could take that may
 * still come. At `maxSize` a wait is short or not worth it. [App Runner answers 429 at once]
 */
export function queueLimit({ maxSize, maxConcurrency }: ReleaseScale, count: number): number {
  const toCome = Math.max(0, maxSize - Math.max(1, count));
  return Math.min(QUEUE_MAX, maxConcurrency * (1 + toCome));
}

const QUEUE_MAX = 10_000;

export function scalePolicy(scale: ReleaseScale, extensions: Extensions): ScalePolicy {
  const { scaleToZeroMs, warmZeroMs, idle, cpuTarget, memoryTarget } = extensions;
  return { ...scale, scaleToZeroMs, warmZeroMs, idle, cpuTarget, memoryTarget };
}
