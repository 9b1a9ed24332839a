/** Gathers what `plan` sees of one service. Cost: a handful of reads by key and two slots of the edge. */
import { type Extensions, parseExtensions } from "../domain/extension.ts";
import { cpuMillis } from "../domain/instance-size.ts";
import type { Instance } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { Release } from "../domain/release.ts";
import { scalePolicy } from "../domain/scaling.ts";
import type { Service } from "../domain/service.ts";
import type { Tag } from "../domain/tag.ts";
import type { ScaledInstance, ScaledService, Scaling } from "../ports/scaling.ts";
import type { Store } from "../ports/store.ts";
import type { Deadlines } from "./deadlines.ts";
import type { EdgeWatch } from "./edge-watch.ts";
import type { EngineWatch } from "./engine-watch.ts";
import type { Ports } from "./executor.ts";
import type { HealthMonitor } from "./health-monitor.ts";
import { type Observed, isServingWanted, isStaying } from "./observed.ts";
import { isCommitted } from "./plan-route.ts";
import { guardOf } from "./route-guard.ts";

/** Enough rows to see that a set has fallen often enough for the longest pause; more than one set at a time may be there. */
const HISTORY_ROUNDS = 10;
const HISTORY_ROWS_MIN = 60;

export interface Observers {
  readonly ports: Pick<Ports, "secretValues" | "secretAccess">;
  readonly store: Store;
  readonly engineWatch: EngineWatch;
  readonly edgeWatch: EdgeWatch;
  readonly health: HealthMonitor;
  readonly scaling: Scaling;
  readonly deadlines: Deadlines;
  readonly startsAtOnce: number;
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
  const scaled = scaledService({ service, operation, instances, releases }, extensions);
  const wish = scaled === null ? null : observers.scaling.track(serviceId, scaled);
  if (scaled === null) observers.scaling.forget(serviceId);
  const limit = Math.max(HISTORY_ROWS_MIN, HISTORY_ROUNDS * (wish?.count ?? 1));
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
    wish,
    running: own.running,
    trouble: own.trouble,
    stopGraceMs: extensions.stopGraceMs,
    hasAccessLog: extensions.hasAccessLog,
    guard: await guardOf(service, extensions.protection, observers.ports),
    deadlines: withStartTimeout(observers.deadlines, extensions.startTimeoutMs),
    startsAtOnce: observers.startsAtOnce,
  };
}

type Records = Pick<Observed, "service" | "operation" | "instances" | "releases">;

/** The active release as the autoscaler sees it; null while it shall have no instances, or a resume brings them back. */
function scaledService(records: Records, extensions: Extensions): ScaledService | null {
  const { service, operation, instances, releases } = records;
  const release = releases.get(service.activeReleaseNumber ?? 0);
  const active = service.slots?.active ?? null;
  if (service.slots === null || release === undefined || active === null) return null;
  if (!isServingWanted(records) || operation?.type === "RESUME_SERVICE") return null;
  return {
    hosts: [service.host],
    slot: service.slots[active],
    policy: scalePolicy(release.scale, extensions),
    instanceSize: {
      cpuMillis: cpuMillis(release.configuration.instance.cpu),
      memoryMiB: Number(release.configuration.instance.memory),
    },
    instances: instances
      .filter((row) => row.releaseNumber === release.number && isStaying(row))
      .map(scaledInstance),
    activeSinceMs: isReplaced(records) ? release.createdAtMs : service.updatedAtMs,
    isDeployedAutomatically: service.configuration.autoDeploymentsEnabled,
  };
}

/** By a deployment under way: what is done for the next release is no request to the one that serves. */
function isReplaced({ service, operation }: Records): boolean {
  return operation !== null && !isCommitted(service, operation.releaseNumber);
}

function scaledInstance({ id, state }: Instance): ScaledInstance {
  return { instanceId: id, state: state === "ready" || state === "idle" ? state : "starting" };
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

/**
 * The API refuses malformed tags; should one be there all the same (another version took it), its default holds and the
 * service goes on, with all that its other tags keep from it.
 */
export function extensionsOf(tags: readonly Tag[]): Extensions {
  return parsed(tags) ?? parseExtensions(tags.filter((tag) => parsed([tag]) !== null));
}

function parsed(tags: readonly Tag[]): Extensions | null {
  try {
    return parseExtensions(tags);
  } catch {
    return null;
  }
}
