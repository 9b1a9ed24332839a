/**
 * A service under load as a fluid: requests are not whole, each takes the same time. Enough to see what the decisions lead
 * to, sample by sample; a full simulation is another matter.
 */
import type { ScalePolicy } from "../../domain/scaling.ts";
import { type Decision, decide } from "../decide.ts";
import { LoadMeter } from "../load-meter.ts";
import { defaultScaleParameters } from "../scale-parameters.ts";

/** Requests that come whatever happens, or clients that wait for the answer before they ask again. */
export type FluidLoad = { readonly perSecond: number } | { readonly clients: number };

export const plainPolicy: ScalePolicy = {
  minSize: 1,
  maxSize: 100,
  maxConcurrency: 10,
  scaleToZeroMs: null,
  warmZeroMs: 600_000,
  idle: "throttle",
  cpuTarget: null,
  memoryTarget: null,
};

export interface FluidOptions {
  readonly policy?: ScalePolicy;
  readonly serviceMs?: number;
  readonly startMs?: number;
  readonly ready?: number;
}

export interface FluidMoment {
  readonly atMs: number;
  readonly count: number;
  readonly ready: number;
  readonly waiting: number;
}

const SAMPLE_MS = 100;
const STEPS = 10;

export class FluidService {
  load: FluidLoad = { clients: 0 };
  /** Nobody can see the load. */
  isUnknown = false;
  readonly policy: ScalePolicy;
  readonly moments: FluidMoment[] = [];
  readonly #serviceMs: number;
  readonly #startMs: number;
  readonly #meter = new LoadMeter(defaultScaleParameters);
  #starting: readonly number[] = [];
  #ready: number;
  #nowMs = 1_700_000_000_000;
  #present = 0;
  #requestCount = 0;
  #decision: Decision | null = null;

  constructor({ policy = plainPolicy, serviceMs = 50, startMs = 1000, ready = 1 }: FluidOptions = {}) {
    this.policy = policy;
    this.#serviceMs = serviceMs;
    this.#startMs = startMs;
    this.#ready = ready;
  }

  get decision(): Decision {
    if (this.#decision === null) throw new Error("nothing was decided yet");
    return this.#decision;
  }

  get inFlight(): number {
    return Math.min(this.#present, this.#ready * this.policy.maxConcurrency);
  }

  /** The largest size wanted since the time. */
  peakSince(atMs: number): number {
    return Math.max(...this.moments.filter((moment) => moment.atMs >= atMs).map(({ count }) => count));
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  run(durationMs: number): void {
    for (let passedMs = 0; passedMs < durationMs; passedMs += SAMPLE_MS) {
      for (let step = 0; step < STEPS; step++) this.#flow(SAMPLE_MS / STEPS);
      this.#look();
    }
  }

  #flow(durationMs: number): void {
    this.#nowMs += durationMs;
    this.#ready += this.#starting.filter((atMs) => atMs <= this.#nowMs).length;
    this.#starting = this.#starting.filter((atMs) => atMs > this.#nowMs);
    const answers = (this.inFlight * durationMs) / this.#serviceMs;
    const left = this.#present - Math.min(this.#present, answers);
    const arrived =
      "clients" in this.load ? this.load.clients - left : (this.load.perSecond * durationMs) / 1000;
    this.#present = left + arrived;
    this.#requestCount += Math.max(0, arrived);
  }

  #look(): void {
    const sample = {
      atMs: this.#nowMs,
      inFlight: Math.round(this.inFlight),
      queued: Math.round(this.#present - this.inFlight),
      requestCount: Math.round(this.#requestCount),
    };
    if (!this.isUnknown) this.#meter.add(sample);
    const input = {
      nowMs: this.#nowMs,
      policy: this.policy,
      ready: this.#ready,
      idle: 0,
      starting: this.#starting.length,
      load: this.isUnknown ? ("unknown" as const) : this.#meter.read(this.#nowMs),
      isCalled: false,
      held: 0,
      use: "unknown" as const,
      activeSinceMs: 0,
    };
    this.#decision = decide(input, this.#decision?.memory ?? null);
    this.#obey(this.#decision.count);
    const { count } = this.#decision;
    this.moments.push({ atMs: this.#nowMs, count, ready: this.#ready, waiting: sample.queued });
  }

  #obey(count: number): void {
    const missing = count - this.#ready - this.#starting.length;
    const begun = Array.from({ length: Math.max(0, missing) }, () => this.#nowMs + this.#startMs);
    const surplus = Math.max(0, -missing);
    this.#starting = [...this.#starting.slice(surplus), ...begun];
    this.#ready = Math.min(this.#ready, Math.max(count - this.#starting.length, 0));
  }
}
