/**
 * Collects what is measured, every ten seconds: counters of the edge, samples of the autoscaler, readings of the engine, and
 * timings of requests. What it costs grows with what is busy; a service that rests is looked at once a minute, one without
 * instances not at all.
 */
import type { MetricName } from "../../domain/metric.ts";
import { orAborted } from "../../domain/or-aborted.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine, InstanceUsage } from "../../ports/container-engine.ts";
import type { EdgeCounters, SlotLoad, WorkerCounters } from "../../ports/edge-traffic.ts";
import type { RequestConsumer, ServiceRequest } from "../../ports/request-log.ts";
import type { ScaledService } from "../../ports/scaling.ts";
import { CounterBook, type SlotGrowth } from "./counter-book.ts";
import { LiveValues } from "./live-values.ts";
import type { CounterMark, MetricOwner, MetricStore } from "./metric-store.ts";
import { FINEST_S } from "./resolution.ts";
import { RefusingHosts } from "./refusing-hosts.ts";
import { ResourceReader } from "./resource-reader.ts";
import { ValueRecorder } from "./value-recorder.ts";
import { WatchedService } from "./watched-service.ts";

export interface MetricCollectorDeps {
  readonly store: Pick<MetricStore, "marks" | "write">;
  readonly edge: EdgeCounters;
  readonly engine: Pick<ContainerEngine, "readUsage">;
  readonly clock: Clock;
  /** Null: there is no such service any more. */
  readonly serviceName: (serviceId: string) => Promise<string | null>;
  readonly onError: (error: unknown) => void;
}

const ROUND_MS = FINEST_S * 1000;
const ROUNDS_A_MINUTE = 60 / FINEST_S;
/** One who does not answer must not hold up the next round. */
const ANSWER_MS = 8000;
const LAST_ANSWER_MS = 1000;
const SWITCHING_PROTOCOLS = 101;
const STATUS_METRICS: readonly (MetricName | null)[] = [
  null,
  "2xxStatusResponses",
  "3xxStatusResponses",
  "4xxStatusResponses",
  "5xxStatusResponses",
];
const noGrowth: SlotGrowth = { requestCount: 0, responseBytes: 0, statusCounts: [0, 0, 0, 0, 0] };

export class MetricCollector implements RequestConsumer {
  readonly live = new LiveValues();
  /** Requests whose timings were lost: there were more than could be read. */
  lostRequests = 0;
  readonly #deps: MetricCollectorDeps;
  readonly #services = new Map<string, WatchedService>();
  readonly #owners = new Map<string, MetricOwner>();
  readonly #values = new ValueRecorder();
  readonly #resources = new ResourceReader();
  readonly #refusing = new RefusingHosts();
  #book: CounterBook | null = null;
  /** Worker and name → what is not written yet. */
  #marks = new Map<string, CounterMark>();
  #turns = 0;
  /** A book that is begun anew is of now: processes of the edge that start later are counted from 0. */
  readonly #startedAtMs: number;

  constructor(deps: MetricCollectorDeps) {
    this.#deps = deps;
    this.#startedAtMs = deps.clock.now();
  }

  /** The autoscaler tells: what a service is like from now on. */
  see(serviceId: string, service: ScaledService): void {
    const known = this.#services.get(serviceId);
    if (known === undefined) {
      this.#services.set(serviceId, new WatchedService(service, this.#turns++ % ROUNDS_A_MINUTE));
    } else {
      known.see(service);
    }
  }

  /** The autoscaler tells: the load of a busy service. */
  sample(serviceId: string, load: SlotLoad, nowMs: number, heldCount: number): void {
    const watched = this.#services.get(serviceId);
    if (watched === undefined) return;
    watched.sample(load);
    const owner = this.#owners.get(serviceId);
    if (owner === undefined) return;
    let concurrency = 0;
    for (const count of load.inFlight.values()) concurrency += count;
    this.#values.add(owner, "Concurrency", { atMs: nowMs, value: concurrency });
    const queued = load.queued + heldCount;
    this.#values.add(owner, "QueuedRequests", { atMs: nowMs, value: queued });
    Object.assign(this.live.of(owner), { concurrency, queued });
  }

  /** The autoscaler tells: nothing of it is there any more, or will be. */
  forget(serviceId: string): void {
    this.#services.get(serviceId)?.leave();
  }

