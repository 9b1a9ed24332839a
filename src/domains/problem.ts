/** What is wrong with a subject, in one sentence for people. Pure. */
import type { RecordCheck } from "../domain/record-check.ts";
import { warnFromMs } from "./certificate-choice.ts";
import type { SubjectFacts } from "./subject-facts.ts";

/** Less often than this in a row is told nobody: edges are restarted, and are back in a second. */
const TROUBLE_TOLD_FROM = 3;

/** Why it is not active, or what endangers it; null when all is well. */
export function problemOf(facts: SubjectFacts, nowMs: number): string | null {
  const { memory, chosen, issuance } = facts;
  if (memory.trouble !== null && memory.trouble.count >= TROUBLE_TOLD_FROM) return memory.trouble.message;
  if (chosen === null) return issuance.problem ?? endedProblem(facts);
  if (chosen.origin !== "local" && nowMs >= warnFromMs(chosen))
    return endingProblem(facts, chosen.notAfterMs);
  const isRenewing = issuance.renewAtMs !== null && nowMs >= issuance.renewAtMs;
  if (isRenewing && issuance.problem !== null)
    return renewalProblem(facts, issuance.problem, chosen.notAfterMs);
  return recordProblem(facts.domain?.records ?? [], "traffic");
}

/** Nothing is missing, as far as anybody looked. */
export function isAllRight(records: readonly RecordCheck[]): boolean {
  return records.every(({ verdict }) => verdict === "right" || verdict === "needless");
}

/** What is wrong with the first record that is. */
export function recordProblem(
  records: readonly RecordCheck[],
  purpose: RecordCheck["purpose"],
): string | null {
  return records.find((record) => record.purpose === purpose && record.problem !== null)?.problem ?? null;
}

export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

function endedProblem({ domain, issuer }: SubjectFacts): string | null {
  if (domain?.status !== "active") return null;
  return `Its certificate has ended, and there is no other yet.${issuer === null ? " Import one." : ""}`;
}

function endingProblem({ issuer, issuance }: SubjectFacts, notAfterMs: number): string {
  const end = `Its certificate ends on ${dayOf(notAfterMs)}`;
  if (issuer !== "acme") return `${end}, and there is no authority to renew it. Import a new one.`;
  return issuance.problem === null
    ? `${end}. It is being renewed.`
    : `${end} and cannot be renewed: ${issuance.problem}`;
}

function renewalProblem({ chosen }: SubjectFacts, problem: string, notAfterMs: number): string {
  return chosen?.origin === "local"
    ? `It is served with a certificate of the installation's own authority, since a public one cannot be had: ${problem}`
    : `Its certificate, good until ${dayOf(notAfterMs)}, cannot be renewed: ${problem}`;
}
