/** When a session ends, by this browser's clock, and how long before that is said. */
import type { Session } from "../api/session.ts";

type Times = Pick<Session, "idleSeconds" | "leftSeconds" | "readAtMs">;

export interface Deadline {
  readonly endsAtMs: number;
  /** However busy one is. */
  readonly isFinal: boolean;
}

const WARNED_MS = 120_000;
const WARNED_SHARE = 4;

export function deadlineOf({ idleSeconds, leftSeconds, readAtMs }: Times): Deadline {
  return {
    endsAtMs: readAtMs + Math.min(idleSeconds, leftSeconds) * 1_000,
    isFinal: leftSeconds <= idleSeconds,
  };
}

/** Two minutes before, of short sessions a quarter. */
export function warningMs({ lastSeenAt, idleUntil }: Pick<Session, "lastSeenAt" | "idleUntil">): number {
  return Math.min(WARNED_MS, (Date.parse(idleUntil) - Date.parse(lastSeenAt)) / WARNED_SHARE);
}
