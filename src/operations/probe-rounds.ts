/**
 * Wakes all probes that are due in the same moment with one timer: most of what an idle service costs is being woken.
 * Probes of a round begin a few at a time, so that a round of a thousand neither stops everything else nor needs a
 * thousand sockets at once.
 */
import type { Clock } from "../ports/clock.ts";

const AT_ONCE = 16;
const PAUSE_MS = 2;

/** `lateMs`: by how much the timer that woke it was late. */
export type ProbeTurn = (lateMs: number) => void;

interface Round {
  readonly turns: Set<ProbeTurn>;
  readonly cancel: AbortController;
}

export class ProbeRounds {
  readonly #clock: Clock;
  readonly #rounds = new Map<number, Round>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Returns what takes it out again, which does nothing after its turn. */
  join(dueMs: number, turn: ProbeTurn): () => void {
    const round = this.#rounds.get(dueMs) ?? this.#open(dueMs);
    round.turns.add(turn);
    return () => {
      round.turns.delete(turn);
      if (round.turns.size > 0) return;
      // At once: nobody may join a round that sleeps no more.
      this.#close(dueMs, round);
      round.cancel.abort();
    };
  }

  #open(dueMs: number): Round {
    const round: Round = { turns: new Set(), cancel: new AbortController() };
    this.#rounds.set(dueMs, round);
    // Rejects only when nobody is left in it.
    void this.#run(dueMs, round).catch(() => undefined);
    return round;
  }

  async #run(dueMs: number, round: Round): Promise<void> {
    const { turns, cancel } = round;
    await this.#clock.sleep(Math.max(0, dueMs - this.#clock.now()), cancel.signal);
    this.#close(dueMs, round);
    let lateMs = this.#clock.now() - dueMs;
    while (turns.size > 0) {
      for (const turn of [...turns].slice(0, AT_ONCE)) {
        turns.delete(turn);
        turn(lateMs);
      }
      if (turns.size === 0) return;
      const nextMs = this.#clock.now() + PAUSE_MS;
      await this.#clock.sleep(PAUSE_MS, cancel.signal);
      lateMs = this.#clock.now() - nextMs;
    }
  }

  #close(dueMs: number, round: Round): void {
    if (this.#rounds.get(dueMs) === round) this.#rounds.delete(dueMs);
  }
}
