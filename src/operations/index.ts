/** The heart of Slipway: takes wishes, makes them true, keeps them true. See README.md. */
import { availableParallelism } from "node:os";
import type { Service } from "../domain/service.ts";
import type { Scaling } from "../ports/scaling.ts";
import type { ServiceCommands } from "../ports/service-commands.ts";
import { Commands, type CommandOptions } from "./commands.ts";
import { type Deadlines, defaultDeadlines } from "./deadlines.ts";
import { EdgeWatch } from "./edge-watch.ts";
import { EngineWatch } from "./engine-watch.ts";
import type { Ports } from "./executor.ts";
import { untilServing } from "./first-instances.ts";
import { HealthMonitor } from "./health-monitor.ts";
import { tidy } from "./housekeeping.ts";
import { ImageCollection } from "./image-collection.ts";
import { MemoryBudget } from "./memory-budget.ts";
import { extensionsOf } from "./observe.ts";
import { isOutage } from "./outage.ts";
import { startsAtOnce } from "./plan-set.ts";
import { ReconcileLoop } from "./reconcile-loop.ts";
import { recover } from "./recovery.ts";
import { passwordProblem } from "./route-guard.ts";
import { SerialQueue } from "./serial-queue.ts";
import type { PlanHook, WorkerDeps } from "./service-worker.ts";
import type { JournalHook } from "./step-runner.ts";
import { Story } from "./story.ts";

export type { Deadlines } from "./deadlines.ts";
export type { PlanHook } from "./service-worker.ts";
export type { JournalHook } from "./step-runner.ts";

/** The first tidying after a start, when the rush of it is over; and again after one that could not do all. */
const TIDY_SOON_MS = 180_000;

export interface OperationsOptions extends CommandOptions {
  readonly deadlines?: Partial<Deadlines>;
  /** Of the engine's machine: as many instances of a service are started side by side. Default: those of this one. */
  readonly coreCount?: number;
  /** Between two full comparisons of record, engine and edge. Default 60,000. */
  readonly compareEveryMs?: number;
  /** Between two rounds of image collection and pruning. Default one hour; the first is a few minutes after the start. */
  readonly tidyEveryMs?: number;
  /** Where instances of traced services send their spans; nowhere unless given. */
  readonly otlpEndpoint?: string;
}

export interface OperationsDeps extends Ports {
  /** Decides how many instances each service shall have; `wake` is to be called when it changes its mind. */
  readonly scaling: Scaling;
  readonly options: OperationsOptions;
  /** Told of what nobody else will tell: bugs, and outages outside of an operation. `serviceId` null: not of one service. */
  readonly onError: (error: unknown, serviceId: string | null) => void;
  /** Called after each journal write and waited for: tests kill the process here. */
  readonly onJournal?: JournalHook;
  readonly onPlan?: PlanHook;
}

export class OperationsEngine {
  readonly commands: ServiceCommands;
  readonly #deps: OperationsDeps;
  readonly #ending = new AbortController();
  readonly #engineWatch: EngineWatch;
  readonly #health: HealthMonitor;
  readonly #loop: ReconcileLoop;
  readonly #workerDeps: WorkerDeps;
  readonly #background: Promise<void>[] = [];

