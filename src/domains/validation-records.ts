/** The records that a user has to set, as App Runner tells them. Pure. */
import { type CustomDomain, challengeName, namesOf } from "../domain/custom-domain.ts";
import type { ChallengeZone } from "../ports/challenge-zone.ts";
import type { ValidationRecord } from "../ports/domain-commands.ts";
import { challengeLabel } from "./challenge-label.ts";

/** None without a zone, and none for names that lie in the zone itself. */
export function validationRecordsOf(
  domain: CustomDomain,
  zone: ChallengeZone | null,
): readonly ValidationRecord[] {
  if (zone === null) return [];
  const records = new Map<string, ValidationRecord>();
  for (const name of namesOf(domain)) {
    const { label, isOwn } = challengeLabel(name, { domain, platformLabel: "" }, zone);
    if (isOwn) continue;
    const recordName = `${challengeName(name)}.`;
    records.set(recordName, {
      name: recordName,
      value: `${zone.nameOf(label)}.`,
      status: statusOf(name, domain),
    });
  }
  return [...records.values()];
}

function statusOf(name: string, { records, status }: CustomDomain): ValidationRecord["status"] {
  const seen = records.find(({ domainName, purpose }) => domainName === name && purpose === "validation");
  if (seen?.verdict === "right" || seen?.verdict === "needless") return "SUCCESS";
  return status === "create_failed" ? "FAILED" : "PENDING_VALIDATION";
}
