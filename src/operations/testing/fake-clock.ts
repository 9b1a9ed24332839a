/** A clock that a test moves by hand. Sleepers wake in the order of their times. */
import type { Clock } from "../../ports/clock.ts";

interface Sleeper {
  atMs: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  #nowMs = 1_700_000_000_000;
  readonly #sleepers = new Set<Sleeper>();

  now(): number {
    return this.#nowMs;
  }

  sleep(durationMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.reject(signal.reason as Error);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = () => {
      this.#sleepers.delete(sleeper);
      reject(signal.reason as Error);
    };
    const sleeper: Sleeper = {
      atMs: this.#nowMs + durationMs,
      wake: () => {
        signal.removeEventListener("abort", onAbort);
        this.#sleepers.delete(sleeper);
        resolve();
      },
    };
    signal.addEventListener("abort", onAbort, { once: true });
    this.#sleepers.add(sleeper);
    return promise;
  }

  /** Sleepers of processes that are dead by now. */
  forgetSleepers(): void {
    this.#sleepers.clear();
  }

  /** Moves the time; `settle` lets everybody who woke do their work before the time goes on. */
  async advance(durationMs: number, settle: () => Promise<void>): Promise<void> {
    const endMs = this.#nowMs + durationMs;
    await settle();
    for (;;) {
      const next = this.#next(endMs);
      if (next === null) break;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.wake();
      await settle();
    }
    this.#nowMs = endMs;
    await settle();
  }

  /** The machine stood still: all who slept wake up late. */
  jump(durationMs: number): void {
    this.#nowMs += durationMs;
  }

  /** Somebody set the clock back; what sleeps still sleeps as long as it would have. */
  setBack(durationMs: number): void {
    this.#nowMs -= durationMs;
    for (const sleeper of this.#sleepers) sleeper.atMs -= durationMs;
  }

  #next(endMs: number): Sleeper | null {
    let next: Sleeper | null = null;
    for (const sleeper of this.#sleepers) {
      if (sleeper.atMs <= endMs && (next === null || sleeper.atMs < next.atMs)) next = sleeper;
    }
    return next;
  }
}
