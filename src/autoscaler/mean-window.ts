/**
 * The mean of something over the last seconds, weighted by time: an integral in buckets of one second in a ring, so that
 * samples may come at any distance. What was not seen is a hole: it counts neither as load nor as quiet.
 */
const BUCKET_MS = 1000;
/** A mean over less than this says nothing. */
const LEAST_KNOWN_MS = 1000;

export class MeanWindow {
  /** By the second modulo their number: which second a bucket is for, its integral, and how much of it was seen. */
  readonly #seconds: Float64Array;
  readonly #areas: Float64Array;
  readonly #knownMs: Float64Array;

  constructor(longestWindowMs: number) {
    // The second under way is a bucket too.
    const count = Math.ceil(longestWindowMs / BUCKET_MS) + 1;
    this.#seconds = new Float64Array(count).fill(-1);
    this.#areas = new Float64Array(count);
    this.#knownMs = new Float64Array(count);
  }

  /** It was this much from one time to the other. */
  add(fromMs: number, toMs: number, value: number): void {
    const earliestMs = toMs - this.#seconds.length * BUCKET_MS;
    for (let startMs = Math.max(fromMs, earliestMs); startMs < toMs;) {
      const second = Math.floor(startMs / BUCKET_MS);
      const endMs = Math.min(toMs, (second + 1) * BUCKET_MS);
      this.#addToBucket(second, endMs - startMs, value);
      startMs = endMs;
    }
  }

  /** Over the part of the window that was seen; unknown when that is too little. */
  mean(nowMs: number, windowMs: number): number | "unknown" {
    const last = Math.floor(nowMs / BUCKET_MS);
    const first = Math.floor((nowMs - windowMs) / BUCKET_MS) + 1;
    let area = 0;
    let knownMs = 0;
    const earliest = Math.max(first, last - this.#seconds.length + 1);
    for (let second = earliest; second <= last; second++) {
      const index = second % this.#seconds.length;
      if (this.#seconds[index] !== second) continue;
      area += this.#areas[index] ?? 0;
      knownMs += this.#knownMs[index] ?? 0;
    }
    return knownMs < LEAST_KNOWN_MS ? "unknown" : area / knownMs;
  }

  #addToBucket(second: number, durationMs: number, value: number): void {
    const index = second % this.#seconds.length;
    if (this.#seconds[index] !== second) {
      this.#seconds[index] = second;
      this.#areas[index] = 0;
      this.#knownMs[index] = 0;
    }
    this.#areas[index] = (this.#areas[index] ?? 0) + value * durationMs;
    this.#knownMs[index] = (this.#knownMs[index] ?? 0) + durationMs;
  }
}
