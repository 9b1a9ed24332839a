/**
 * The thin loop around the decision: samples services that are busy, all in one call; hears of quiet ones from their gates.
 * Must not do anything to instances but thaw them ahead of the heart, which makes every wish true.
 */
import { orAborted } from "../domain/or-aborted.ts";
import type { ScaleWish } from "../domain/scaling.ts";
import type { Clock } from "../ports/clock.ts";
import type { EdgeTraffic, GateArrival, SlotLoad } from "../ports/edge-traffic.ts";
import type { ScaledService, Scaling } from "../ports/scaling.ts";
import type { InstanceReading } from "./resource-meter.ts";
import { type ScaleParameters, defaultScaleParameters } from "./scale-parameters.ts";
import { type PastDecision, TrackedService, isWithin } from "./tracked-service.ts";
import type { UsageObserver } from "./usage-meter.ts";

export interface AutoscalerDeps {
  readonly traffic: EdgeTraffic;
  readonly clock: Clock;
  /** Lets frozen and throttled instances run at once; the heart does it properly afterwards. */
  readonly wakeInstances: (instanceIds: readonly string[]) => Promise<void>;
  /** Asked only for services that have a target for processor or memory use. Missing instances are absent. */
  readonly readUsage: (
    instanceIds: readonly string[],
    signal: AbortSignal,
  ) => Promise<ReadonlyMap<string, InstanceReading>>;
  /** A service shall have something else than before. Not called for what `track` returns. */
  readonly onChange: (serviceId: string) => void;
  readonly onError: (error: unknown) => void;
  /** Counts what services use; hears what is heard here. */
  readonly usage?: UsageObserver;
  readonly parameters?: ScaleParameters;
}

/** A service by its id. */
type TrackedEntry = readonly [string, TrackedService];

const SAMPLE_MS = 100;
/** Calm services are sampled once in so many times: a queue is still seen twice within 300 ms. */
const CALM_ROUNDS = 2;
const USE_MS = 5000;
/** When the time alone changes something, it does so to the second. */
const RECHECK_MS = 1000;
/** How often quiet services with instances are looked at: a crash of the edge may cost the word of a request. */
const ROUND_MS = 30_000;
/** After the edge or its word of arrivals was missing, all services with instances are sampled for this long. */
const BLIND_MS = 3000;
const RETRY_MS = 1000;

export class Autoscaler implements Scaling {
  readonly #deps: AutoscalerDeps;
  readonly #parameters: ScaleParameters;
  readonly #services = new Map<string, TrackedService>();
  readonly #idByHost = new Map<string, string>();
  readonly #sampled = new Set<string>();
  #somebodySampled = Promise.withResolvers<void>();
  #blindSinceMs = -Infinity;

  constructor(deps: AutoscalerDeps) {
    this.#deps = deps;
    this.#parameters = deps.parameters ?? defaultScaleParameters;
  }

