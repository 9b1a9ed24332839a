/** Looks at a subject's records, and tries from outside how its names can be proven. */
import { createHash } from "node:crypto";
import { challengeName, isWildcard } from "../domain/custom-domain.ts";
import type { Issuance } from "../domain/certificate.ts";
import type { RecordCheck } from "../domain/record-check.ts";
import type { RecordWish } from "../ports/domain-lookup.ts";
import { type ChallengeLabel, challengeLabel } from "./challenge-label.ts";
import type { Execution } from "./execution.ts";
import { LOOK_PLATFORM_MS, lookPauseMs } from "./pauses.ts";
import { type Seen, chooseProofs, isDelegated, judgedRecords } from "./proof.ts";
import { changeDomain, changeIssuance } from "./subject-rows.ts";
import type { SubjectFacts } from "./subject-facts.ts";

export async function look(execution: Execution): Promise<void> {
  const { facts, context, remember } = execution;
  const { store, clock, zone } = context.ports;
  const isUrgent = facts.memory.urgency !== null || facts.domain?.checkedAtMs === null;
  const seen = await context.limits.lookups.run(isUrgent, () => lookOutside(execution));
  execution.signal.throwIfAborted();
  const nowMs = clock.now();
  const proofs = chooseProofs(facts.names, seen, zone !== null);
  const isProven = proofs.problem === null;
  remember({
    proofs: isProven ? { atMs: nowMs, byName: proofs.byName } : null,
    urgency: isProven && mayTry(facts, nowMs) ? "try" : null,
  });
  const change = isAttempting(facts, nowMs) ? attemptAfter(facts, proofs.problem, nowMs) : {};
  const records = judgedRecords(seen.records, proofs);
  if (facts.domain === null && proofs.problem !== facts.issuance.problem)
    context.onPlatformProblem(proofs.problem);
  await store.transaction(async (tx) => {
    await changeDomain(tx, facts.domain, (present) => ({ ...present, records, checkedAtMs: nowMs }));
    if (Object.keys(change).length > 0) await changeIssuance(tx, facts, { names: facts.names, ...change });
  });
}

async function lookOutside(execution: Execution): Promise<Seen> {
  const { facts, context, signal } = execution;
  const { lookup } = context.ports;
  const asked = await lookup.check(
    facts.names.flatMap((name) => wishesOf(name, execution)),
    signal,
  );
  const records = [...asked, ...facts.names.flatMap((name) => ownRecord(name, execution))];
  const isOwnGood = facts.chosen?.origin === "imported" && !isAttempting(facts, context.ports.clock.now());
  const isByHttp = facts.issuer === "acme" && !isOwnGood;
  const names = facts.names.filter((name) => isByHttp && !isWildcard(name) && !isDelegated(name, records));
  const problems = await Promise.all(names.map((name) => httpProblem(name, execution)));
  return { records, httpProblems: new Map(names.map((name, index) => [name, problems[index] ?? null])) };
}

/** Without an authority to prove anything to, only where the name leads is of interest. */
function wishesOf(name: string, { facts, context }: Execution): readonly RecordWish[] {
  const { zone } = context.ports;
  const label = labelOf(name, facts, context);
  const traffic: readonly RecordWish[] =
    facts.host === null ? [] : [{ purpose: "traffic", domainName: name, target: facts.host }];
  if (zone === null || label === null || label.isOwn) return traffic;
  const target = zone.nameOf(label.label);
  return [{ purpose: "validation", domainName: name, recordName: challengeName(name), target }, ...traffic];
}

/** Nobody has to delegate what lies in our own zone. */
function ownRecord(name: string, { facts, context }: Execution): readonly RecordCheck[] {
  if (labelOf(name, facts, context)?.isOwn !== true) return [];
  const recordName = challengeName(name);
  const own = { recordName, type: "CNAME", expected: recordName, seen: [recordName] } as const;
  return [{ ...own, domainName: name, purpose: "validation", verdict: "right", problem: null }];
}

function labelOf(
  name: string,
  facts: SubjectFacts,
  { ports: { zone } }: Execution["context"],
): ChallengeLabel | null {
  return zone === null || facts.issuer !== "acme" ? null : challengeLabel(name, facts, zone);
}

/** What an authority would see, tried before it is asked: it counts wrong proofs. */
async function httpProblem(name: string, { context, signal }: Execution): Promise<string | null> {
  const { lookup, ids } = context.ports;
  // The same each time: what a crash left in place is replaced by the next look.
  const token = createHash("sha256").update(name).digest("hex").slice(0, 32);
  const expected = ids.hex32();
  await context.answers.put(token, expected, signal);
  try {
    return await lookup.fetchProblem(
      { name, path: `/.well-known/acme-challenge/${token}`, expected },
      signal,
    );
  } finally {
    await context.answers.remove(token, signal).catch(() => undefined);
  }
}

/** Somebody wishes to try, there is something to try for, and the authority has not forbidden it. */
function mayTry(facts: SubjectFacts, nowMs: number): boolean {
  const isOpen = nowMs >= (facts.issuance.closedUntilMs ?? 0);
  return facts.memory.urgency === "try" && isOpen && isAttempting(facts, nowMs);
}

/** Whether the look was for an attempt to get a certificate, not only to know. */
function isAttempting({ chosen, issuance, issuer }: SubjectFacts, nowMs: number): boolean {
  return (
    issuer === "acme" &&
    issuance.order === null &&
    (chosen === null || nowMs >= (issuance.renewAtMs ?? Infinity))
  );
}

/** A failure at the authority keeps its own pause: that the records are right does not end it. */
function attemptAfter(
  { issuance, domain, subject }: SubjectFacts,
  problem: string | null,
  nowMs: number,
): Partial<Issuance> {
  if (problem === null)
    return issuance.failureCount === 0 && issuance.problem !== null
      ? { problem: null, nextAttemptMs: 0 }
      : {};
  const sinceMs = Math.max(domain?.createdAtMs ?? 0, issuance.renewAtMs ?? 0);
  const longestMs = domain === null ? LOOK_PLATFORM_MS : undefined;
  const nextLookMs = nowMs + lookPauseMs(nowMs - sinceMs, `${subject}${nowMs}`, longestMs);
  return {
    problem,
    nextAttemptMs: Math.max(nextLookMs, issuance.failureCount === 0 ? 0 : issuance.nextAttemptMs),
  };
}
