/**
 * Works on one service: observe, plan, act, again, until nothing is left to do; then sleeps until something happens or
 * the plan's own time comes.
 *
 * INVARIANTS
 * - Cycles of a service never overlap (serial queue); slow steps run beside them, each at most once at a time.
 * - What is kept here (running steps, pauses after failures, the timer) may be lost at any moment: the next cycle
 *   rebuilds what matters from the store, the engine and the edge.
 */
import type { Instance } from "../domain/instance.ts";
import type { Operation } from "../domain/operation.ts";
import type { InstanceTracing } from "../domain/tracing.ts";
import { Backoff } from "./backoff.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Ports, StepContext } from "./executor.ts";
import type { ProbedInstance } from "./health-monitor.ts";
import type { ImageCollection } from "./image-collection.ts";
import type { MemoryBudget } from "./memory-budget.ts";
import { type Observed, activityOf, isStaying } from "./observed.ts";
import { type Observers, observe } from "./observe.ts";
import { isOutage } from "./outage.ts";
import { plan } from "./plan.ts";
import type { SerialQueue } from "./serial-queue.ts";
import { type Step, type StepName, isSlow, stepKey } from "./step.ts";
import { type JournalHook, messageOf, runStep } from "./step-runner.ts";
import type { Story } from "./story.ts";

/** A plan that is not quiet after so many batches in a row goes in circles: a bug, to be slowed down and reported. */
const ROUNDS_MAX = 100;
const PAUSE_AFTER_TROUBLE_MS = 1000;
/** A clock that was set while we slept is noticed after this; also far below what a timer can count. */
const SLEEP_MAX_MS = 600_000;

/** What a service's plan came to. */
export interface Planned {
  readonly serviceId: string;
  /** By key; those that run or pause after a failure too. */
  readonly steps: ReadonlyMap<string, Step>;
  /** What is done now. */
  readonly due: readonly (readonly [string, Step])[];
  /** Epoch milliseconds; null when only an event can change anything. */
  readonly wakeAtMs: number | null;
}

/** Hears of each plan. */
export type PlanHook = (planned: Planned) => void;

export interface WorkerDeps extends Observers {
  readonly ports: Ports;
  readonly queue: SerialQueue;
  readonly story: Story;
  readonly collection: ImageCollection;
  readonly memory: MemoryBudget;
  readonly imageTurns: SerialQueue;
  readonly tracing: InstanceTracing;
  readonly lifeId: string;
  readonly onJournal: JournalHook | undefined;
  readonly onPlan: PlanHook | undefined;
  readonly onError: (error: unknown, serviceId: string) => void;
  /** Ends everything. */
  readonly signal: AbortSignal;
}

interface RunningStep {
  readonly operationId: string | null;
  readonly abort: AbortController;
  readonly ended: Promise<void>;
}

export class ServiceWorker {
  readonly #serviceId: string;
  readonly #deps: WorkerDeps;
  readonly #context: StepContext;
  readonly #running = new Map<string, RunningStep>();
  readonly #backoff = new Backoff();
  readonly #onOver: () => void;
  #timer: AbortController | null = null;
  #isQueued = false;

  /** `onOver`: the service is deleted and nothing of it is left to do. */
  constructor(serviceId: string, deps: WorkerDeps, onOver: () => void) {
    this.#serviceId = serviceId;
    this.#deps = deps;
    this.#onOver = onOver;
    this.#context = stepContext(deps, serviceId);
  }

