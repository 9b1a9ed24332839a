/**
 * How Knative's autoscaler would size the service, with its defaults: mean requests at once of each second, over 60 s and
 * 6 s; a look each 2 s; 70 % of the limit as target; to zero 30 s after a minute without requests. Its activator lets
 * 10,000 requests wait, for five minutes.
 */
import type { ScalePolicy } from "../../domain/scaling.ts";
import { type SizeMemory, clamp, sizeForLoad, startingSizeMemory } from "../load-size.ts";
import { MeanWindow } from "../mean-window.ts";
import type { EdgeLimits, ServiceView, SizingRule, Wish } from "./sizing-rule.ts";

const SECOND_MS = 1000;
const TICK_MS = 2000;
const TARGET_UTILISATION = 0.7;
const GRACE_MS = 30_000;
const PANIC_WINDOW_MS = 6000;
const RATES = {
  stableWindowMs: 60_000,
  panicThreshold: 2,
  maxUpRate: 1000,
  maxDownRate: 2,
  scaleDownDelayMs: 0,
};

export class KnativeRule implements SizingRule {
  readonly lookMs = SECOND_MS;
  readonly edge: EdgeLimits = {
    queueLimit: () => 10_000,
    queueTimeoutMs: 300_000,
    heldLimit: 10_000,
    holdMs: 300_000,
  };
  readonly #policy: ScalePolicy;
  readonly #window = new MeanWindow(RATES.stableWindowMs);
  #memory: SizeMemory | null = null;
  #count: number;
  #workBefore = 0;
  #emptySinceMs: number | null = null;

  constructor(policy: ScalePolicy) {
    this.#policy = policy;
    this.#count = policy.minSize;
  }

  look(view: ServiceView): Wish {
    const { nowMs, work } = view;
    this.#window.add(nowMs - SECOND_MS, nowMs, (work - this.#workBefore) / SECOND_MS);
    this.#workBefore = work;
    if (nowMs % TICK_MS === 0) this.#tick(view);
    return this.change(view);
  }

  /** Who waits for the first instance makes it look at once. */
  knock(view: ServiceView): Wish {
    this.#count = Math.max(this.#count, this.#within(Math.ceil(view.held / this.#perInstance)));
    this.#emptySinceMs = null;
    return this.change(view);
  }

  change({ instances }: ServiceView): Wish {
    const isReady = instances.some(({ state }) => state !== "starting");
    return { count: this.#count, activity: "run", gate: isReady ? "open" : "closed" };
  }

  get #perInstance(): number {
    return this.#policy.maxConcurrency * TARGET_UTILISATION;
  }

  #tick({ nowMs, instances }: ServiceView): void {
    const ready = instances.filter(({ state }) => state !== "starting").length;
    const [stable, panic] = [
      this.#window.mean(nowMs, RATES.stableWindowMs),
      this.#window.mean(nowMs, PANIC_WINDOW_MS),
    ];
    if (stable === "unknown" || panic === "unknown") return;
    const need = {
      stable: Math.ceil(stable / this.#perInstance),
      panic: Math.ceil(panic / this.#perInstance),
      now: 0,
    };
    const { size, memory } = sizeForLoad(
      { nowMs, ready, ...need },
      this.#memory ?? startingSizeMemory(ready > 1 ? ready : 0, ready > 1 ? nowMs : -RATES.stableWindowMs),
      RATES,
    );
    this.#memory = memory;
    this.#count = size > 0 ? this.#within(size) : this.#emptied(nowMs);
    if (size > 0) this.#emptySinceMs = null;
  }

  /** Zero, where that is allowed, after the grace; one until then. */
  #emptied(nowMs: number): number {
    this.#emptySinceMs ??= nowMs;
    const mayBeZero = this.#policy.scaleToZeroMs !== null && nowMs - this.#emptySinceMs >= GRACE_MS;
    return mayBeZero ? 0 : this.#within(1);
  }

  #within(size: number): number {
    const { minSize, maxSize, scaleToZeroMs } = this.#policy;
    return clamp(size, scaleToZeroMs === null ? minSize : 1, maxSize);
  }
}
