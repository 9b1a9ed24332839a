/** How long requests waited: millions of times in a few kilobytes, true to one part in a hundred. */

const BINS_PER_E = 100;
/** ln(1 + a day) times that many. */
const BIN_COUNT = 2000;

export class WaitHistogram {
  readonly #bins = new Uint32Array(BIN_COUNT);
  #count = 0;
  #maxMs = 0;

  get maxMs(): number {
    return this.#maxMs;
  }

  add(waitMs: number): void {
    this.#count++;
    if (waitMs > this.#maxMs) this.#maxMs = waitMs;
    const bin = waitMs <= 0 ? 0 : Math.min(BIN_COUNT - 1, Math.round(Math.log1p(waitMs) * BINS_PER_E));
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
  }

  /** `share` of the requests waited at most this long; 0 without requests. Milliseconds. */
  quantile(share: number): number {
    const rank = Math.ceil(this.#count * share);
    let seen = 0;
    for (const [bin, count] of this.#bins.entries()) {
      seen += count;
      if (seen >= rank && seen > 0) return Math.min(this.#maxMs, Math.expm1(bin / BINS_PER_E));
    }
    return 0;
  }
}
