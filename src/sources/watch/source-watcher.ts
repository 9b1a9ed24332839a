/**
 * Follows the sources of services with automatic deployments: asks each from time to time, and at once when somebody
 * says that there is something new. All that must last is in the record of the watch; a restart goes on from there.
 */
import { isSlipwayError } from "../../domain/error.ts";
import type { Service } from "../../domain/service.ts";
import type { SourcePoke, SourceWatch } from "../../domain/source-watch.ts";
import type { Clock } from "../../ports/clock.ts";
import { ImagePullError } from "../../ports/container-engine.ts";
import type { ServiceLog } from "../../ports/service-log.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { Store } from "../../ports/store.ts";
import { defaultIntervals, isDue, isFollowed, nextCheckAtMs, type WatchIntervals } from "./next-check.ts";
import { type Look, type LookPorts, lookAtSource } from "./source-look.ts";
import { poked, type WatchRecords } from "./watch-records.ts";

/** How soon a new service, or the end of an operation, is noticed. */
const ROUND_MS = 10_000;
/** While a new version waits for the end of an operation. */
const WAITING_ROUND_MS = 1_000;
/** Checkouts for source directories are work for the machine; the others wait for networks. */
const LOOKS_AT_ONCE = 4;
const SHORT_VERSION = 19;

export interface SourceWatcherParts extends LookPorts {
  readonly store: Store;
  readonly records: WatchRecords;
  readonly log: Pick<ServiceLog, "write">;
  readonly clock: Clock;
  /** Told of every service that is followed, each round; must not throw. Waits for nobody. */
  readonly statuses: { look(service: Service): void };
  /** For what is our fault or the machine's. */
  readonly onError: (error: unknown, serviceId: string | null) => void;
  readonly intervals?: WatchIntervals;
}

export class SourceWatcher {
  readonly #parts: SourceWatcherParts;
  readonly #intervals: WatchIntervals;
  readonly #looking = new Map<string, Promise<void>>();
  /** What found no room in the last round, in the order in which it is looked at. */
  #due: readonly Visit[] = [];
  #alarm = new AbortController();

  constructor(parts: SourceWatcherParts) {
    this.#parts = parts;
    this.#intervals = parts.intervals ?? defaultIntervals;
  }

