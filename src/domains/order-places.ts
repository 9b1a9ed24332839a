/**
 * How many orders are under way at once: authorities limit what is pending. An order that does not get on gives its place
 * away, so that a sick domain delays nobody.
 */

const ORDERS_AT_ONCE = 8;
/** Authorities validate and issue within seconds. */
export const PLACE_KEPT_MS = 60_000;

export class OrderPlaces<Subject> {
  readonly #taken = new Set<Subject>();
  readonly #waiting = new Set<Subject>();
  readonly #onFree: (subject: Subject) => void;

  /** `onFree`: there is room for this one, which had asked. */
  constructor(onFree: (subject: Subject) => void) {
    this.#onFree = onFree;
  }

  /** False: there is none yet, and it will be told. */
  take(subject: Subject): boolean {
    if (this.#taken.has(subject)) return true;
    if (this.#taken.size >= ORDERS_AT_ONCE) {
      this.#waiting.add(subject);
      return false;
    }
    this.#waiting.delete(subject);
    this.#taken.add(subject);
    return true;
  }

  /** Also of one that only waits. */
  leave(subject: Subject): void {
    this.#waiting.delete(subject);
    if (!this.#taken.delete(subject)) return;
    const [next] = this.#waiting;
    if (next === undefined) return;
    this.#waiting.delete(next);
    this.#onFree(next);
  }
}
