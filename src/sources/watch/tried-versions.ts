/** What was deployed or tried already, as operations and releases tell. They are the truth: our record may be a crash behind. */
import { isFinished, type Operation, sourceVersionOf } from "../../domain/operation.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import type { Tables } from "../../ports/store.ts";

export interface TriedVersions {
  /**
   * Of what is in traffic, and of the newest operation that took a version from the source, whatever came of it and who
   * began it; what was rolled back since stays out until another version was taken.
   */
  readonly versions: ReadonlySet<string>;
  readonly active: Release | null;
  /** When the service came back from a pause, if nothing was done with it since. */
  readonly resumedAtMs: number | null;
}

/** More than there are between two polls without a version from the source: pauses, rollbacks, other settings. */
const OPERATIONS_READ = 25;

export async function triedVersions(
  { id, activeReleaseNumber }: Service,
  tables: Pick<Tables, "operations" | "releases">,
): Promise<TriedVersions> {
  const active = activeReleaseNumber === null ? null : await tables.releases.get(id, activeReleaseNumber);
  const { rows } = await tables.operations.list(id, { after: null, limit: OPERATIONS_READ });
  const tried = await newestFromSource(rows, tables);
  return { versions: new Set([...tried, ...versionsOf(active)]), active, resumedAtMs: resumedAt(rows[0]) };
}

async function newestFromSource(
  operations: readonly Operation[],
  tables: Pick<Tables, "releases">,
): Promise<readonly string[]> {
  const tried: string[] = [];
  for (const operation of operations) {
    const versions = await versionsIn(operation, tables);
    tried.push(...versions);
    if (versions.length > 0 && !keptImage(operation)) break;
  }
  return tried;
}

async function versionsIn(
  operation: Operation,
  { releases }: Pick<Tables, "releases">,
): Promise<readonly string[]> {
  const { serviceId, checkout, releaseNumber } = operation;
  const release = releaseNumber === null ? null : await releases.get(serviceId, releaseNumber);
  const named = [sourceVersionOf(operation), checkout?.commit.id ?? null].filter(
    (version) => version !== null,
  );
  return [...named, ...versionsOf(release)];
}

/** A rollback, an update of settings or new secrets: its version is an older one, not what the source had then. */
function keptImage(operation: Operation): boolean {
  const { type, fromReleaseNumber, checkout, configuration, previousConfiguration } = operation;
  if (fromReleaseNumber !== undefined || operation.trigger?.by === "rotation") return true;
  if (type !== "UPDATE_SERVICE" || checkout !== undefined) return false;
  const [now, before] = [configuration.source, previousConfiguration?.source];
  if (now.kind === "code") return true;
  return before?.kind === "image" && before.imageIdentifier === now.imageIdentifier;
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
