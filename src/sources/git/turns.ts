/** Work with the same key happens one after the other; a failure stops nobody. */
import { orAborted } from "../../domain/or-aborted.ts";

export class Turns {
  readonly #tails = new Map<string, Promise<void>>();

  /** Who gives up while others have their turn does not wait for them. Work that has begun looks at the signal itself. */
  async take<Result>(key: string, signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const own = Promise.withResolvers<void>();
    const tail = before.then(() => own.promise);
    this.#tails.set(key, tail);
    void tail.then(() => this.#forget(key, tail));
    try {
      await orAborted(before, signal);
      return await work();
    } finally {
      own.resolve();
    }
  }

  #forget(key: string, tail: Promise<void>): void {
    if (this.#tails.get(key) === tail) this.#tails.delete(key);
  }
}
