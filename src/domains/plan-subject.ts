/**
 * What to do next for a subject. Pure, and level-triggered: it only asks what is missing now, so a crash between any two
 * steps needs no special case. What is served comes before what is told, and both before what can wait.
 */
import { type CustomDomain, isWildcard, namesOf } from "../domain/custom-domain.ts";
import { type CertificateFacts, renewAtMs, warnFromMs } from "./certificate-choice.ts";
import { BINDING_REST_MS, DAY_MS, FIRST_LOOK_MS, believable, VERIFY_EVERY_MS, nextLookMs } from "./pauses.ts";
import { planIssuance } from "./plan-issuance.ts";
import { isAllRight, problemOf } from "./problem.ts";
import { spread } from "./spread.ts";
import type { Step } from "./step.ts";
import type { SubjectFacts } from "./subject-facts.ts";

/** The next act, or until when there is nothing to do. */
export function planSubject(facts: SubjectFacts, nowMs: number): Step {
  const { domain, names, memory } = facts;
  const retryMs = memory.trouble?.retryAtMs ?? 0;
  if (nowMs < retryMs && retryMs <= nowMs + DAY_MS) return planProblem(facts, nowMs) ?? rest(retryMs);
  if (names.length === 0) return domain === null ? planUnused(facts, nowMs) : planLeaving(domain);
  let untilMs = nowMs + DAY_MS;
  for (const plan of [planServing, planStatus, planIssuance, planWarning, planChores]) {
    const step = plan(facts, nowMs);
    if (step === null) continue;
    if (step.name !== "rest") return step;
    untilMs = Math.min(untilMs, step.untilMs);
  }
  return rest(untilMs);
}

/** Names that need a certificate: none for a domain that is going, or whose service has gone. */
export function neededNames(domain: CustomDomain, isServiceAlive: boolean): readonly string[] {
  return isServiceAlive && !isLeaving(domain) ? namesOf(domain) : [];
}

/** Names that are looked at by handshakes: for a wildcard one that nobody has. */
export function handshakeNames(names: readonly string[], label: string): readonly string[] {
  return names.map((name) => (isWildcard(name) ? `${label}${name.slice(1)}` : name));
}

/** Also one whose service is deleted, and for which nobody is left to ask. */
function planLeaving({ status }: CustomDomain): Step {
  return status === "deleting" ? { name: "release" } : { name: "settle", status: "deleting", problem: null };
}

/** The certificate stays for a while, for somebody who takes the domain back. */
function planUnused({ issuance }: SubjectFacts, nowMs: number): Step {
  return nowMs >= issuance.nextAttemptMs ? { name: "forget" } : rest(issuance.nextAttemptMs);
}

/** The best certificate is used, loaded, its names lead to the service, and a handshake showed all that. */
function planServing(facts: SubjectFacts, nowMs: number): Step | null {
  const { chosen, domain } = facts;
  if (chosen === null) return null;
  const adopted = adoption(facts, chosen);
  if (adopted !== null) return adopted;
  if (domain !== null && canBind(domain)) {
    return { name: "settle", status: "binding_certificate", problem: null };
  }
  if (!facts.isLoaded) return { name: "loadCertificate", certificateId: chosen.id };
  if (facts.unrouted.size > 0) return { name: "setNames" };
  const verifyMs = nextVerifyMs(facts, nowMs);
  return nowMs >= verifyMs ? { name: "verify" } : rest(Math.min(verifyMs, chosen.notAfterMs));
}

function adoption({ issuance, issuer, names }: SubjectFacts, chosen: CertificateFacts): Step | null {
  const usualMs = renewAtMs(chosen, issuer);
  const isSame = issuance.certificateId === chosen.id && issuance.names.join() === names.join();
  // The authority may have wished another time for one of its own.
  const mayDiffer = chosen.origin === "acme" && issuer === "acme" && issuance.renewAtMs !== null;
  if (isSame && (mayDiffer || issuance.renewAtMs === usualMs)) return null;
  return { name: "adopt", certificateId: chosen.id, renewAtMs: usualMs };
}

