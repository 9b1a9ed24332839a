/**
 * Work in order: tasks with the same key run one after the other, different keys at once, and an exclusive task runs
 * alone. A failed task stops nobody.
 */
export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();
  #barrier: Promise<unknown> = Promise.resolve();

  run<Result>(key: string, task: () => Promise<Result>): Promise<Result> {
    const before = Promise.all([this.#barrier, this.#tails.get(key)]);
    const result = before.then(task);
    this.#remember(key, result);
    return result;
  }

  runExclusively<Result>(task: () => Promise<Result>): Promise<Result> {
    const before = Promise.all([this.#barrier, ...this.#tails.values()]);
    const result = before.then(task);
    this.#barrier = result.catch(() => undefined);
    return result;
  }

  #remember(key: string, result: Promise<unknown>): void {
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
        return undefined;
      });
    this.#tails.set(key, tail);
  }
}
