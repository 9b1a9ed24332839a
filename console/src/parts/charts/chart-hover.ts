/** The moment that is pointed at: shared, so that all charts of a page show what was then. */
import { useSyncExternalStore } from "react";

export class ChartHover {
  #atMs: number | null = null;
  readonly #listeners = new Set<() => void>();

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly atMs = (): number | null => this.#atMs;

  set(atMs: number | null): void {
    if (atMs === this.#atMs) return;
    this.#atMs = atMs;
    for (const listener of this.#listeners) listener();
  }
}

export function useHover(hover: ChartHover): number | null {
  return useSyncExternalStore(hover.subscribe, hover.atMs);
}