  constructor(deps: OperationsDeps) {
    const { options, scaling, onError, onJournal, onPlan, ...ports } = deps;
    const { store, engine, edge, log, clock, ids } = ports;
    this.#deps = deps;
    const story = new Story(log);
    const wake = (serviceId: string) => this.#loop.wake(serviceId);
    this.#engineWatch = new EngineWatch(engine, clock, {
      onExit: (instanceId) => this.#inBackground(this.#loop.wakeOwner(instanceId)),
      onFirstList: (isGone, signal) => this.#loop.dropDeadServers(isGone, signal),
      onGap: () => this.#compare(),
      onError: (error) => onError(error, null),
    });
    this.#health = new HealthMonitor(edge, clock, wake);
    this.#workerDeps = {
      ports,
      store,
      engineWatch: this.#engineWatch,
      edgeWatch: new EdgeWatch(edge),
      health: this.#health,
      scaling,
      deadlines: { ...defaultDeadlines, ...options.deadlines },
      startsAtOnce: startsAtOnce(options.coreCount ?? availableParallelism()),
      queue: new SerialQueue(),
      story,
      collection: new ImageCollection(),
      memory: new MemoryBudget(engine, clock),
      imageTurns: new SerialQueue(),
      tracing: {
        endpoint: options.otlpEndpoint ?? null,
        environment: options.baseDomain,
        ...options.scope,
      },
      lifeId: ids.hex32(),
      onJournal,
      onPlan,
      onError,
      signal: this.#ending.signal,
    };
    this.#loop = new ReconcileLoop(this.#workerDeps);
    const { queue } = this.#workerDeps;
    this.commands = new Commands({ store, clock, ids, story, options, queue, wake });
  }

  /**
   * Recovers, then works until `stop` or until the signal is aborted. Throws StoreUnavailable. An engine or an edge that
   * does not answer is waited for.
   */
  async start(signal: AbortSignal): Promise<void> {
    signal.addEventListener("abort", () => this.#ending.abort(signal.reason), { once: true });
    const { options } = this.#deps;
    await recover(this.#workerDeps, this.#loop);
    this.#background.push(
      this.#engineWatch.run(this.#ending.signal),
      this.#repeatCompare(options.compareEveryMs ?? 60_000),
      this.#repeatTidy(options.tidyEveryMs ?? 3_600_000),
    );
  }

  /** Stops working, as a crash would, but politely: nothing is undone, containers and edge go on. */
  async stop(): Promise<void> {
    this.#ending.abort(new Error("the control plane stops"));
    this.#health.stop();
    await Promise.all(this.#background);
  }

  /** Looks at everything again, soon: for whoever knows that the edge was restarted or the tags were changed. */
  compareSoon(): void {
    this.#inBackground(this.#compare());
  }

  /** Looks at one service again, now: its tags or its scaling configuration changed. */
  wake(serviceId: string): void {
    this.#loop.wake(serviceId);
  }

  /** Why nobody gets in by the passwords that the service's tags name; null where somebody does, or none is asked for. */
  async passwordProblem(service: Service): Promise<string | null> {
    const { ports, store } = this.#workerDeps;
    const { protection } = extensionsOf(await store.tags.list(service.arn));
    return passwordProblem(service, protection, ports);
  }

  /** Resolves when no running service waits for its first instance after the start. Rejects when the signal is aborted. */
  untilServing(signal: AbortSignal): Promise<void> {
    return untilServing(this.#workerDeps, signal);
  }

  /** Resolves when nothing of this service is being done; it may still be waiting for a health check or a time. */
  quiet(serviceId: string): Promise<void> {
    return this.#loop.quiet(serviceId);
  }

  #compare(): Promise<void> {
    return this.#loop.compareAll(this.#ending.signal);
  }

  #inBackground(work: Promise<void>): void {
    void work.catch((error: unknown) => {
      if (!this.#ending.signal.aborted) this.#deps.onError(error, null);
    });
  }

  #repeatCompare(everyMs: number): Promise<void> {
    return this.#repeat(everyMs, async () => {
      await this.#compare();
      return everyMs;
    });
  }

  #repeatTidy(everyMs: number): Promise<void> {
    const { ports, collection } = this.#workerDeps;
    const soonMs = Math.min(TIDY_SOON_MS, everyMs);
    return this.#repeat(soonMs, async () =>
      (await tidy(ports, collection, this.#ending.signal)) ? everyMs : soonMs,
    );
  }

  /** `chore` returns the pause before its next time; after a failure the pause is as before. */
  async #repeat(firstMs: number, chore: () => Promise<number>): Promise<void> {
    const { signal } = this.#ending;
    let pauseMs = firstMs;
    while (!signal.aborted) {
      await this.#deps.clock.sleep(pauseMs, signal).catch(() => undefined);
      if (signal.aborted) return;
      try {
        pauseMs = await chore();
      } catch (error) {
        if (!signal.aborted && !isOutage(error)) this.#deps.onError(error, null);
      }
    }
  }
}
