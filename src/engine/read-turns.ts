/**
 * Many logs are read one after the other, into one buffer: reading is quick, and what is made of it then is alone in its turn
 * of the event loop. Twenty instances that print at the same time held it for 60 ms.
 */
export class ReadTurns {
  readonly #bytes: number;
  #buffer: Buffer | null = null;
  #last: Promise<unknown> = Promise.resolve();

  constructor(bytes: number) {
    this.#bytes = bytes;
  }

  /** What the buffer holds is gone when `read` returns. */
  async next<Result>(read: (buffer: Buffer) => Promise<Result>): Promise<Result> {
    const result = this.#last.then(async () => read((this.#buffer ??= Buffer.allocUnsafeSlow(this.#bytes))));
    this.#last = result.catch(() => undefined);
    return result;
  }
}
