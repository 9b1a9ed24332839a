/** What is to happen next: a binary heap over typed arrays, for millions of events. */

/** Each event is a time and a number that says what it is about. */
export class EventHeap {
  #times = new Float64Array(1024);
  #subjects = new Int32Array(1024);
  #size = 0;

  /** Infinity: nothing. */
  get nextMs(): number {
    return this.#size === 0 ? Infinity : (this.#times[0] ?? Infinity);
  }

  add(atMs: number, subject: number): void {
    if (this.#size === this.#times.length) this.#grow();
    let index = this.#size++;
    while (index > 0) {
      const above = (index - 1) >> 1;
      if (this.#timeAt(above) <= atMs) break;
      this.#move(above, index);
      index = above;
    }
    this.#put(index, atMs, subject);
  }

  /** The subject of the earliest; only when there is one. */
  take(): number {
    const subject = this.#subjects[0] ?? 0;
    this.#size--;
    const atMs = this.#timeAt(this.#size);
    const last = this.#subjects[this.#size] ?? 0;
    let index = 0;
    for (let below = 1; below < this.#size; below = 2 * index + 1) {
      if (below + 1 < this.#size && this.#timeAt(below + 1) < this.#timeAt(below)) below++;
      if (this.#timeAt(below) >= atMs) break;
      this.#move(below, index);
      index = below;
    }
    this.#put(index, atMs, last);
    return subject;
  }

  #timeAt(index: number): number {
    return this.#times[index] ?? Infinity;
  }

  #move(from: number, to: number): void {
    this.#put(to, this.#timeAt(from), this.#subjects[from] ?? 0);
  }

  #put(index: number, atMs: number, subject: number): void {
    this.#times[index] = atMs;
    this.#subjects[index] = subject;
  }

  #grow(): void {
    const [times, subjects] = [this.#times, this.#subjects];
    this.#times = new Float64Array(2 * times.length);
    this.#subjects = new Int32Array(2 * subjects.length);
    this.#times.set(times);
    this.#subjects.set(subjects);
  }
}