function canBind({ status }: CustomDomain): boolean {
  return ["creating", "pending_certificate_dns_validation", "create_failed"].includes(status);
}

function isLeaving({ status }: CustomDomain): boolean {
  return status === "deleting" || status === "delete_failed";
}

function nextVerifyMs({ chosen, subject, domain, memory }: SubjectFacts, nowMs: number): number {
  const { served, verifyAtMs } = memory;
  // Nobody waits for one that was active before we started; all others are looked at now.
  if (served === null) return domain === null || domain.status === "active" ? verifyAtMs : 0;
  const isRight = served.fingerprint === chosen?.fingerprint && served.problem === null;
  if (!isRight || served.atMs > nowMs) return 0;
  return served.atMs + spread(VERIFY_EVERY_MS, subject + served.atMs);
}

function planStatus(facts: SubjectFacts, nowMs: number): Step | null {
  const { domain, chosen } = facts;
  if (domain === null) return null;
  const { status, updatedAtMs } = domain;
  const isBinding = status === "binding_certificate";
  if (status === "creating" && isFirstLookNear(facts, domain, nowMs)) return null;
  if (status === "creating" || (isBinding && chosen === null)) {
    return { name: "settle", status: "pending_certificate_dns_validation", problem: null };
  }
  if (!isBinding || !isServed(facts)) return planProblem(facts, nowMs);
  const restMs = updatedAtMs + BINDING_REST_MS;
  // Not when the clock was set back.
  if (updatedAtMs <= nowMs && nowMs < restMs) return planProblem(facts, nowMs) ?? rest(restMs);
  return { name: "settle", status: "active", problem: problemOf(facts, nowMs) };
}

/** What is missing is told together with the status that says that something is. */
function isFirstLookNear({ issuer, memory }: SubjectFacts, domain: CustomDomain, nowMs: number): boolean {
  const isLooking = domain.checkedAtMs === null && issuer === "acme" && memory.trouble === null;
  return isLooking && Math.abs(nowMs - domain.createdAtMs) < FIRST_LOOK_MS;
}

export function isServed({ chosen, memory: { served } }: Pick<SubjectFacts, "chosen" | "memory">): boolean {
  return chosen !== null && served?.fingerprint === chosen.fingerprint && served.problem === null;
}

/** The row tells what is wrong as soon as it is, and no longer. */
function planProblem(facts: SubjectFacts, nowMs: number): Step | null {
  const { domain, names } = facts;
  if (domain === null || names.length === 0) return null;
  const problem = problemOf(facts, nowMs);
  return problem === domain.problem ? null : { name: "settle", status: domain.status, problem };
}

function planWarning({ chosen, issuance }: SubjectFacts, nowMs: number): Step | null {
  if (chosen === null || chosen.origin === "local") return null;
  const fromMs = Math.max(warnFromMs(chosen), believable((issuance.warnedAtMs ?? -Infinity) + DAY_MS, nowMs));
  return nowMs >= fromMs ? { name: "warn" } : rest(fromMs);
}

/** The authority's wish, and records that nothing waits for. */
function planChores({ domain, chosen, issuer, issuance, memory }: SubjectFacts, nowMs: number): Step | null {
  if (chosen === null) return null;
  const isAsked = chosen.origin === "acme" && issuer === "acme";
  const askMs = isAsked ? believable(issuance.askRenewalAtMs ?? 0, nowMs) : Infinity;
  if (nowMs >= askMs) return { name: "askRenewal" };
  const lookMs = domain === null ? Infinity : nextLookAtMs(domain, nowMs);
  if (domain !== null && memory.urgency !== null) return { name: "look" };
  return nowMs >= lookMs ? { name: "look" } : rest(Math.min(askMs, lookMs));
}

function nextLookAtMs({ checkedAtMs, records, name }: CustomDomain, nowMs: number): number {
  if (checkedAtMs === null || nowMs < checkedAtMs) return 0;
  return nextLookMs(checkedAtMs, isAllRight(records), name);
}

function rest(untilMs: number): Step {
  return { name: "rest", untilMs };
}
