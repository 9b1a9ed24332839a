/**
 * When an instance that ended may be replaced: the first time at once, then 1, 2, 4 … 60 s after the last end, until an
 * instance has been ready for 60 s. Read off the instances' records, so that a restart of ours forgets nothing.
 */
import type { Instance } from "../domain/instance.ts";
import { STOPPED_WITH_ALL } from "./failure.ts";

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 60_000;
/** An instance that served this long was no part of a crash loop. */
const STABLE_MS = 60_000;
/**
 * An end this long before the next is another story: instances of a service that goes to zero may never live long enough
 * to be stable. Longer than a try and its pause take.
 */
const FORGOTTEN_MS = 600_000;

export interface SetSize {
  readonly releaseNumber: number;
  /** At least 1. */
  readonly count: number;
}

/** Epoch milliseconds from which the set may be filled up again; in the past when it may be now. */
export function nextStartMs(history: readonly Instance[], set: SetSize, nowMs: number): number {
  const streak = endsInARow(history, set.releaseNumber, nowMs);
  // A whole set that falls at once counts as one failure.
  const rounds = Math.ceil(streak.length / set.count);
  if (rounds < 2) return 0;
  const lastEndMs = Math.max(...streak.map((row) => row.stoppedAtMs ?? nowMs));
  // The clock was set back: nobody knows how long ago that was.
  if (lastEndMs > nowMs) return 0;
  return lastEndMs + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (rounds - 2));
}

/** Instances of the release that ended by themselves, one soon after the other, since one was stable; newest first, both. */
export function endsInARow(
  history: readonly Instance[],
  releaseNumber: number,
  nowMs: number,
): readonly Instance[] {
  const streak: Instance[] = [];
  let laterMs = nowMs;
  for (const row of history) {
    const endedAtMs = row.stoppedAtMs ?? nowMs;
    if (row.releaseNumber !== releaseNumber || isStable(row, nowMs)) break;
    if (!hasFailed(row)) continue;
    if (laterMs - endedAtMs > FORGOTTEN_MS) break;
    streak.push(row);
    laterMs = endedAtMs;
  }
  return streak;
}

/** Ended without being asked to: it never drained. */
function hasFailed(row: Instance): boolean {
  if (row.endReason === STOPPED_WITH_ALL) return false;
  return row.state === "failed" || (row.state === "stopped" && row.drainingSinceMs === null);
}

export function isStable(row: Instance, nowMs: number): boolean {
  return row.readyAtMs !== null && (row.stoppedAtMs ?? nowMs) - row.readyAtMs >= STABLE_MS;
}
