/** Requests that wait, first come first served: a ring of typed arrays. */

export class RequestQueue {
  #arrivals = new Float64Array(256);
  #durations = new Float64Array(256);
  #first = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** When the first one came; Infinity: nobody waits. */
  get firstAtMs(): number {
    return this.#size === 0 ? Infinity : (this.#arrivals[this.#first] ?? Infinity);
  }

  get firstDurationMs(): number {
    return this.#durations[this.#first] ?? 0;
  }

  push(atMs: number, durationMs: number): void {
    if (this.#size === this.#arrivals.length) this.#grow();
    const index = (this.#first + this.#size) % this.#arrivals.length;
    this.#arrivals[index] = atMs;
    this.#durations[index] = durationMs;
    this.#size++;
  }

  shift(): void {
    this.#first = (this.#first + 1) % this.#arrivals.length;
    this.#size--;
  }

  #grow(): void {
    this.#arrivals = unrolled(this.#arrivals, this.#first);
    this.#durations = unrolled(this.#durations, this.#first);
    this.#first = 0;
  }
}

/** Twice as long, what was first at the start. */
function unrolled(ring: Float64Array, first: number): Float64Array<ArrayBuffer> {
  const longer = new Float64Array(2 * ring.length);
  longer.set(ring.subarray(first));
  longer.set(ring.subarray(0, first), ring.length - first);
  return longer;
}
