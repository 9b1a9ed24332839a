/** What was deployed or tried already, as operations and releases tell. They are the truth: our record may be a crash behind. */
import { isFinished, type Operation } from "../../domain/operation.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import type { Tables } from "../../ports/store.ts";

export interface TriedVersions {
  /** Of the newest operation that had a version, whatever came of it, and of what is in traffic. */
  readonly versions: ReadonlySet<string>;
  readonly active: Release | null;
  /** When the service came back from a pause, if nothing was done with it since. */
  readonly resumedAtMs: number | null;
}

/** Operations between two deployments: pauses and resumes. */
const OPERATIONS_READ = 10;

export async function triedVersions(
  { id, activeReleaseNumber }: Service,
  tables: Pick<Tables, "operations" | "releases">,
): Promise<TriedVersions> {
  const active = activeReleaseNumber === null ? null : await tables.releases.get(id, activeReleaseNumber);
  const { rows } = await tables.operations.list(id, { after: null, limit: OPERATIONS_READ });
  const tried = await newestWithVersion(rows, tables);
  return { versions: new Set([...tried, ...versionsOf(active)]), active, resumedAtMs: resumedAt(rows[0]) };
}

async function newestWithVersion(
  operations: readonly Operation[],
  { releases }: Pick<Tables, "releases">,
): Promise<readonly string[]> {
  for (const { serviceId, trigger, checkout, releaseNumber } of operations) {
    const release = releaseNumber === null ? null : await releases.get(serviceId, releaseNumber);
    const named = [trigger?.version, checkout?.commit.id].filter((version) => version !== undefined);
    const versions = [...named, ...versionsOf(release)];
    if (versions.length > 0) return versions;
  }
  return [];
}

function versionsOf(release: Release | null): readonly string[] {
  if (release === null) return [];
  if (release.built !== undefined) return [release.built.commit.id];
  return [release.imageId, ...(release.imageDigest === null ? [] : [release.imageDigest])];
}

function resumedAt(newest: Operation | undefined): number | null {
  if (newest === undefined || newest.type !== "RESUME_SERVICE" || !isFinished(newest)) return null;
  return newest.endedAtMs;
}
