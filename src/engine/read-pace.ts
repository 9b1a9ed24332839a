/**
 * When logs are read that are being written. A read, its turn of the event loop and the append that follows cost the same for ten
 * lines and for hundreds: many that print at once are read less often each, some fifty times a second together. They are read one
 * after the other: what many hold at once grows old in a small heap, which costs as much again.
 */
import { setTimeout as delay } from "node:timers/promises";

/** After a read, writers get at least this long to add more. */
const SHORTEST_REST_MS = 100;
const LONGEST_REST_MS = 500;
const BETWEEN_READS_MS = 20;

export class ReadPace {
  readonly #now: () => number;
  #lastAtMs = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** After all that there was has been read: how long until the next look. */
  nextRestMs(): number {
    const nowMs = this.#now();
    const restMs = Math.max(SHORTEST_REST_MS, this.#lastAtMs + BETWEEN_READS_MS - nowMs);
    const boundedMs = Math.min(LONGEST_REST_MS, restMs);
    this.#lastAtMs = nowMs + boundedMs;
    return boundedMs;
  }
}

/** There is more: on after as long as the last part took, so that even many floods leave half of the time to everything else. */
export function breathMs(tookMs: number): number {
  return Math.min(SHORTEST_REST_MS, tookMs);
}

/** Ends early, without an error, when the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch(() => undefined);
}
