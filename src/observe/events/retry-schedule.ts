/**
 * When an attempt that failed is repeated. Pure.
 *
 * Mostly it is the endpoint that is away: then the event it failed with is the first to be tried when its pause is over,
 * and the order is kept. An event that alone seems to be refused waits longer than that, so that others get by.
 */
import type { SendOutcome } from "../../ports/event-sending.ts";

const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 15 * 60_000;
/** However long an endpoint asks to be left alone. */
const LONGEST_REST_MS = 24 * 3_600_000;
/** After some ten minutes an event lets others try. */
const STUBBORN_ATTEMPTS = 8;
/** What an endpoint says of a message it cannot read. */
const UNREADABLE: ReadonlySet<number | null> = new Set([400, 413, 422]);

/** How long after it was queued an event is tried. */
export const DELIVERY_MS = 24 * 3_600_000;

/** Of a destination: not just a hiccup, so that what has waited behind it for too long is given up too. */
export function isLongAway(failureCount: number): boolean {
  return failureCount >= STUBBORN_ATTEMPTS;
}

export interface FailedAttempt {
  readonly outcome: SendOutcome;
  /** Of the event, this one included. */
  readonly attemptCount: number;
  /** Of the destination in a row, this one included, whatever the event. */
  readonly failureCount: number;
  /** From 0 to 1; many that failed together shall not come back together. */
  readonly random: number;
}

export interface Pauses {
  readonly destinationMs: number;
  readonly eventMs: number;
}

export function pausesAfter({ outcome, attemptCount, failureCount, random }: FailedAttempt): Pauses {
  const { retryAfterMs, status } = outcome;
  const asked = Math.min(LONGEST_REST_MS, retryAfterMs ?? 0);
  const destinationMs = Math.max(asked, pauseMs(failureCount, random));
  const isOdd = UNREADABLE.has(status) || attemptCount >= STUBBORN_ATTEMPTS;
  return {
    destinationMs,
    eventMs: isOdd ? 2 * Math.max(destinationMs, pauseMs(attemptCount, 1)) : destinationMs,
  };
}

function pauseMs(failureCount: number, random: number): number {
  const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(30, failureCount - 1));
  return Math.round(fullMs * (0.5 + random / 2));
}
