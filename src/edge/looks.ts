/**
 * So many looks at once, the others in the order they came. A start looks at every service: were all to ask HAProxy together, the
 * last ones' deadlines would pass before it was their turn, and they would come again each second, for as long as the machine is
 * busy. Who waits has no deadline: what one look failed of is told to all that wait, so behind an HAProxy that hangs nobody
 * waits longer than for one answer.
 */

/** As many as HAProxy's socket is spoken to at once; each look says one thing at a time to it. */
const LOOKS_AT_ONCE = 8;

export class Looks {
  readonly #waiting: PromiseWithResolvers<void>[] = [];
  #running = 0;

  /** The signal is the look's own: a look that was given up says nothing to others. */
  async run<Result>(look: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#enter();
    try {
      return await look();
    } catch (error) {
      if (!signal.aborted) for (const { reject } of this.#waiting.splice(0)) reject(error);
      throw error;
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running < LOOKS_AT_ONCE) {
      this.#running++;
      return;
    }
    const turn = Promise.withResolvers<void>();
    this.#waiting.push(turn);
    await turn.promise;
  }

  /** The place goes to the next one. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next.resolve();
  }
}
