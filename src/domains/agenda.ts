/**
 * Who is to be looked at when. One timer for all: a thousand domains that rest cost as much as one.
 */
import type { Clock } from "../ports/clock.ts";

/** A clock that was set while we slept is noticed after this; also far below what a timer can count. */
const SLEEP_MAX_MS = 600_000;

/** Clocks are slewed by less. */
const SET_BACK_MS = 1_000;

export class Agenda<Subject> {
  readonly #clock: Clock;
  readonly #dueMs = new Map<Subject, number>();
  #seenMs = 0;
  #alarm = new AbortController();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(subject: Subject, dueMs: number): void {
    this.#dueMs.set(subject, dueMs);
    this.#alarm.abort();
  }

  delete(subject: Subject): void {
    this.#dueMs.delete(subject);
  }

  has(subject: Subject): boolean {
    return this.#dueMs.has(subject);
  }

  /** The clock was set back: what was due soon must not wait for as long as it was wrong. */
  #bringForward(nowMs: number): void {
    for (const subject of this.#dueMs.keys()) this.#dueMs.set(subject, nowMs);
  }

  /** Takes out whoever is due, and waits until somebody is. Rejects when the signal is aborted. */
  async next(signal: AbortSignal): Promise<readonly Subject[]> {
    for (;;) {
      signal.throwIfAborted();
      this.#alarm = new AbortController();
      const nowMs = this.#clock.now();
      if (nowMs < this.#seenMs - SET_BACK_MS) this.#bringForward(nowMs);
      this.#seenMs = nowMs;
      const due = [...this.#dueMs].filter(([, dueMs]) => dueMs <= nowMs).map(([subject]) => subject);
      for (const subject of due) this.#dueMs.delete(subject);
      if (due.length > 0) return due;
      const nextMs = Math.min(...this.#dueMs.values()) - nowMs;
      const over = AbortSignal.any([signal, this.#alarm.signal]);
      await this.#clock.sleep(Math.min(SLEEP_MAX_MS, nextMs), over).catch(() => undefined);
    }
  }
}
