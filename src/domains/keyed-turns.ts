/** One after the other for each key; tasks of one key must not wait for each other. A key without tasks is forgotten. */

export class KeyedTurns<Key> {
  readonly #tails = new Map<Key, Promise<unknown>>();

  run<Result>(key: Key, task: () => Promise<Result>): Promise<Result> {
    const result = (this.#tails.get(key) ?? Promise.resolve()).then(task);
    const tail = result.then(ignore, ignore).then(() => {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
      return undefined;
    });
    this.#tails.set(key, tail);
    return result;
  }

  /** Resolves when everything queued for the key until now has ended. */
  async drained(key: Key): Promise<void> {
    await this.#tails.get(key);
  }

  async allDrained(): Promise<void> {
    await Promise.all(this.#tails.values());
  }
}

function ignore(): void {}
