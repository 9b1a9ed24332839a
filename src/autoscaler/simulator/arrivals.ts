/** A trace request by request: when each comes and how long it takes. Within its second each comes at any time. */
import { Random } from "./random.ts";
import type { Trace } from "./trace.ts";

const SECOND_MS = 1000;

/** What comes next stands in the fields: a day has millions of them, and none needs an object. */
export class Arrivals {
  /** Infinity: no more. */
  atMs = Infinity;
  durationMs = 0;
  readonly #trace: Trace;
  readonly #times: Random;
  readonly #durations: Random;
  #moments = new Float64Array(64);
  #count = 0;
  #index = 0;
  #second = -1;

  constructor(trace: Trace) {
    this.#trace = trace;
    this.#times = new Random(trace.seed);
    // Apart from the times, so that a trace with other times has the same durations.
    this.#durations = new Random(trace.seed ^ 0x5bd1e995);
    this.advance();
  }

  advance(): void {
    while (this.#index >= this.#count) {
      this.#second++;
      if (this.#second >= this.#trace.requests.length) {
        this.atMs = Infinity;
        return;
      }
      this.#fill(this.#trace.requests[this.#second] ?? 0);
    }
    this.atMs = this.#second * SECOND_MS + (this.#moments[this.#index] ?? 0);
    this.#index++;
    const meanMs = this.#trace.durationsMs[this.#second] ?? 0;
    this.durationMs = this.#trace.spread === "fixed" ? meanMs : this.#durations.exponential(meanMs);
  }

  #fill(count: number): void {
    if (count > this.#moments.length) this.#moments = new Float64Array(2 * count);
    for (let index = 0; index < count; index++) this.#moments[index] = this.#times.next() * SECOND_MS;
    this.#moments.subarray(0, count).sort();
    this.#count = count;
    this.#index = 0;
  }
}
