/**
 * One queue per service: its observing, planning and acting never overlap.
 *
 * INVARIANTS
 * - At most one task per key runs at a time; tasks of one key run in the order they came.
 * - Do not nest: a task must not wait for a task of the same key, or both wait forever.
 * - A task handles its own errors; one that rejects rejects its caller only, never the tasks behind it.
 * - A key without tasks costs nothing: it is forgotten.
 */

export class SerialQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(task);
    const tail = result.then(ignore, ignore);
    this.#tails.set(key, tail);
    void tail.then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      return undefined;
    });
    return result;
  }

  /** Resolves when everything queued for the key until now has ended. */
  async drained(key: string): Promise<void> {
    await this.#tails.get(key);
  }

  get size(): number {
    return this.#tails.size;
  }
}

function ignore(): void {}
