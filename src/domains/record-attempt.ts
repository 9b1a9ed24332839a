/** An attempt at the authority failed: what is kept of it, and when the next one may be. */
import type { Issuance } from "../domain/certificate.ts";
import type { IssuanceError, IssuanceErrorKind } from "../ports/certificate-authority.ts";
import type { Execution } from "./execution.ts";
import { attemptPauseMs } from "./pauses.ts";
import { changeDomain, changeIssuance } from "./subject-rows.ts";

export async function recordFailedAttempt(
  { facts, context, answers, signal, remember }: Execution,
  error: IssuanceError,
): Promise<void> {
  const { store, clock } = context.ports;
  const nowMs = clock.now();
  const change = issuanceAfter(facts.issuance, error, nowMs);
  if (facts.domain === null) context.onPlatformProblem(error.message);
  remember({ proofs: null, urgency: null, poll: { count: 0, atMs: change.nextAttemptMs ?? 0 } });
  // Also of an order that goes on later: it may be put off for days.
  context.places.leave(facts.subject);
  if (change.order === null) await answers.removeAll(signal);
  await store.transaction(async (tx) => {
    await changeIssuance(tx, facts, { names: facts.names, ...change });
    if (error.kind !== "names") return;
    await changeDomain(tx, facts.domain, (present) =>
      present.status === "pending_certificate_dns_validation"
        ? { ...present, status: "create_failed", problem: error.message, updatedAtMs: nowMs }
        : present,
    );
  });
}

/** Pure. Being told to wait is no failure of the name, and an authority that is away has not refused the order. */
export function issuanceAfter(present: Issuance, error: IssuanceError, nowMs: number): Partial<Issuance> {
  const { kind, retryAtMs, message } = error;
  const isLater = kind === "rate-limited" || kind === "unavailable";
  const failureCount = countAfter(present.failureCount, kind);
  const pausedMs = nowMs + attemptPauseMs(kind, failureCount, `${present.subject}${nowMs}`);
  const nextAttemptMs = Math.max(
    retryAtMs ?? 0,
    kind === "rate-limited" && retryAtMs !== null ? 0 : pausedMs,
  );
  return {
    order: isLater ? present.order : null,
    problem: message,
    failureCount,
    attemptedAtMs: nowMs,
    nextAttemptMs,
    ...(isLater &&
      (retryAtMs !== null || kind === "rate-limited") && { closedUntilMs: retryAtMs ?? nextAttemptMs }),
  };
}

/** A long outage is not held against a name once it is over. */
const OUTAGES_COUNTED = 7;

function countAfter(count: number, kind: IssuanceErrorKind): number {
  if (kind === "rate-limited") return count;
  return kind === "unavailable" ? Math.max(count, Math.min(OUTAGES_COUNTED, count + 1)) : count + 1;
}
