/** So many at a time, the others in the order they came. Who leaves while waiting never begins. */
export class Turns {
  readonly #most: number;
  readonly #waiting = new Set<() => void>();
  #running = 0;

  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#running === 0 && this.#waiting.size === 0;
  }

  /** Begins now or when it is its turn, until the function that comes back is called; once. */
  enter(begin: () => void): () => void {
    const own = (): void => begin();
    if (this.#running < this.#most) {
      this.#running++;
      own();
    } else {
      this.#waiting.add(own);
    }
    return () => this.#leave(own);
  }

  #leave(own: () => void): void {
    if (this.#waiting.delete(own)) return;
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#running--;
      return;
    }
    this.#waiting.delete(next);
    next();
  }
}
