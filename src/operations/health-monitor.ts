/**
 * Probes instances exactly as their health check says, from the edge's side, and keeps a verdict on each. Until the
 * first success of a new instance the probes come faster, so that a deployment is not slowed by the interval.
 *
 * "unknown" until a threshold is reached: after a restart of ours a serving instance is neither well nor ill.
 */
import type { HealthCheck, ProbeResult } from "../domain/health-check.ts";
import type { InstanceProtocol } from "../domain/instance.ts";
import type { Clock } from "../ports/clock.ts";
import type { Edge } from "../ports/edge.ts";
import { type HealthView, NO_HEALTH } from "./observed.ts";
import { ProbeRounds } from "./probe-rounds.ts";

/** Warm-up: pauses between probes of a new instance grow from here to the interval. */
const WARM_UP_MS = 50;
const WARM_UP_GROWTH = 1.5;
/** Our own timers this late mean that this process (or the machine) stood still: what a probe then saw proves nothing. */
const LATE_MS = 500;
/**
 * At rest, probes begin at full seconds, so that services share their rounds: once, when it joins, an instance is probed
 * up to a second early (half an interval at most). From then on it is the interval from beginning to beginning.
 */
const ROUND_MS = 1000;

export interface ProbedInstance {
  readonly instanceId: string;
  readonly address: string;
  readonly port: number;
  readonly protocol: InstanceProtocol;
  readonly healthCheck: HealthCheck;
  /** It has not passed yet: probe fast. */
  readonly isNew: boolean;
}

interface Watched {
  readonly target: ProbedInstance;
  readonly serviceId: string;
  readonly abort: AbortController;
  warmUpMs: number;
  leaveRound: () => void;
  view: HealthView;
  successes: number;
  failures: number;
}

export class HealthMonitor {
  readonly #edge: Pick<Edge, "probe">;
  readonly #clock: Clock;
  readonly #onChange: (serviceId: string) => void;
  readonly #rounds: ProbeRounds;
  readonly #services = new Map<string, Map<string, Watched>>();

  /** `onChange`: a verdict of this service changed, or an instance began to answer wrongly. */
  constructor(edge: Pick<Edge, "probe">, clock: Clock, onChange: (serviceId: string) => void) {
    this.#edge = edge;
    this.#clock = clock;
    this.#onChange = onChange;
    this.#rounds = new ProbeRounds(clock);
  }

  /** From now on exactly these instances of the service are probed. */
  track(serviceId: string, targets: readonly ProbedInstance[]): void {
    const present = this.#services.get(serviceId) ?? new Map<string, Watched>();
    const wished = new Set(targets.map((target) => target.instanceId));
    for (const [id, watched] of present) {
      if (wished.has(id)) continue;
      watched.abort.abort();
      watched.leaveRound();
      present.delete(id);
    }
    for (const target of targets) {
      if (!present.has(target.instanceId)) present.set(target.instanceId, this.#begin(serviceId, target));
    }
    if (present.size === 0) this.#services.delete(serviceId);
    else this.#services.set(serviceId, present);
  }

  views(serviceId: string): ReadonlyMap<string, HealthView> {
    const views = new Map<string, HealthView>();
    for (const [id, watched] of this.#services.get(serviceId) ?? []) views.set(id, watched.view);
    return views;
  }

  stop(): void {
    for (const serviceId of this.#services.keys()) this.track(serviceId, []);
  }

  #begin(serviceId: string, target: ProbedInstance): Watched {
    const watched: Watched = {
      target,
      serviceId,
      abort: new AbortController(),
      warmUpMs: WARM_UP_MS,
      leaveRound: () => undefined,
      view: NO_HEALTH,
      successes: 0,
      failures: 0,
    };
    this.#probe(watched, 0);
    return watched;
  }

  #probe(watched: Watched, lateMs: number): void {
    // Aborting is the only way it fails.
    void this.#probeOnce(watched, lateMs > LATE_MS).then(
      () => this.#joinNextRound(watched),
      () => undefined,
    );
  }

  #joinNextRound(watched: Watched): void {
    if (watched.abort.signal.aborted) return;
    const dueMs = nextProbeMs(watched, this.#clock.now());
    watched.leaveRound = this.#rounds.join(dueMs, (lateMs) => this.#probe(watched, lateMs));
  }

  async #probeOnce(watched: Watched, isLate: boolean): Promise<void> {
    const { signal } = watched.abort;
    const startedMs = this.#clock.now();
    const result = await this.#edge.probe(watched.target, signal);
    const tookMs = this.#clock.now() - startedMs;
    const isStale = isLate || tookMs > watched.target.healthCheck.timeoutS * 1000 + LATE_MS;
    if (signal.aborted || (isStale && !result.isHealthy)) return;
    const before = watched.view;
    take(watched, result, this.#clock.now());
    const isNews =
      before.verdict !== watched.view.verdict || before.wrongSinceMs !== watched.view.wrongSinceMs;
    if (isNews) this.#onChange(watched.serviceId);
  }
}

function nextProbeMs(watched: Watched, nowMs: number): number {
  const intervalMs = watched.target.healthCheck.intervalS * 1000;
  const { warmUpMs } = watched;
  if (watched.target.isNew && watched.view.verdict !== "passing" && warmUpMs < intervalMs) {
    watched.warmUpMs *= WARM_UP_GROWTH;
    return nowMs + warmUpMs;
  }
  const dueMs = Math.floor((nowMs + intervalMs) / ROUND_MS) * ROUND_MS;
  return dueMs - nowMs < intervalMs / 2 ? dueMs + ROUND_MS : dueMs;
}

function take(watched: Watched, result: ProbeResult, nowMs: number): void {
  const { healthyThreshold, unhealthyThreshold } = watched.target.healthCheck;
  watched.successes = result.isHealthy ? watched.successes + 1 : 0;
  watched.failures = result.isHealthy ? 0 : watched.failures + 1;
  let { verdict } = watched.view;
  if (watched.successes >= healthyThreshold) verdict = "passing";
  if (watched.failures >= unhealthyThreshold) verdict = "failing";
  const isWrong = !result.isHealthy && (result.problem === "status" || result.problem === "invalid-answer");
  watched.view = {
    verdict,
    problem: result.isHealthy ? null : result,
    wrongSinceMs: isWrong ? (watched.view.wrongSinceMs ?? nowMs) : null,
  };
}
