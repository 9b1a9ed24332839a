/** Runs one piece of work after the other, in the order of the calls. A failed one does not hold up the next. */
export class SerialQueue {
  #tail: Promise<unknown> = Promise.resolve();

  run<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#tail.then(work);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all work handed in so far has ended. */
  async drain(): Promise<void> {
    await this.#tail;
  }
}
