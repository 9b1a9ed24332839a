/**
 * When logs are read that are being written. A read, its turn of the event loop and the append that follows cost the same for ten
 * lines and for hundreds, and little more than half as much right after another one as after a sleep: all that print are read in
 * rounds, one after the other (read-turns.ts), the less often the more of them there are, and nothing is woken in between.
 */
import { setTimeout as delay } from "node:timers/promises";

/** After a round, writers get at least this long to add more. */
const SHORTEST_REST_MS = 100;
const LONGEST_REST_MS = 800;
const REST_PER_READER_MS = 20;

export class ReadRounds {
  readonly #rest: typeof pause;
  /** The rest that is on; null while there is none. */
  #resting: AbortController | null = null;
  #waiting = new Set<() => void>();
  /** Of the last round. */
  #readers = 0;

  constructor(rest = pause) {
    this.#rest = rest;
  }

  /** After all that there was has been read: until the next look. Ends early, without an error, when the signal is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const giveUp = () => {
      this.#waiting.delete(resolve);
      // A program that ends does not wait for a timer.
      if (this.#waiting.size === 0) this.#resting?.abort();
      resolve();
    };
    signal.addEventListener("abort", giveUp, { once: true });
    this.#waiting.add(resolve);
    if (this.#resting === null) void this.#restAndBegin();
    await promise;
    signal.removeEventListener("abort", giveUp);
  }

  async #restAndBegin(): Promise<void> {
    this.#resting = new AbortController();
    const wishedMs = this.#readers * REST_PER_READER_MS;
    const boundedMs = Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, wishedMs));
    await this.#rest(boundedMs, this.#resting.signal);
    this.#resting = null;
    const round = this.#waiting;
    this.#waiting = new Set();
    this.#readers = round.size;
    for (const begin of round) begin();
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