  track(serviceId: string, service: ScaledService): ScaleWish {
    const known = this.#services.get(serviceId);
    const tracked = known ?? new TrackedService(service, this.#parameters);
    if (known === undefined) this.#services.set(serviceId, tracked);
    this.#rememberHosts(serviceId, known?.service.hosts ?? [], service.hosts);
    const nowMs = this.#deps.clock.now();
    tracked.become(service, nowMs);
    this.#deps.usage?.see(serviceId, service, nowMs);
    this.#place(serviceId, tracked, nowMs);
    return tracked.wish;
  }

  forget(serviceId: string): void {
    const tracked = this.#services.get(serviceId);
    if (tracked === undefined) return;
    this.#services.delete(serviceId);
    this.#deps.usage?.forget(serviceId, this.#deps.clock.now());
    this.#stopSampling(serviceId);
    this.#rememberHosts(serviceId, tracked.service.hosts, []);
  }

  /** The last ones that changed something, the oldest first. */
  decisions(serviceId: string): readonly PastDecision[] {
    return this.#services.get(serviceId)?.decisions ?? [];
  }

  /** Ends when the signal is aborted. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([
      this.#followArrivals(signal),
      this.#followLoad(signal),
      this.#every(RECHECK_MS, signal, () => this.#recheckAll()),
      this.#every(ROUND_MS, signal, () => this.#lookForMissedRequests(signal)),
      this.#every(USE_MS, signal, () => this.#readUses(signal)),
    ]);
  }

  async #followArrivals(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        for await (const arrival of this.#deps.traffic.arrivals(signal)) this.#arrive(arrival);
      } catch (error) {
        if (!signal.aborted) this.#deps.onError(error);
      }
      if (signal.aborted) return;
      this.#beBlind();
      await this.#pause(RETRY_MS, signal);
    }
  }

  async #followLoad(signal: AbortSignal): Promise<void> {
    for (let round = 0; !signal.aborted; round++) {
      if (this.#sampled.size === 0)
        await orAborted(this.#somebodySampled.promise, signal).catch(() => undefined);
      if (signal.aborted) return;
      await this.#sample(this.#dueIn(round), signal);
      await this.#pause(SAMPLE_MS, signal);
    }
  }

  #arrive({ host, heldCount }: GateArrival): void {
    const serviceId = this.#idByHost.get(host.toLowerCase());
    if (serviceId !== undefined) this.#wake(serviceId, heldCount);
  }

  #wake(serviceId: string, heldCount: number): void {
    const tracked = this.#services.get(serviceId);
    if (tracked === undefined) return;
    const { sleepers } = tracked;
    if (sleepers.length > 0) this.#deps.wakeInstances(sleepers).catch(this.#deps.onError);
    this.#decide(serviceId, tracked, (nowMs) => tracked.arrive(heldCount, nowMs));
  }

  #dueIn(round: number): readonly TrackedEntry[] {
    const sampled = this.#trackedOf([...this.#sampled]);
    if (round % CALM_ROUNDS === 0) return sampled;
    const nowMs = this.#deps.clock.now();
    return sampled.filter(([, tracked]) => !tracked.isCalm(nowMs));
  }

  async #sample(sampled: readonly TrackedEntry[], signal: AbortSignal): Promise<void> {
    const loads = await this.#loadOf(sampled, signal);
    if (signal.aborted) return;
    for (const [serviceId, tracked] of sampled) {
      if (this.#services.get(serviceId) !== tracked) continue;
      const load = loads === "unknown" ? undefined : loads.get(tracked.service.slot);
      this.#decide(serviceId, tracked, (nowMs) => {
        if (load !== undefined) tracked.sample(load, nowMs);
        if (load !== undefined) this.#deps.usage?.sample(serviceId, load, nowMs, tracked.heldAt(nowMs));
        tracked.decide(nowMs);
      });
    }
  }

  #recheckAll(): void {
    const nowMs = this.#deps.clock.now();
    for (const [serviceId, tracked] of this.#services) {
      if (tracked.isDue(nowMs) && !this.#sampled.has(serviceId)) {
        this.#decide(serviceId, tracked, () => tracked.decide(nowMs));
      }
    }
  }

  async #lookForMissedRequests(signal: AbortSignal): Promise<void> {
    const resting = [...this.#services].filter(
      ([id, tracked]) => !this.#sampled.has(id) && tracked.mayMissRequests,
    );
    const loads = await this.#loadOf(resting, signal);
    if (loads === "unknown") return;
    for (const [serviceId, tracked] of resting) {
      const load = loads.get(tracked.service.slot);
      if (load !== undefined && tracked.hasMissedRequest(load)) this.#wake(serviceId, 0);
    }
  }

  async #readUses(signal: AbortSignal): Promise<void> {
    const asking = this.#trackedOf([...this.#sampled]).filter(([, { service }]) => hasUseTarget(service));
    const ids = asking.flatMap(([, { service }]) => service.instances.map(({ instanceId }) => instanceId));
    if (ids.length === 0) return;
    const readings = await this.#deps.readUsage(ids, signal);
    const nowMs = this.#deps.clock.now();
    for (const [, tracked] of asking) tracked.addUse(readings, nowMs);
  }

  async #loadOf(
    services: readonly TrackedEntry[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotLoad> | "unknown"> {
    if (services.length === 0) return new Map();
    const slots = services.map(([, { service }]) => service.slot);
    const loads = await this.#deps.traffic.sampleLoad(slots, signal).catch((error: unknown) => {
      if (!signal.aborted) this.#deps.onError(error);
      return "unknown" as const;
    });
    if (loads === "unknown") this.#beBlind();
    return loads;
  }

  /** Gates may not be heard: nobody is taken for quiet because nothing was told. */
  #beBlind(): void {
    const nowMs = this.#deps.clock.now();
    this.#blindSinceMs = nowMs;
    for (const [serviceId, tracked] of this.#services) this.#place(serviceId, tracked, nowMs);
  }

  #decide(serviceId: string, tracked: TrackedService, act: (nowMs: number) => void): void {
    const nowMs = this.#deps.clock.now();
    const before = tracked.wish;
    act(nowMs);
    this.#place(serviceId, tracked, nowMs);
    if (tracked.wish !== before) this.#deps.onChange(serviceId);
  }

  /** Among those that are sampled, or among those that rest. */
  #place(serviceId: string, tracked: TrackedService, nowMs: number): void {
    const isBlind = tracked.mayMissRequests && isWithin(BLIND_MS, this.#blindSinceMs, nowMs);
    if (tracked.needsSamples(nowMs) || isBlind) {
      this.#sampled.add(serviceId);
      tracked.startSampling(nowMs);
      this.#somebodySampled.resolve();
      return;
    }
    tracked.rest(nowMs);
    this.#stopSampling(serviceId);
  }

  #stopSampling(serviceId: string): void {
    const wasSampled = this.#sampled.delete(serviceId);
    if (wasSampled && this.#sampled.size === 0) this.#somebodySampled = Promise.withResolvers();
  }

  #trackedOf(serviceIds: readonly string[]): readonly TrackedEntry[] {
    return serviceIds.flatMap((id) => {
      const tracked = this.#services.get(id);
      return tracked === undefined ? [] : [[id, tracked] as const];
    });
  }

  #rememberHosts(serviceId: string, before: readonly string[], now: readonly string[]): void {
    for (const host of before) {
      const isStillIts = this.#idByHost.get(host.toLowerCase()) === serviceId;
      if (isStillIts) this.#idByHost.delete(host.toLowerCase());
    }
    for (const host of now) this.#idByHost.set(host.toLowerCase(), serviceId);
  }

  async #every(intervalMs: number, signal: AbortSignal, act: () => Promise<void> | void): Promise<void> {
    for (;;) {
      await this.#pause(intervalMs, signal);
      if (signal.aborted) return;
      try {
        await act();
      } catch (error) {
        if (!signal.aborted) this.#deps.onError(error);
      }
    }
  }

  /** Ends early when the signal is aborted, without complaint. */
  async #pause(durationMs: number, signal: AbortSignal): Promise<void> {
    await this.#deps.clock.sleep(durationMs, signal).catch(() => undefined);
  }
}

function hasUseTarget({ policy }: ScaledService): boolean {
  return policy.cpuTarget !== null || policy.memoryTarget !== null;
}
