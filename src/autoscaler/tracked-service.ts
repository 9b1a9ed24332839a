/**
 * One service as the autoscaler knows it: what it is like, its meters, what was decided. Turns news into decisions; without
 * input or output, and without a clock of its own.
 */
import type { ScaleWish } from "../domain/scaling.ts";
import type { SlotLoad } from "../ports/edge-traffic.ts";
import type { ScaledService } from "../ports/scaling.ts";
import { type Decision, decide } from "./decide.ts";
import { noLoad } from "./demand.ts";
import { LoadMeter } from "./load-meter.ts";
import { type InstanceReading, ResourceMeter } from "./resource-meter.ts";
import type { ScaleParameters } from "./scale-parameters.ts";

/** A decision that changed something. */
export interface PastDecision extends ScaleWish {
  readonly atMs: number;
}

/** What a gate said it holds is true for this long: it says so again each second. */
const HELD_MS = 2500;
/**
 * A request may have passed just before the gate began to tell: a quiet service is looked at a little longer, and again when
 * the heart has done something for it.
 */
const SETTLE_MS = 3000;
const DECISIONS_KEPT = 20;

export class TrackedService {
  readonly #parameters: ScaleParameters;
  readonly #meter: LoadMeter;
  readonly #uses: ResourceMeter;
  readonly #decisions: PastDecision[] = [];
  #service: ScaledService;
  #decision: Decision | null = null;
  #held = { count: 0, atMs: -Infinity };
  /** Null: it is sampled. Else nobody has called since then, or the gate would have told. */
  #restsSinceMs: number | null = null;
  #settlesSinceMs = -Infinity;

  constructor(service: ScaledService, parameters: ScaleParameters) {
    this.#service = service;
    this.#parameters = parameters;
    this.#meter = new LoadMeter(parameters);
    this.#uses = new ResourceMeter(parameters.stableWindowMs);
  }

  get service(): ScaledService {
    return this.#service;
  }

  get decisions(): readonly PastDecision[] {
    return this.#decisions;
  }

  /** Whether the time alone may change something now, also because the clock was set back. */
  isDue(nowMs: number): boolean {
    if (this.#decision === null) return false;
    const { recheckAtMs, memory } = this.#decision;
    return recheckAtMs !== null && (recheckAtMs <= nowMs || nowMs < memory.decidedAtMs);
  }

  get wish(): ScaleWish {
    if (this.#decision === null) throw new Error("nothing was decided yet");
    return this.#decision.memory.wish;
  }

  /** Instances that may be throttled or frozen now. */
  get sleepers(): readonly string[] {
    const isAsleep = this.#decision !== null && this.#decision.activity !== "run";
    return this.#service.instances
      .filter(({ state }) => state === "idle" || (isAsleep && state === "ready"))
      .map(({ instanceId }) => instanceId);
  }

  /** Decides anew only when something about it changed. */
  become(service: ScaledService, nowMs: number): void {
    const before = this.#service;
    this.#service = service;
    // Another slot counts its requests from elsewhere.
    if (before.slot !== service.slot) this.#meter.startAnew();
    if (this.#decision !== null && isSame(before, service)) return;
    this.#settlesSinceMs = nowMs;
    this.decide(nowMs);
  }

  sample(load: SlotLoad, nowMs: number): void {
    const inFlight = [...load.inFlight.values()].reduce((total, count) => total + count, 0);
    this.#meter.add({ atMs: nowMs, inFlight, queued: load.queued, requestCount: load.requestCount });
  }

  /** Not at zero: its gate holds what comes, and tells of it again and again. */
  get mayMissRequests(): boolean {
    return this.#service.instances.length > 0 || this.wish.gate !== "closed";
  }

  /** Whether a look from time to time shows a request that the gate has not told of. */
  hasMissedRequest(load: SlotLoad): boolean {
    const hasRequests = load.queued > 0 || [...load.inFlight.values()].some((count) => count > 0);
    return hasRequests || this.#meter.isCountNew(load.requestCount);
  }

  addUse(readings: ReadonlyMap<string, InstanceReading>, nowMs: number): void {
    const ids = this.#takers();
    const own = new Map([...readings].filter(([id]) => ids.includes(id)));
    this.#uses.add(own, ids.length, this.#service.instanceSize, nowMs);
  }

  /** A request came to its gate, which holds so many now. */
  arrive(heldCount: number, nowMs: number): void {
    this.#held = { count: heldCount, atMs: nowMs };
    this.#decide(nowMs, true);
  }

  /** Requests that wait at its closed gate, as far as it told. */
  heldAt(nowMs: number): number {
    const isHeld = this.#takers().length === 0 && isWithin(HELD_MS, this.#held.atMs, nowMs);
    return isHeld ? this.#held.count : 0;
  }

  /** Samples come from now on. */
  startSampling(nowMs: number): void {
    if (this.#restsSinceMs !== null) this.#meter.addQuiet(this.#restsSinceMs, nowMs);
    this.#restsSinceMs = null;
  }

  rest(nowMs: number): void {
    this.#restsSinceMs ??= nowMs;
  }

  needsSamples(nowMs: number): boolean {
    return this.#decision?.memory.phase === "busy" || isWithin(SETTLE_MS, this.#settlesSinceMs, nowMs);
  }

  /** Whether every second sample is enough: for a second nothing waited and most places were free, and nothing has just changed. */
  isCalm(nowMs: number): boolean {
    if (this.#decision?.memory.phase !== "busy" || isWithin(SETTLE_MS, this.#settlesSinceMs, nowMs))
      return false;
    const ready = this.#takers().length;
    const { maxConcurrency } = this.#service.policy;
    return ready > 0 && this.#meter.wasAtMost(this.#parameters.calmUtilisation * ready * maxConcurrency);
  }

  decide(nowMs: number): void {
    this.#decide(nowMs, false);
  }

  #decide(nowMs: number, isCalled: boolean): void {
    const before = this.#decision?.memory ?? null;
    const { policy, activeSinceMs, instances } = this.#service;
    const ready = this.#takers().length;
    const input = {
      nowMs,
      policy,
      ready,
      idle: instances.filter(({ state }) => state === "idle").length,
      starting: instances.length - ready,
      // While it rests it is known to have none.
      load: this.#restsSinceMs === null ? this.#meter.read(nowMs) : noLoad,
      isCalled,
      held: this.heldAt(nowMs),
      use: this.#uses.read(nowMs),
      activeSinceMs,
    };
    this.#decision = decide(input, before, this.#parameters);
    const { phase, wish } = this.#decision.memory;
    const wasQuiet = before !== null && before.phase !== "busy";
    if (!wasQuiet && phase !== "busy") this.#settlesSinceMs = nowMs;
    if (before?.wish !== wish) this.#remember({ ...wish, atMs: nowMs });
  }

  #takers(): readonly string[] {
    const takers = this.#service.instances.filter(({ state }) => state !== "starting");
    return takers.map(({ instanceId }) => instanceId);
  }

  #remember(decision: PastDecision): void {
    this.#decisions.push(decision);
    if (this.#decisions.length > DECISIONS_KEPT) this.#decisions.shift();
  }
}

/** What lies in the future is of a clock that was set back: it is over. */
export function isWithin(durationMs: number, sinceMs: number, nowMs: number): boolean {
  return sinceMs <= nowMs && nowMs < sinceMs + durationMs;
}

/** Plain data both. */
function isSame(one: ScaledService, other: ScaledService): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