  /** Something may have changed. Many calls before the next cycle are one. */
  wake(): void {
    if (this.#isQueued || this.#deps.signal.aborted) return;
    this.#isQueued = true;
    void this.#deps.queue.run(this.#serviceId, async () => {
      this.#isQueued = false;
      await this.#cycle();
    });
  }

  /** Resolves when nothing is queued or running; timers may be. */
  async quiet(): Promise<void> {
    while (this.#isQueued || this.#running.size > 0) {
      await this.#deps.queue.drained(this.#serviceId);
      await Promise.all([...this.#running.values()].map((step) => step.ended));
    }
    await this.#deps.queue.drained(this.#serviceId);
  }

  async #cycle(): Promise<void> {
    this.#timer?.abort();
    try {
      for (let round = 0; round < ROUNDS_MAX; round++) {
        if (this.#deps.signal.aborted || !(await this.#round())) return;
      }
      throw new Error(`the plan of service ${this.#serviceId} does not come to rest`);
    } catch (error) {
      if (this.#deps.signal.aborted) return;
      this.#deps.onError(error, this.#serviceId);
      this.#sleepUntil(this.#deps.ports.clock.now() + PAUSE_AFTER_TROUBLE_MS);
    }
  }

  /** False when there was nothing to do. */
  async #round(): Promise<boolean> {
    const { ports, signal } = this.#deps;
    const own = { running: new Set(this.#running.keys()), trouble: this.#backoff.messages() };
    const observed = await observe(this.#serviceId, this.#deps, own, signal);
    if (observed === null) return false;
    this.#deps.health.track(this.#serviceId, probedInstances(observed));
    if (isOver(observed)) {
      this.#onOver();
      return false;
    }
    this.#abortOrphans(observed.operation);
    const nowMs = ports.clock.now();
    const decision = plan(observed, nowMs);
    const wished = new Map(decision.steps.map((step) => [stepKey(step), step]));
    // By what the plan saw: a step that failed since then would be asked for again had it been known.
    this.#backoff.keepOnly(new Set([...wished.keys(), ...own.running, ...this.#running.keys()]));
    const due = [...wished].filter(
      ([key]) => !this.#running.has(key) && !this.#backoff.isPausing(key, nowMs),
    );
    const { wakeAtMs } = decision;
    this.#deps.onPlan?.({ serviceId: this.#serviceId, steps: wished, due, wakeAtMs });
    if (due.length === 0) {
      const retries = [...wished.keys()]
        .filter((key) => !this.#running.has(key))
        .map((key) => this.#backoff.retryAtMs(key));
      this.#sleepUntil(Math.min(wakeAtMs ?? Infinity, ...retries));
      return false;
    }
    for (const [key, step] of due) {
      if (isSlow(step)) this.#launch(key, step, observed);
      else await this.#perform(key, step, observed, signal);
    }
    return true;
  }

  /** A slow step of an operation that has ended or failed (a delete overtook it) is of no use any more. */
  #abortOrphans(open: Operation | null): void {
    const isOrphan = ({ operationId }: RunningStep) => operationId !== open?.id || open.cause !== null;
    for (const running of this.#running.values()) {
      if (running.operationId !== null && isOrphan(running)) running.abort.abort();
    }
  }

  #launch(key: string, step: Step, observed: Observed): void {
    const abort = new AbortController();
    const signal = AbortSignal.any([this.#deps.signal, abort.signal]);
    const ended = this.#perform(key, step, observed, signal).then(() => {
      this.#running.delete(key);
      this.wake();
      return undefined;
    });
    const operationId = "operationId" in step ? step.operationId : null;
    this.#running.set(key, { operationId, abort, ended });
  }

  /** Never rejects: a failure is journalled, remembered for a pause, and the plan decides anew. */
  async #perform(key: string, step: Step, observed: Observed, signal: AbortSignal): Promise<void> {
    const operationId = observed.operation?.id ?? null;
    const run = { step, operationId, extraMs: extraMsOf(step, observed.deadlines) };
    try {
      await runStep(run, this.#context, this.#deps.onJournal, signal);
      this.#backoff.succeeded(key);
    } catch (error) {
      if (signal.aborted) return;
      this.#backoff.failed(key, messageOf(error), this.#deps.ports.clock.now());
      if (!isOutage(error)) this.#deps.onError(error, this.#serviceId);
    }
  }

  #sleepUntil(wakeAtMs: number): void {
    if (wakeAtMs === Infinity) return;
    const timer = new AbortController();
    this.#timer = timer;
    const { clock } = this.#deps.ports;
    const signal = AbortSignal.any([this.#deps.signal, timer.signal]);
    void clock.sleep(Math.min(SLEEP_MAX_MS, Math.max(0, wakeAtMs - clock.now())), signal).then(
      () => this.wake(),
      () => undefined,
    );
  }
}

export function stepContext(deps: WorkerDeps, serviceId: string): StepContext {
  const { ports, engineWatch, edgeWatch, story, collection, memory, imageTurns, tracing, lifeId } = deps;
  const { sourceOutageMs } = deps.deadlines;
  const shared = { ports, engineWatch, edgeWatch, story, collection, memory, imageTurns, tracing, lifeId };
  return { ...shared, sourceOutageMs, serviceId };
}

/** How long a step may take on top of the usual: the engine's own limits come first. */
export function extraMsOf(step: Step, deadlines: Deadlines): number {
  const { pullMs, sourceMs, buildMs, startActMs, stopActMs, removeActMs } = deadlines;
  const obtainMs = Math.max(pullMs, sourceMs + buildMs);
  const extraMs: Partial<Record<StepName, number>> = {
    pullImage: obtainMs,
    fetchSource: sourceMs,
    buildImage: sourceMs + buildMs,
    // It may have to pull or build an image that was removed by hand.
    startInstance: startActMs + obtainMs,
    stopInstance: stopActMs + (step.name === "stopInstance" ? step.graceMs : 0),
    removeInstance: removeActMs,
    removeStranger: removeActMs,
  };
  return extraMs[step.name] ?? 0;
}

function isOver({ service, instances, running }: Observed): boolean {
  return service.status === "DELETED" && instances.length === 0 && running.size === 0;
}

function probedInstances(observed: Observed): readonly ProbedInstance[] {
  return observed.instances.flatMap((row) => {
    const release = observed.releases.get(row.releaseNumber);
    if (release === undefined || row.address === null || !isProbed(row)) return [];
    const { protocol = "http1", configuration } = release;
    const { healthCheck } = configuration;
    const { address, port } = row;
    return [{ instanceId: row.id, address, port, protocol, healthCheck, isNew: row.state === "warming" }];
  });
}

function isProbed(row: Instance): boolean {
  return isStaying(row) && row.state !== "starting" && activityOf(row) !== "freeze";
}
