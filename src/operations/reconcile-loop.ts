/**
 * Wakes services: on commands, exits, changed verdicts and their own timers (in the worker), and after a full comparison
 * of record, engine and edge, which wakes only those where something differs. An idle service costs its probes.
 */
import { SlipwayError } from "../domain/error.ts";
import { isAlive } from "../domain/instance.ts";
import type { Service } from "../domain/service.ts";
import type { EngineInstance } from "../ports/container-engine.ts";
import type { EdgeState, Route } from "../ports/edge.ts";
import { isServing } from "./observed.ts";
import { runStep } from "./step-runner.ts";
import { ServiceWorker, type WorkerDeps, extraMsOf, stepContext } from "./service-worker.ts";

export class ReconcileLoop {
  readonly #deps: WorkerDeps;
  readonly #workers = new Map<string, ServiceWorker>();
  #isOpen = false;

  constructor(deps: WorkerDeps) {
    this.#deps = deps;
  }

  /** Before this, wishes are recorded but nothing is done for them: recovery comes first, and wakes every service. */
  open(): void {
    this.#isOpen = true;
  }

  wake(serviceId: string): void {
    if (this.#isOpen) this.#worker(serviceId).wake();
  }

  quiet(serviceId: string): Promise<void> {
    return this.#workers.get(serviceId)?.quiet() ?? Promise.resolve();
  }

  /** Services that something is remembered of. */
  get workerCount(): number {
    return this.#workers.size;
  }

  #worker(serviceId: string): ServiceWorker {
    const known = this.#workers.get(serviceId);
    if (known !== undefined) return known;
    const worker = new ServiceWorker(serviceId, this.#deps, () => this.#workers.delete(serviceId));
    this.#workers.set(serviceId, worker);
    return worker;
  }

  /** An instance ended: its service looks after it. */
  async wakeOwner(instanceId: string): Promise<void> {
    const row = await this.#deps.store.instances.get(instanceId);
    if (row !== null) this.wake(row.serviceId);
  }

  /**
   * Compares everything, at the start, after a gap in the engine's events, and every minute. Throws when engine, edge or
   * store do not answer; what was learnt until then is kept.
   */
  async compareAll(signal: AbortSignal): Promise<void> {
    const containers = await this.#deps.engineWatch.refresh(signal);
    await this.removeStrangers(containers, signal);
    await this.#deps.edgeWatch.ensureSlot(await this.#deps.store.services.highestSlot(), signal);
    const edge = await this.#deps.edgeWatch.observeAll(signal);
    for (const serviceId of await this.#differing(containers, edge)) this.wake(serviceId);
  }

  /**
   * Takes instances out of the edge that the engine does not run any more. Their addresses are free, and the next
   * container may get one: until they are out, requests of one service could reach an instance of another. After a
   * reboot that is so for all of them.
   */
  async dropDeadServers(isGone: (instanceId: string) => boolean, signal: AbortSignal): Promise<void> {
    const { edge } = this.#deps.ports;
    const served = await edge.observe(signal);
    if (served === "unknown") {
      throw new SlipwayError("EdgeUnavailable", { problem: "it does not say what it serves" });
    }
    for (const [slot, { servers }] of served.slots) {
      for (const { instanceId } of servers) {
        if (isGone(instanceId)) await edge.removeServer(slot, instanceId, signal);
      }
    }
  }

  /** Invariant 4: containers with our label that no record explains are removed. */
  async removeStrangers(containers: readonly EngineInstance[], signal: AbortSignal): Promise<void> {
    const { store, onJournal, onError } = this.#deps;
    // Rows are there before their containers, so those of all containers that were listed are among them.
    const explained = new Set((await store.instances.listAllLive()).map(({ id }) => id));
    for (const { instanceId, serviceId } of containers) {
      if (explained.has(instanceId)) continue;
      const context = stepContext(this.#deps, serviceId);
      const step = { name: "removeStranger", instanceId } as const;
      const run = { step, operationId: null, extraMs: extraMsOf(step, this.#deps.deadlines) };
      await runStep(run, context, onJournal, signal).catch((error: unknown) => onError(error, serviceId));
    }
  }

  async #differing(
    containers: readonly EngineInstance[],
    edge: EdgeState | "unknown",
  ): Promise<ReadonlySet<string>> {
    const { store } = this.#deps;
    const differing = new Set<string>();
    const running = new Set(
      containers.filter(({ state }) => state === "running").map(({ instanceId }) => instanceId),
    );
    const served = new Set(edge === "unknown" ? [] : serverIds(edge));
    for (const row of await store.instances.listAllLive()) {
      const isServed = edge === "unknown" || !isServing(row) || served.has(row.id);
      if (!isAlive(row) || row.state === "draining" || !running.has(row.id) || !isServed) {
        differing.add(row.serviceId);
      }
    }
    for (const operation of await store.operations.listAllOpen()) differing.add(operation.serviceId);
    if (edge === "unknown") return differing;
    const settled = await store.services.listByStatus([
      "RUNNING",
      "PAUSED",
      "CREATE_FAILED",
      "DELETE_FAILED",
    ]);
    for (const service of settled) if (!isRoutedRight(service, edge)) differing.add(service.id);
    return differing;
  }
}

function serverIds(edge: EdgeState): readonly string[] {
  return [...edge.slots.values()].flatMap((slot) => slot.servers.map((server) => server.instanceId));
}

/** A coarse look; the plan of a service that is woken looks closely. */
function isRoutedRight(service: Service, edge: EdgeState): boolean {
  const route: Route | undefined = edge.routes.get(service.host);
  if (service.status === "DELETE_FAILED") return route === undefined;
  if (service.status !== "RUNNING") return route?.kind === "refuse";
  if (service.slots === null || service.slots.active === null) return false;
  return route?.kind === "slot" && route.slot === service.slots[service.slots.active];
}
