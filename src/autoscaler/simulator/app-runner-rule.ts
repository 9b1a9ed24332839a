/**
 * How App Runner would size the service, as far as is published: it adds instances when requests at once exceed
 * MaxConcurrency for each, answers 429 without a queue when all are full, and never goes below MinSize.
 *
 * Its algorithm is not published. Assumed here, in its favour: it looks each second; a refused request counts as if it had
 * been taken; an instance starts as fast as ours; what was not needed for two minutes goes.
 */
import type { ScalePolicy } from "../../domain/scaling.ts";
import { clamp } from "../load-size.ts";
import type { EdgeLimits, ServiceView, SizingRule, Wish } from "./sizing-rule.ts";

const LOOK_MS = 1000;
const SCALE_IN_MS = 120_000;

export class AppRunnerRule implements SizingRule {
  readonly lookMs = LOOK_MS;
  readonly edge: EdgeLimits = { queueLimit: () => 0, queueTimeoutMs: 0, heldLimit: 0, holdMs: 0 };
  readonly #policy: ScalePolicy;
  readonly #meanDurationMs: number;
  /** What was needed at each of the last looks. */
  readonly #needs: number[] = [];
  #refusedBefore = 0;
  #count: number;

  constructor(policy: ScalePolicy, meanDurationMs: number) {
    this.#policy = policy;
    this.#meanDurationMs = meanDurationMs;
    this.#count = policy.minSize;
  }

  look({ peakInFlight, refusedCount }: ServiceView): Wish {
    const refused = refusedCount - this.#refusedBefore;
    this.#refusedBefore = refusedCount;
    const atOnce = peakInFlight + (refused * this.#meanDurationMs) / LOOK_MS;
    this.#needs.push(Math.ceil(atOnce / this.#policy.maxConcurrency));
    if (this.#needs.length > SCALE_IN_MS / LOOK_MS) this.#needs.shift();
    this.#count = clamp(Math.max(...this.#needs), this.#policy.minSize, this.#policy.maxSize);
    return this.change();
  }

  /** Its gate is always open: it never goes to zero. */
  knock(): Wish {
    return this.change();
  }

  change(): Wish {
    return { count: this.#count, activity: "run", gate: "open" };
  }
}
