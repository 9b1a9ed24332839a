/**
 * When logs are read that are being written. A read, its turn of the event loop and the append that follows cost the same for ten
 * lines and for hundreds, and half as much right after another one: all that print are read in rounds, the less often the more of
 * them there are, and nothing is woken in between. What is read of one is let go before the next one's turn (read-turns.ts).
 */
import { setTimeout as delay } from "node:timers/promises";

/** After a round, writers get at least this long to add more. */
const SHORTEST_REST_MS = 100;
const LONGEST_REST_MS = 800;
const REST_PER_READER_MS = 20;

export class ReadRounds {
  readonly #rest: (ms: number) => Promise<unknown>;
  #isResting = false;
  #waiting = new Set<() => void>();
  /** Of the last round. */
  #readers = 0;

  constructor(rest: (ms: number) => Promise<unknown> = delay) {
    this.#rest = rest;
  }

  /** After all that there was has been read: until the next look. Ends early, without an error, when the signal is aborted. */
  async next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const begin = () => resolve();
    signal.addEventListener("abort", begin, { once: true });
    this.#waiting.add(begin);
    if (!this.#isResting) void this.#restAndBegin();
    await promise;
    this.#waiting.delete(begin);
    signal.removeEventListener("abort", begin);
  }

  async #restAndBegin(): Promise<void> {
    this.#isResting = true;
    const wishedMs = this.#readers * REST_PER_READER_MS;
    await this.#rest(Math.min(LONGEST_REST_MS, Math.max(SHORTEST_REST_MS, wishedMs)));
    this.#isResting = false;
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
