/**
 * How the names of a subject can be proven to the authority, decided from what a look saw. Pure.
 *
 * DNS where the delegation is in place (always for wildcards), else HTTP where the world really reaches us. Nothing is
 * tried at the authority that cannot succeed: it counts failures.
 */
import { challengeName, isWildcard } from "../domain/custom-domain.ts";
import type { RecordCheck } from "../domain/record-check.ts";
import type { Proof } from "./subject-facts.ts";

export interface Seen {
  readonly records: readonly RecordCheck[];
  /** Name → why the world does not get our answer over HTTP; null: it does. Without an entry: not tried. */
  readonly httpProblems: ReadonlyMap<string, string | null>;
}

export interface Proofs {
  readonly byName: ReadonlyMap<string, Proof>;
  /** Why not all of them can be proven, and what to do; null when they can. */
  readonly problem: string | null;
}

export function isDelegated(name: string, records: readonly RecordCheck[]): boolean {
  return validationOf(name, records)?.verdict === "right";
}

export function chooseProofs(names: readonly string[], seen: Seen, hasZone: boolean): Proofs {
  const byName = new Map<string, Proof>();
  let problem: string | null = null;
  for (const name of names) {
    const proof = proofOf(name, seen);
    if (proof === null) problem ??= missingProof(name, seen, hasZone);
    else byName.set(name, proof);
  }
  return { byName, problem };
}

/** The records as they are kept: a delegation that is not there is needless where HTTP does. */
export function judgedRecords(records: readonly RecordCheck[], { byName }: Proofs): readonly RecordCheck[] {
  return records.map((record) => {
    const isNeedless = record.purpose === "validation" && byName.get(record.domainName) === "http";
    return isNeedless ? { ...record, verdict: "needless", problem: null } : record;
  });
}

function proofOf(name: string, { records, httpProblems }: Seen): Proof | null {
  if (isDelegated(name, records)) return "dns";
  return !isWildcard(name) && httpProblems.get(name) === null ? "http" : null;
}

function missingProof(name: string, { records, httpProblems }: Seen, hasZone: boolean): string {
  const delegation =
    validationOf(name, records)?.problem ?? `${challengeName(name)} does not lead to our zone.`;
  if (isWildcard(name)) {
    return hasZone
      ? delegation
      : `A certificate for ${name} needs a DNS zone for proofs (setting dnsZone), or one that you import.`;
  }
  const traffic = records.find(({ domainName, purpose }) => domainName === name && purpose === "traffic");
  // A record that is wrong explains best why no request arrives.
  return traffic?.problem ?? httpProblems.get(name) ?? delegation;
}

function validationOf(name: string, records: readonly RecordCheck[]): RecordCheck | undefined {
  return records.find(({ domainName, purpose }) => domainName === name && purpose === "validation");
}
