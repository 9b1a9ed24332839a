/** Who wants to know of changes, and the way to tell them. Without followers a change costs nothing. */
import type { StateChange, StateChanges } from "../ports/state-changes.ts";

export class ChangeBoard implements StateChanges {
  readonly #listeners = new Set<(change: StateChange) => void>();

  follow(listener: (change: StateChange) => void): () => void {
    // The same function may follow twice.
    const own = (change: StateChange) => listener(change);
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  tell(change: StateChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
