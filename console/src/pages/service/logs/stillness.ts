/** Tells when a view that was scrolled stands still: `scrollend`, or, where a browser has none (Safari until 26), a pause in what moves. */

/** Longer than between two frames of a movement, shorter than between two movements. */
const PAUSE_MS = 150;

export class Stillness {
  readonly #tellsEnd: boolean;
  #onStill: () => void = () => undefined;
  #pause: ReturnType<typeof setTimeout> | undefined;

  /** `tellsEnd`: the browser has `scrollend`, and `ended` will be called. */
  constructor(tellsEnd: boolean) {
    this.#tellsEnd = tellsEnd;
  }

  /** Whom to tell from now on. */
  tell(onStill: () => void): void {
    this.#onStill = onStill;
  }

  moved(): void {
    if (this.#tellsEnd) return;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#onStill(), PAUSE_MS);
  }

  ended(): void {
    if (this.#tellsEnd) this.#onStill();
  }

  close(): void {
    clearTimeout(this.#pause);
  }
}
