/** Gathers what `plan` sees of one service. Cost: a handful of reads by key and two slots of the edge. */
import { type Extensions, parseExtensions } from "../domain/extension.ts";
import type { Instance } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import type { Service } from "../domain/service.ts";
import type { Tag } from "../domain/tag.ts";
import type { Store } from "../ports/store.ts";
import type { Deadlines } from "./deadlines.ts";
import type { EdgeWatch } from "./edge-watch.ts";
import type { EngineWatch } from "./engine-watch.ts";
import type { HealthMonitor } from "./health-monitor.ts";
import type { Observed } from "./observed.ts";

/** Enough rows to see that a set has fallen often enough for the longest pause; more than one set at a time may be there. */
const HISTORY_ROUNDS = 10;
const HISTORY_ROWS_MIN = 60;

export interface Observers {
  readonly store: Store;
  readonly engineWatch: EngineWatch;
  readonly edgeWatch: EdgeWatch;
  readonly health: HealthMonitor;
  readonly deadlines: Deadlines;
}

export interface OwnState {
  readonly running: ReadonlySet<string>;
  readonly trouble: ReadonlyMap<string, string>;
}

/** Null when there is no such service. */
export async function observe(
  serviceId: string,
  observers: Observers,
  own: OwnState,
  signal: AbortSignal,
): Promise<Observed | null> {
  const { store } = observers;
  const service = await store.services.get(serviceId);
  if (service === null) return null;
  const [operation = null] = await store.operations.listOpen(serviceId);
  const instances = await store.instances.listLive(serviceId);
  const extensions = extensionsOf(await store.tags.list(service.arn));
  const releases = await releasesOf(store, service, operation, instances);
  const size = releases.get(service.activeReleaseNumber ?? 0)?.scale.minSize ?? 1;
  const limit = Math.max(HISTORY_ROWS_MIN, HISTORY_ROUNDS * size);
  const history = await store.instances.list(serviceId, { after: null, limit });
  return {
    service,
    operation,
    instances,
    history: history.rows,
    releases,
    engine: observers.engineWatch.view(),
    edge: await observers.edgeWatch.observe(service, signal),
    health: observers.health.views(serviceId),
    running: own.running,
    trouble: own.trouble,
    stopGraceMs: extensions.stopGraceMs,
    deadlines: withStartTimeout(observers.deadlines, extensions.startTimeoutMs),
  };
}

async function releasesOf(
  store: Store,
  service: Service,
  operation: Operation | null,
  instances: readonly Instance[],
): Promise<ReadonlyMap<number, Release>> {
  const numbers = new Set([
    service.activeReleaseNumber,
    operation?.releaseNumber ?? null,
    ...instances.map((row) => row.releaseNumber),
  ]);
  const releases = new Map<number, Release>();
  for (const number of numbers) {
    const release = number === null ? null : await store.releases.get(service.id, number);
    if (release !== null) releases.set(release.number, release);
  }
  return releases;
}

/** Who says how long an application takes to start means all of it, wrong answers while it warms up included. */
function withStartTimeout(deadlines: Deadlines, startTimeoutMs: number | null): Deadlines {
  if (startTimeoutMs === null) return deadlines;
  return { ...deadlines, healthMs: startTimeoutMs, wrongAnswerMs: startTimeoutMs };
}

/** The API refuses malformed tags; should one be there all the same, the defaults hold and the service goes on. */
function extensionsOf(tags: readonly Tag[]): Extensions {
  try {
    return parseExtensions(tags);
  } catch {
    return parseExtensions([]);
  }
}
