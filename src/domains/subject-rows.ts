/** Changes of a subject's rows: always on what is in the store now, and never on a domain that was taken away meanwhile. */
import type { CertificateSubject, Issuance } from "../domain/certificate.ts";
import type { CustomDomain } from "../domain/custom-domain.ts";
import type { Store, Tables } from "../ports/store.ts";
import { type SubjectFacts, blankIssuance } from "./subject-facts.ts";

/** Nothing is saved when the change gives back the same row. */
export async function changeDomain(
  tx: Tables,
  seen: CustomDomain | null,
  change: (present: CustomDomain) => CustomDomain,
): Promise<void> {
  const present = seen === null ? null : await tx.customDomains.get(seen.name);
  if (present === null || !isSameAssociation(present, seen)) return;
  const changed = change(present);
  if (changed !== present) await tx.customDomains.save(changed);
}

/** One that was taken away and associated again is another. */
function isSameAssociation(present: CustomDomain, seen: CustomDomain | null): boolean {
  return present.serviceId === seen?.serviceId && present.createdAtMs === seen.createdAtMs;
}

export async function changeIssuance(
  tx: Tables,
  facts: Pick<SubjectFacts, "subject" | "names">,
  change: Partial<Issuance>,
): Promise<void> {
  const present = (await tx.issuances.get(facts.subject)) ?? blankIssuance(facts.subject, facts.names);
  await tx.issuances.save({ ...present, ...change });
}

/**
 * Somebody wishes it: a pause after a failure ends then, at the latest. What the authority itself demanded stays, and so does how
 * long the certificate is kept of a domain that was taken away meanwhile.
 */
export async function tryFrom(tx: Tables, subject: CertificateSubject, atMs: number): Promise<boolean> {
  const name = subjectName(subject);
  if (name !== null && (await tx.customDomains.get(name)) === null) return false;
  const present = await tx.issuances.get(subject);
  if (present === null) return false;
  const nextAttemptMs = Math.max(atMs, present.closedUntilMs ?? 0);
  if (present.nextAttemptMs <= nextAttemptMs) return false;
  await tx.issuances.save({ ...present, nextAttemptMs });
  return true;
}

export function subjectName(subject: CertificateSubject): string | null {
  return subject === "platform" ? null : subject.slice("domain:".length);
}

/** The store's own id for the label of the platform's proofs. */
const PLATFORM_LABEL = "platform-challenge-label";

export async function ensurePlatformLabel(store: Store, make: () => string): Promise<string> {
  const label = (await store.settings.get(PLATFORM_LABEL)) ?? make();
  await store.settings.put(PLATFORM_LABEL, label);
  return label;
}
