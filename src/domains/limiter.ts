/** So many at once; who is urgent goes first, the others in the order they came. */

interface Waiting {
  readonly isUrgent: boolean;
  readonly begin: () => void;
}

export class Limiter {
  readonly #limit: number;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<Result>(isUrgent: boolean, task: () => Promise<Result>): Promise<Result> {
    if (this.#running >= this.#limit) await this.#turn(isUrgent);
    else this.#running++;
    try {
      return await task();
    } finally {
      this.#next();
    }
  }

  /** Whoever ends hands its place on. */
  #next(): void {
    const urgent = this.#waiting.findIndex(({ isUrgent }) => isUrgent);
    const [next] = this.#waiting.splice(Math.max(0, urgent), 1);
    if (next === undefined) this.#running--;
    else next.begin();
  }

  #turn(isUrgent: boolean): Promise<void> {
    return new Promise((resolve) => void this.#waiting.push({ isUrgent, begin: resolve }));
  }
}
