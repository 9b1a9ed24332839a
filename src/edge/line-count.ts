/**
 * How far the lines of one worker were read, and how many are missing: its frontends count their lines, and threads may write
 * them a little out of order.
 */
export class LineCount {
  readonly #highest: Map<string, number>;
  readonly #base: Map<string, number>;
  #seen = 0;
  #missingBefore = 0;
  #told = 0;

  /** `known`: frontend → the highest count that was read before. */
  constructor(known: Readonly<Record<string, number>> = {}) {
    this.#highest = new Map(Object.entries(known));
    this.#base = new Map(Object.entries(known));
  }

  /** False for a line that was read before. */
  isNew(frontend: string, count: number): boolean {
    const base = this.#base.get(frontend) ?? count - 1;
    this.#base.set(frontend, base);
    if (count <= base) return false;
    this.#highest.set(frontend, Math.max(count, this.#highest.get(frontend) ?? base));
    this.#seen += 1;
    return true;
  }

  /** How many went missing, once: those that were missing at the call before, too. */
  takeLost(): number {
    const missing = this.#missing();
    const lost = Math.max(0, Math.min(missing, this.#missingBefore) - this.#told);
    this.#missingBefore = missing;
    this.#told += lost;
    return lost;
  }

  highest(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#highest);
  }

  #missing(): number {
    let expected = 0;
    for (const [frontend, highest] of this.#highest)
      expected += highest - (this.#base.get(frontend) ?? highest);
    return expected - this.#seen;
  }
}