  /** Runs until the signal ends it; then everything that was begun has ended too. */
  async start(end: AbortSignal): Promise<void> {
    while (!end.aborted) {
      this.#alarm = new AbortController();
      const pauseMs = await this.#round(end);
      await this.#rest(pauseMs, end);
    }
    await Promise.all(this.#looking.values());
  }

  /** There may be a new version: it is looked for at once, or when the operation that runs is over. Survives a crash. */
  async poke(serviceId: string, by: SourcePoke["by"]): Promise<void> {
    const service = await this.#parts.store.services.get(serviceId);
    if (service === null || !isFollowed(service)) return;
    await this.#parts.records.change(serviceId, (present) => poked(present, by));
    this.wake();
  }

  /** Somebody else has written a poke. */
  wake(): void {
    this.#alarm.abort();
  }

  /** Begins what is due; returns how long there is nothing to do. */
  async #round(end: AbortSignal): Promise<number> {
    try {
      const { store, statuses } = this.#parts;
      const services = await store.services.listByStatus([
        "RUNNING",
        "OPERATION_IN_PROGRESS",
        "CREATE_FAILED",
      ]);
      for (const service of services)
        if (service.configuration.autoDeploymentsEnabled) statuses.look(service);
      const followed = services.filter((service) => isFollowed(service));
      const visits = await Promise.all(followed.map((service) => this.#visit(service)));
      const due = visits.filter(({ service, isDue }) => isDue && !this.#looking.has(service.id));
      this.#due = due.toSorted(byUrgency);
      this.#fill(end);
      return Math.max(WAITING_ROUND_MS, Math.min(ROUND_MS, ...visits.map(({ pauseMs }) => pauseMs)));
    } catch (error) {
      this.#parts.onError(error, null);
      return ROUND_MS;
    }
  }

  async #visit(service: Service): Promise<Visit> {
    const { records, clock } = this.#parts;
    const watch = (await records.find(service.id)) ?? (await records.ensure(service.id));
    const nextAtMs = nextCheckAtMs(watch, service.configuration.source.kind, this.#intervals);
    const visit = { service, watch, nextAtMs, isDue: false };
    if (service.status !== "RUNNING") {
      return { ...visit, pauseMs: watch.poke === undefined ? ROUND_MS : WAITING_ROUND_MS };
    }
    const nowMs = clock.now();
    const isNow = isDue(watch, nextAtMs, nowMs) || (await this.#mayBeMended(watch));
    if (!isNow) return { ...visit, pauseMs: nextAtMs - nowMs };
    return { ...visit, isDue: true, pauseMs: WAITING_ROUND_MS };
  }

  /** Something went well since the last check failed: what people are told of it may be over. One look, not more. */
  async #mayBeMended({ serviceId, check }: SourceWatch): Promise<boolean> {
    if (check === null || check.problem === null) return false;
    const { rows } = await this.#parts.store.operations.list(serviceId, { after: null, limit: 1 });
    return rows[0]?.status === "SUCCEEDED" && (rows[0].endedAtMs ?? 0) > check.atMs;
  }

  /**
   * As many as there is room for. The end of a look makes room for the next, without a round of its own: a round reads
   * the records of all services.
   */
  #fill(end: AbortSignal): void {
    const room = end.aborted ? 0 : LOOKS_AT_ONCE - this.#looking.size;
    const begun = this.#due.slice(0, Math.max(0, room));
    this.#due = this.#due.slice(begun.length);
    for (const { service, watch } of begun)
      this.#looking.set(service.id, this.#lookSafely(service, watch, end));
  }

  async #lookSafely(service: Service, watch: SourceWatch, end: AbortSignal): Promise<void> {
    let isPoked = false;
    try {
      isPoked = await this.#look(service, watch, end);
    } catch (error) {
      if (!end.aborted) this.#parts.onError(error, service.id);
    }
    this.#looking.delete(service.id);
    if (isPoked) this.wake();
    else this.#fill(end);
  }

  /** True when a poke came meanwhile. What was busy has to wait, though. */
  async #look(service: Service, watch: SourceWatch, end: AbortSignal): Promise<boolean> {
    const found = await lookAtSource(service, watch, this.#parts, end).catch((error: unknown) => {
      end.throwIfAborted();
      return { kind: "problem", problem: this.#problemOf(error, service.id) } as const;
    });
    const nowMs = this.#parts.clock.now();
    const after = await this.#parts.records.change(service.id, (present) =>
      afterLook(settled(present, watch.poke), found, nowMs, watch.poke),
    );
    await this.#tell(service, watch, found);
    return found.kind !== "busy" && after.poke !== undefined;
  }

  #problemOf(error: unknown, serviceId: string): string {
    if (error instanceof SourceError || error instanceof ImagePullError) return error.message;
    if (isSlipwayError(error)) return error.message;
    this.#parts.onError(error, serviceId);
    return "Looking for a new version failed; the log of the control plane says why.";
  }

  async #tell({ id, name }: Service, before: SourceWatch, found: Found): Promise<void> {
    const line = eventOf(found, before.check?.problem ?? null);
    if (line === null) return;
    const key = `source-${this.#parts.clock.now()}`;
    await this.#parts.log.write(
      { serviceId: id, serviceName: name },
      { kind: "events" },
      { key, text: line },
    );
  }

  async #rest(pauseMs: number, end: AbortSignal): Promise<void> {
    const over = AbortSignal.any([end, this.#alarm.signal]);
    await this.#parts.clock.sleep(pauseMs, over).catch((error: unknown) => {
      if (!over.aborted) throw error;
    });
  }
}

/** A service that is followed, as a round found it. */
interface Visit {
  readonly service: Service;
  readonly watch: SourceWatch;
  readonly nextAtMs: number;
  readonly isDue: boolean;
  /** How long there is nothing to do for it. */
  readonly pauseMs: number;
}

/** What was pushed, then what has waited longest: with many services nobody waits for ever. */
function byUrgency(one: Visit, other: Visit): number {
  const isPoked = ({ watch }: Visit) => (watch.poke === undefined ? 1 : 0);
  return isPoked(one) - isPoked(other) || one.nextAtMs - other.nextAtMs;
}

type Found = Look | { readonly kind: "problem"; readonly problem: string };

/** Without the poke that this look followed; one that came meanwhile stays. */
function settled(present: SourceWatch, followed: SourcePoke | undefined): SourceWatch {
  if (present.poke?.count !== followed?.count) return present;
  const { poke: _poke, ...others } = present;
  return others;
}

function afterLook(
  present: SourceWatch,
  found: Found,
  nowMs: number,
  followed: SourcePoke | undefined,
): SourceWatch {
  if (found.kind === "problem") {
    const failureCount = (present.check?.failureCount ?? 0) + 1;
    return { ...present, check: { atMs: nowMs, problem: found.problem, failureCount } };
  }
  const answered = {
    ...present,
    check: { atMs: nowMs, problem: null, failureCount: 0 },
    answeredAtMs: nowMs,
  };
  if (found.kind !== "busy") return { ...answered, handledVersion: found.version };
  return answered.poke === undefined ? poked(answered, followed?.by ?? "poll") : answered;
}

function eventOf(found: Found, problemBefore: string | null): string | null {
  if (found.kind === "problem") {
    if (found.problem === problemBefore) return null;
    return `The source cannot be watched for new versions: ${found.problem}`;
  }
  if (found.kind === "deployed") {
    return `New version ${found.version.slice(0, SHORT_VERSION)} found: deploying it with operation ${found.operationId}.`;
  }
  return problemBefore === null ? null : "The source is watched for new versions again.";
}
