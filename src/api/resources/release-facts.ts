/**
 * What is told of a release besides itself: its operation, and from when to when requests went to it. Numbers only grow (a
 * rollback makes a release of its own), so that one serves until the next that served began.
 */
import type { Operation } from "../../domain/operation.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import type { Store } from "../../ports/store.ts";

export interface ReleaseFacts {
  readonly release: Release;
  readonly service: Service;
  /** Null: it is not kept any more. */
  readonly operation: Operation | null;
  readonly served: ServedPeriod;
}

type Tables = Pick<Store, "operations" | "releases">;

interface ServedPeriod {
  /** Null: it never did, or nobody knows any more. */
  readonly fromMs: number | null;
  /** Null: it still does, or never did. */
  readonly untilMs: number | null;
}

/** Deployments that failed in a row, more than these: who took over is not looked for any further. */
const LOOKED_AT = 100;

export async function factsOfRelease(
  store: Tables,
  service: Service,
  release: Release,
): Promise<ReleaseFacts> {
  const operation = await operationOf(store, release);
  const fromMs = switchedAtMs(operation);
  const untilMs = fromMs === null ? null : await servedUntil(store, service, release);
  return { release, service, operation, served: { fromMs, untilMs } };
}

/** `releases` newest first, without gaps between them. */
export async function factsOfReleases(
  store: Tables,
  service: Service,
  releases: readonly Release[],
): Promise<readonly ReleaseFacts[]> {
  const operations = await Promise.all(releases.map((release) => operationOf(store, release)));
  const [newest] = releases;
  let untilMs = newest === undefined ? null : await servedUntil(store, service, newest);
  return releases.map((release, index) => {
    const operation = operations[index] ?? null;
    const fromMs = switchedAtMs(operation);
    if (fromMs === null) return { release, service, operation, served: { fromMs, untilMs: null } };
    const served = { fromMs, untilMs };
    untilMs = fromMs;
    return { release, service, operation, served };
  });
}

/** When the next one that served began, or the service was deleted. */
async function servedUntil(store: Tables, service: Service, { number }: Release): Promise<number | null> {
  const last = Math.min(service.activeReleaseNumber ?? 0, number + LOOKED_AT);
  for (let next = number + 1; next <= last; next += 1) {
    const release = await store.releases.get(service.id, next);
    const fromMs = release === null ? null : switchedAtMs(await operationOf(store, release));
    if (fromMs !== null) return fromMs;
  }
  return service.deletedAtMs;
}

/** A deployment has succeeded when the edge has switched, and ends with that. */
function switchedAtMs(operation: Operation | null): number | null {
  return operation?.status === "SUCCEEDED" ? operation.endedAtMs : null;
}

function operationOf({ operations }: Tables, { serviceId, operationId }: Release): Promise<Operation | null> {
  return operations.get(serviceId, operationId);
}
