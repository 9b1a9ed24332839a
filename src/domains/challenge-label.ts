/** Where under our zone a name's proof is found. A domain and its wildcard have the same record, so the same label. */
import { challengeName } from "../domain/custom-domain.ts";
import type { ChallengeZone } from "../ports/challenge-zone.ts";
import type { SubjectFacts } from "./subject-facts.ts";

export interface ChallengeLabel {
  readonly label: string;
  /** The record lies in our zone itself: nobody has to set one. */
  readonly isOwn: boolean;
}

export function challengeLabel(
  name: string,
  { domain, platformLabel }: Pick<SubjectFacts, "domain" | "platformLabel">,
  zone: ChallengeZone,
): ChallengeLabel {
  const recordName = challengeName(name);
  const end = `.${zone.nameOf("")}`;
  if (recordName.endsWith(end)) return { label: recordName.slice(0, -end.length), isOwn: true };
  return { label: domain === null ? platformLabel : (domain.challengeLabels[name] ?? ""), isOwn: false };
}
