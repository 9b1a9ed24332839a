/**
 * What goes by itself after a while, but not while somebody reads it: time passes for none of them as long as they are held.
 * Afterwards each has a whole while again: who comes back late sees it for as long as who was never there.
 */

type Cancel = () => void;

export class GoingTimers {
  readonly #afterMs: number;
  readonly #waiting = new Map<string, { readonly go: () => void; cancel: Cancel | null }>();
  #isHeld = false;

  constructor(afterMs: number) {
    this.#afterMs = afterMs;
  }

  start(id: string, go: () => void): void {
    this.stop(id);
    const leave = () => {
      this.#waiting.delete(id);
      go();
    };
    this.#waiting.set(id, { go: leave, cancel: this.#isHeld ? null : this.#after(leave) });
  }

  /** It went otherwise. */
  stop(id: string): void {
    this.#waiting.get(id)?.cancel?.();
    this.#waiting.delete(id);
  }

  hold(): void {
    this.#isHeld = true;
    for (const one of this.#waiting.values()) {
      one.cancel?.();
      one.cancel = null;
    }
  }

  release(): void {
    this.#isHeld = false;
    for (const one of this.#waiting.values()) one.cancel ??= this.#after(one.go);
  }

  #after(go: () => void): Cancel {
    const timer = setTimeout(go, this.#afterMs);
    return () => clearTimeout(timer);
  }
}
