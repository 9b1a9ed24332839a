/**
 * Whether a view follows the end of a log. The person decides it, by scrolling up, and back down to the end; not where the view
 * stands: what is written while a slow browser draws leaves it far from the end, and it is to follow all the same.
 */

export interface ViewPlace {
  readonly top: number;
  /** Of all that can be scrolled through. */
  readonly height: number;
  readonly view: number;
}

/** What a movement that comes next is meant to be; `free`: either, as with a finger or the scrollbar in hand. */
export type Hand = "up" | "down" | "free";

/** So near is at the end. */
const NEAR_END_PX = 40;
/** A movement that was under way goes on no longer than this, also where a browser is slow. */
const LEFT_OVER_MS = 2_000;

export class Following {
  readonly #listeners = new Set<() => void>();
  #follows = true;
  #hand: Hand | null = null;
  /** Something upwards has begun, and the view has not come to rest since. */
  #isUnderWay = false;
  /** Asked for the end meanwhile: a page up that is still on its way, which browsers go on with, counts no more until then. */
  #wantsEndUntilMs = 0;
  #place: ViewPlace = { top: 0, height: 0, view: 0 };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly follows = (): boolean => this.#follows;

  /** A wheel, a key, a finger, or the scrollbar: before the view moves, so that nothing pulls it back meanwhile. */
  moves(hand: Hand, place: ViewPlace): void {
    this.#hand = hand;
    this.#wantsEndUntilMs = 0;
    if (hand !== "down") this.#isUnderWay = true;
    if (hand === "up" && place.top > 0) this.#set(false);
  }

  /** The view has moved. `isLast`: what is shown reaches to the end of the log. `atMs`: by the same clock as for `toEnd`. */
  moved(place: ViewPlace, isLast: boolean, atMs: number): void {
    const before = this.#place;
    this.#place = place;
    if (place.top === before.top) return;
    const direction = place.top < before.top ? "up" : "down";
    // What comes and goes changes the height; who drags the scrollbar or searches the page moves and leaves it.
    const isMeant =
      this.#hand === null
        ? place.height === before.height
        : this.#hand === "free" || this.#hand === direction;
    if (!isMeant) return;
    const isLeftOver = atMs < this.#wantsEndUntilMs;
    if (direction === "up" && !isNearEnd(place) && !isLeftOver) this.#set(false);
    if (direction === "down" && isNearEnd(place) && isLast) this.#set(true);
  }

  /** The view stands still. */
  rested(): void {
    this.#hand = null;
    this.#isUnderWay = false;
  }

  /** Other lines are there: what fits into the view has nothing below it. */
  laidOut(place: ViewPlace, isLast: boolean): void {
    if (isLast && place.height <= place.view) this.#set(true);
  }

  toEnd(atMs: number): void {
    this.#hand = null;
    this.#wantsEndUntilMs = this.#isUnderWay ? atMs + LEFT_OVER_MS : 0;
    this.#set(true);
  }

  /** The view is brought to a line, which may stand at the end. */
  toLine(): void {
    this.#hand = "free";
    this.#wantsEndUntilMs = 0;
    this.#set(false);
  }

  #set(follows: boolean): void {
    if (this.#follows === follows) return;
    this.#follows = follows;
    for (const listener of this.#listeners) listener();
  }
}

function isNearEnd({ top, height, view }: ViewPlace): boolean {
  return height - view - top <= NEAR_END_PX;
}
