/**
 * How long things wait: for records to appear, for an authority, for the edge. Pure; each number with its reason.
 */
import type { IssuanceErrorKind } from "../ports/certificate-authority.ts";
import { spread } from "./spread.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/**
 * `binding_certificate` is told for so long, because Terraform's waiter asks for it: it looks with pauses that grow to
 * 10 s, and takes a domain that is `active` straight after `creating` for a failure. Requests are served all the while.
 */
export const BINDING_REST_MS = 12 * SECOND_MS;

/** The first look has its time before `creating` ends; name servers that are silent take all of a look's own deadline. */
export const FIRST_LOOK_MS = 25 * SECOND_MS;

/** A proof that was seen is good for so long: an order is placed at once, or the records are looked at again. */
export const PROOF_FRESH_MS = 2 * MINUTE_MS;
/** An order that is not done by then is given up; authorities validate in seconds. */
export const ORDER_MS = 30 * MINUTE_MS;
/** What is served is looked at so often, by a handshake with our own listener. */
export const VERIFY_EVERY_MS = HOUR_MS;
/** After a start everything that is served is looked at, spread over this time. */
export const VERIFY_AFTER_START_MS = 2 * MINUTE_MS;
/** Records of a domain where nothing is missing. */
const LOOK_SELDOM_MS = DAY_MS;
/** Kept after a domain is taken away (App Runner: 7 days), so that taking it back needs no new order. */
export const KEPT_AFTER_USE_MS = 7 * DAY_MS;
/** A wish to try at once is heard so often: authorities allow five wrong proofs an hour. */
export const URGENT_EVERY_MS = MINUTE_MS;

const LOOK_FIRST_MS = 5 * SECOND_MS;
const LOOK_QUICK_MS = 10 * MINUTE_MS;
/** There is but one platform, and no command by which its operator could say that the record is set. */
export const LOOK_PLATFORM_MS = 20 * SECOND_MS;
/** After 72 hours nobody sits in front of it any more. */
const LOOK_QUICKLY_FOR_MS = 72 * HOUR_MS;

/** Until the next look at records that are missing: half of what was waited before, 5 s to 10 min, after 72 h hourly. */
export function lookPauseMs(waitedMs: number, key: string, longestMs = LOOK_QUICK_MS): number {
  if (waitedMs > LOOK_QUICKLY_FOR_MS) return spread(HOUR_MS, key);
  return spread(Math.min(longestMs, Math.max(LOOK_FIRST_MS, waitedMs / 2)), key);
}

/** When records that nothing waits for are looked at again. */
export function nextLookMs(checkedAtMs: number, isAllRight: boolean, key: string): number {
  return checkedAtMs + spread(isAllRight ? LOOK_SELDOM_MS : HOUR_MS, key + checkedAtMs);
}

const DOUBLINGS_MAX = 20;
/** First pause and longest one. Three minutes, doubled: no more than five wrong proofs within an hour. */
const ATTEMPT_PAUSES: Readonly<Record<IssuanceErrorKind, readonly [number, number]>> = {
  unavailable: [MINUTE_MS, HOUR_MS],
  "rate-limited": [HOUR_MS, HOUR_MS],
  validation: [3 * MINUTE_MS, DAY_MS],
  account: [3 * MINUTE_MS, DAY_MS],
  // It was not refused: the authority lost it, or took too long.
  gone: [3 * MINUTE_MS, HOUR_MS],
  clock: [3 * MINUTE_MS, HOUR_MS],
  other: [3 * MINUTE_MS, DAY_MS],
  // It cannot heal by waiting alone; somebody may have changed the CAA record meanwhile.
  names: [DAY_MS, DAY_MS],
};

/** Until the next try at the authority; `failureCount` with this one. */
export function attemptPauseMs(kind: IssuanceErrorKind, failureCount: number, key: string): number {
  const [firstMs, longestMs] = ATTEMPT_PAUSES[kind];
  const doubled = firstMs * 2 ** Math.min(DOUBLINGS_MAX, Math.max(0, failureCount - 1));
  // Spread to later: what the authority allows must not come out shorter.
  return Math.min(longestMs, doubled) + firstMs - spread(firstMs, `${key}${failureCount}`);
}

/** Until an order is read again. */
export function pollPauseMs(pollCount: number): number {
  return Math.min(10 * SECOND_MS, 500 * 1.5 ** Math.min(pollCount, 20));
}

/** After edge or store failed. */
export function troublePauseMs(count: number): number {
  return Math.min(MINUTE_MS, 500 * 2 ** Math.min(count - 1, 10));
}

const ASK_AGAIN_LEAST_MS = 10 * MINUTE_MS;

/** When the authority is asked again for its wish; it says when, within reason. */
export function nextAskMs(askAgainMs: number | null, nowMs: number, key: string): number {
  if (askAgainMs === null) return nowMs + spread(DAY_MS, key);
  return Math.min(nowMs + DAY_MS, Math.max(nowMs + ASK_AGAIN_LEAST_MS, askAgainMs));
}

/** Authorities' own pauses are a week at most. */
const LONGEST_MS = 8 * DAY_MS;

/** A time that lies further ahead than any pause was noted while the clock was wrong: now, then. */
export function believable(atMs: number, nowMs: number): number {
  return atMs > nowMs + LONGEST_MS ? 0 : atMs;
}
