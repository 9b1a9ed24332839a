/** What has to be done so that a running HAProxy has the wished certificates. Pure. */
import type { CertificateNames, LoadedCertificates, LoadedEntry } from "./certificate-list.ts";

export interface CertificatePlan {
  /** Begun by who was killed; HAProxy would put the next certificate into it. */
  readonly abandoned: string | null;
  readonly added: readonly CertificateAddition[];
  readonly removedEntries: readonly LoadedEntry[];
  readonly removedPaths: readonly string[];
}

export interface CertificateAddition {
  readonly path: string;
  readonly names: readonly string[];
  /** `nothing`: HAProxy knows no such path. `unsure`: it knows it, but maybe empty. `loaded`: other names lead to it. */
  readonly state: "nothing" | "unsure" | "loaded";
}

/** First the new, then the old: HAProxy takes the older of two for a name, and at no moment is a name without. */
export function planCertificates(wished: CertificateNames, loaded: LoadedCertificates): CertificatePlan {
  const entriesOf = Map.groupBy(loaded.entries, ({ path }) => path);
  const isWished = ({ path, names }: LoadedEntry): boolean => isSame(names, wished.get(path));
  const kept = new Map(loaded.entries.filter(isWished).map((entry) => [entry.path, entry]));
  const stateOf = (path: string): CertificateAddition["state"] => {
    if (entriesOf.has(path)) return "loaded";
    return loaded.paths.has(path) ? "unsure" : "nothing";
  };
  const missing = [...wished].filter(([path]) => !kept.has(path));
  return {
    abandoned: loaded.transaction,
    added: missing.map(([path, names]) => ({ path, names, state: stateOf(path) })),
    removedEntries: loaded.entries.filter((entry) => kept.get(entry.path) !== entry),
    removedPaths: [...loaded.paths].filter((path) => !wished.has(path)),
  };
}

function isSame(names: readonly string[], wished: readonly string[] | undefined): boolean {
  return wished !== undefined && names.join(" ") === wished.join(" ");
}