  /** Timings, of all requests or of a sample. A tunnel has no latency, nor has what was never answered. */
  take(requests: readonly ServiceRequest[], lost: number): void {
    this.lostRequests += lost;
    for (const request of requests) this.#refusing.hear(request);
    const measured = requests.filter(isMeasured);
    this.lostRequests += requests.length - measured.length;
    for (const { service, startedAtMs, status, timings, weight } of measured) {
      if (service === null || status < 200 || status === SWITCHING_PROTOCOLS) continue;
      const owner = { serviceId: service.id, serviceName: service.name, instanceId: null };
      const atMs = Math.min(this.#deps.clock.now(), startedAtMs + timings.totalMs);
      this.#values.add(owner, "RequestLatency", { atMs, value: timings.totalMs, times: weight });
      this.live.addLatency(owner, timings.totalMs, weight);
    }
  }

  /** Ends when the signal is aborted, and all is written. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, onError } = this.#deps;
    for (let round = 0; !signal.aborted; round++) {
      const waitMs = ROUND_MS - (clock.now() % ROUND_MS);
      await clock.sleep(waitMs, signal).catch(() => undefined);
      await this.collect(round, signal.aborted ? AbortSignal.timeout(LAST_ANSWER_MS) : signal).catch(onError);
    }
  }

  /** One round. What cannot be asked is asked next time; what cannot be written is written then. */
  async collect(round: number, signal: AbortSignal): Promise<void> {
    const { clock, onError } = this.#deps;
    await this.#learnNames();
    const asked = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
    const due = [...this.#services].filter(([, watched]) => isDue(watched, round));
    const [counters, readings] = await Promise.all([
      orElse("unknown" as const, () => this.#readCounters(asked), onError),
      orElse(new Map<string, InstanceUsage>(), () => this.#readUsage(due, asked), onError),
    ]);
    // Right after ten seconds have passed: what was found is theirs.
    const nowMs = clock.now();
    const atMs = nowMs - ROUND_MS / 2;
    if (counters !== "unknown") this.#addCounters(counters, atMs);
    for (const [serviceId, watched] of due) this.#addState({ serviceId, watched, readings, atMs, nowMs });
    this.#endRound();
    this.#write();
  }

  async #readCounters(signal: AbortSignal): Promise<readonly WorkerCounters[] | "unknown"> {
    const asked = [...this.#services.values()];
    const question = {
      slots: asked.flatMap(({ slots }) => slots),
      hosts: [...new Set([...asked.flatMap(({ hosts }) => hosts), ...this.#refusing.hosts])],
    };
    return question.slots.length + question.hosts.length === 0
      ? "unknown"
      : orAborted(this.#deps.edge.readCounters(question, signal), signal);
  }

  async #readUsage(
    due: readonly (readonly [string, WatchedService])[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, InstanceUsage>> {
    const ids = due.flatMap(([, watched]) => watched.provisioned);
    return ids.length === 0 ? new Map() : orAborted(this.#deps.engine.readUsage(ids, signal), signal);
  }

  #addCounters(workers: readonly WorkerCounters[], atMs: number): void {
    const growth = this.#openBook().add(workers);
    this.#remember(growth.marks);
    const counted = new Set<string>();
    for (const [serviceId, watched] of this.#ownersOfSlots()) {
      for (const host of watched.hosts) counted.add(host);
      const growths = watched.slots.map((slot) => growth.slots.get(slot) ?? noGrowth);
      const refused = watched.hosts.map((host) => refusalGrowth(growth.refusals.get(host)));
      for (const [index, slot] of watched.slots.entries()) {
        const isThere = workers.some(({ slots }) => (slots.get(slot)?.presentCount ?? 0) > 0);
        watched.told(slot, isThere || (growths[index]?.requestCount ?? 0) > 0);
      }
      this.#addRequests(serviceId, watched, [...growths, ...refused].reduce(sumOf, noGrowth), atMs);
    }
    for (const [host, owner] of this.#refusing.endRound(new Set(growth.refusals.keys()))) {
      if (!counted.has(host)) this.#addGrowth(owner, refusalGrowth(growth.refusals.get(host)), atMs);
    }
  }

  /** One that left may have had a slot that is another one's now. */
  #ownersOfSlots(): readonly (readonly [string, WatchedService])[] {
    const taken = new Set(
      [...this.#services.values()].filter(({ isGone }) => !isGone).flatMap(({ slots }) => slots),
    );
    for (const watched of this.#services.values()) {
      if (watched.isGone) for (const slot of watched.slots) if (taken.has(slot)) watched.lose(slot);
    }
    return [...this.#services].filter(([, { slots }]) => slots.length > 0);
  }

  #addRequests(serviceId: string, watched: WatchedService, growth: SlotGrowth, atMs: number): void {
    const owner = this.#owners.get(serviceId);
    if (owner === undefined) return;
    if (watched.isBusy) this.#setActive(owner, watched.activeCount(growth.requestCount), atMs);
    this.#addGrowth(owner, growth, atMs);
  }

  #addGrowth(owner: MetricOwner, growth: SlotGrowth, atMs: number): void {
    if (growth.requestCount === 0 && growth.responseBytes === 0) return;
    this.live.addRequests(owner, growth);
    this.#values.add(owner, "Requests", { atMs, value: growth.requestCount });
    this.#values.add(owner, "EgressBytes", { atMs, value: growth.responseBytes });
    for (const [index, metric] of STATUS_METRICS.entries()) {
      if (metric !== null) this.#values.add(owner, metric, { atMs, value: growth.statusCounts[index] ?? 0 });
    }
  }

  #setActive(owner: MetricOwner, active: number, atMs: number): void {
    this.live.of(owner).active = active;
    this.#values.add(owner, "ActiveInstances", { atMs, value: active });
  }

  #addState({ serviceId, watched, readings, atMs, nowMs }: DueService): void {
    const owner = this.#owners.get(serviceId);
    if (owner === undefined) return;
    const { provisioned, service } = watched;
    this.#values.add(owner, "ProvisionedInstances", { atMs, value: provisioned.length });
    const loads = provisioned.flatMap((instanceId) => {
      const usage = readings.get(instanceId);
      if (usage === undefined) return [];
      return [[instanceId, this.#resources.load(instanceId, usage, service.instanceSize, nowMs)] as const];
    });
    for (const [instanceId, { cpu, memory }] of loads) {
      for (const whose of [owner, { ...owner, instanceId }]) {
        if (cpu !== null) this.#values.add(whose, "CPUUtilization", { atMs, value: cpu });
        this.#values.add(whose, "MemoryUtilization", { atMs, value: memory });
      }
    }
    Object.assign(this.live.of(owner), { provisioned: provisioned.length, instances: new Map(loads) });
  }

  /** Of a service at rest nothing is in flight; one without instances has none of anything. */
  #endRound(): void {
    const there = new Set<string>();
    for (const [serviceId, watched] of this.#services) {
      for (const id of watched.provisioned) there.add(id);
      const owner = this.#owners.get(serviceId);
      if (owner !== undefined && !watched.isBusy) this.#rest(owner, watched);
      watched.endRound();
      if (!watched.isOver) continue;
      this.#services.delete(serviceId);
      this.#owners.delete(serviceId);
      this.live.forget(serviceId);
    }
    this.#resources.forgetAllBut(there);
  }

  #rest(owner: MetricOwner, { provisioned }: WatchedService): void {
    const live = this.live.of(owner);
    Object.assign(live, { concurrency: 0, queued: 0, active: 0, provisioned: provisioned.length });
    if (provisioned.length === 0 && live.instances.size > 0) live.instances = new Map();
  }

  #write(): void {
    const buckets = this.#values.take();
    const marks = [...this.#marks.values()];
    this.#marks = new Map();
    try {
      this.#deps.store.write(buckets, marks);
    } catch (error) {
      this.#values.giveBack(buckets);
      this.#remember(marks);
      throw error;
    }
  }

  #remember(marks: readonly CounterMark[]): void {
    for (const mark of marks) this.#marks.set(`${mark.worker} ${mark.name}`, mark);
  }

  #openBook(): CounterBook {
    if (this.#book === null) {
      this.#book = new CounterBook(this.#deps.store.marks(), this.#startedAtMs);
      this.#remember(this.#book.first);
    }
    return this.#book;
  }

  async #learnNames(): Promise<void> {
    for (const [serviceId, watched] of this.#services) {
      if (this.#owners.has(serviceId) || watched.isGone) continue;
      const serviceName = await this.#deps.serviceName(serviceId);
      if (serviceName !== null) this.#owners.set(serviceId, { serviceId, serviceName, instanceId: null });
    }
  }
}

interface DueService {
  readonly serviceId: string;
  readonly watched: WatchedService;
  readonly readings: ReadonlyMap<string, InstanceUsage>;
  readonly atMs: number;
  readonly nowMs: number;
}

/** A value that is none, or of no time, would keep all others from being written. */
function isMeasured({ startedAtMs, timings, weight }: ServiceRequest): boolean {
  const { totalMs } = timings;
  return Number.isFinite(startedAtMs + totalMs) && totalMs >= 0 && Number.isSafeInteger(weight) && weight > 0;
}

function isDue(watched: WatchedService, round: number): boolean {
  if (watched.isGone) return false;
  const isItsTurn = round % ROUNDS_A_MINUTE === watched.turn;
  return watched.isBusy || (isItsTurn && watched.provisioned.length > 0);
}

function refusalGrowth(refusals = { fullCount: 0, lateCount: 0 }): SlotGrowth {
  const { fullCount, lateCount } = refusals;
  return {
    requestCount: fullCount + lateCount,
    responseBytes: 0,
    statusCounts: [0, 0, 0, fullCount, lateCount],
  };
}

function sumOf(one: SlotGrowth, other: SlotGrowth): SlotGrowth {
  return {
    requestCount: one.requestCount + other.requestCount,
    responseBytes: one.responseBytes + other.responseBytes,
    statusCounts: one.statusCounts.map((count, index) => count + (other.statusCounts[index] ?? 0)),
  };
}

async function orElse<T>(otherwise: T, ask: () => Promise<T>, onError: (error: unknown) => void): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    onError(error);
    return otherwise;
  }
}
