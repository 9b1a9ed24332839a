/** When an attempt that failed is repeated. Pure. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 15 * 60_000;

/** How long after it was queued an event is tried. */
export const DELIVERY_MS = 24 * 3_600_000;

/** `random`: from 0 to 1; many that failed together shall not come back together. */
export function pauseMs(failureCount: number, random: number): number {
  const fullMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(30, failureCount - 1));
  return Math.round(fullMs * (0.5 + random / 2));
}

export interface FailedAttempt {
  readonly queuedAtMs: number;
  readonly nowMs: number;
  readonly pauseMs: number;
  readonly retryAfterMs: number | null;
}

/** Null: its time is over. The last attempt is at the very end of it. */
export function nextAttemptMs({ queuedAtMs, nowMs, pauseMs, retryAfterMs }: FailedAttempt): number | null {
  const endMs = queuedAtMs + DELIVERY_MS;
  if (nowMs >= endMs) return null;
  return Math.min(endMs, nowMs + Math.max(pauseMs, retryAfterMs ?? 0));
}
