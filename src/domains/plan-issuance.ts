/** What to do next to get a certificate, or to renew one. Pure. Never more than one order for a subject. */
import { renewAtMs } from "./certificate-choice.ts";
import { ORDER_MS, PROOF_FRESH_MS, believable } from "./pauses.ts";
import type { Step } from "./step.ts";
import type { SubjectFacts } from "./subject-facts.ts";

export function planIssuance(facts: SubjectFacts, nowMs: number): Step | null {
  const localMs = localIssueMs(facts);
  if (nowMs >= localMs) return { name: "issueLocally" };
  if (facts.issuer !== "acme") return { name: "rest", untilMs: localMs };
  const step = facts.issuance.order === null ? planAttempt(facts, nowMs) : planOrder(facts, nowMs);
  return step.name === "rest" ? { ...step, untilMs: Math.min(step.untilMs, localMs) } : step;
}

/** When the local authority has to issue one: at once where it is the issuer and there is none, before its last one ends. */
function localIssueMs({ chosen, issuer, hasLocalMeanwhile }: SubjectFacts): number {
  if (issuer !== "local" && !hasLocalMeanwhile) return Infinity;
  if (chosen === null) return 0;
  return chosen.origin === "local" ? (renewAtMs(chosen, "local") ?? Infinity) : Infinity;
}

function planAttempt(facts: SubjectFacts, nowMs: number): Step {
  const dueMs = attemptMs(facts, nowMs);
  if (nowMs < dueMs) return { name: "rest", untilMs: dueMs };
  return isProofFresh(facts, nowMs) && facts.memory.urgency !== "look"
    ? { name: "placeOrder" }
    : { name: "look" };
}

/** Not before it is needed, nor before a failure's pause is over, nor before the authority's own time. */
function attemptMs({ chosen, issuance, issuer, memory }: SubjectFacts, nowMs: number): number {
  const neededMs = chosen === null ? 0 : (issuance.renewAtMs ?? renewAtMs(chosen, issuer) ?? Infinity);
  const pausedMs = memory.urgency === null ? believable(issuance.nextAttemptMs, nowMs) : 0;
  return Math.max(neededMs, pausedMs, believable(issuance.closedUntilMs ?? 0, nowMs));
}

function planOrder(facts: SubjectFacts, nowMs: number): Step {
  const ageMs = nowMs - (facts.issuance.order?.placedAtMs ?? nowMs);
  if (Math.abs(ageMs) > ORDER_MS) return { name: "giveUpOrder" };
  const { memory, issuance } = facts;
  const dueMs = Math.max(believable(memory.poll.atMs, nowMs), believable(issuance.closedUntilMs ?? 0, nowMs));
  return nowMs >= dueMs ? { name: "advanceOrder" } : { name: "rest", untilMs: dueMs };
}

export function isProofFresh({ memory: { proofs }, names }: SubjectFacts, nowMs: number): boolean {
  if (proofs === null || nowMs < proofs.atMs || nowMs - proofs.atMs > PROOF_FRESH_MS) return false;
  return names.every((name) => proofs.byName.has(name));
}
