/**
 * Stands between the control plane and the world, and holds every act against the invariants of design.md, section 4.
 * What it finds is collected in `violations`, because an exception would be taken for a failure of the adapter.
 */
import type { InstanceActivity } from "../../domain/instance.ts";
import type { Service } from "../../domain/service.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine } from "../../ports/container-engine.ts";
import type { Edge, EdgeState, ProbeTarget, Route } from "../../ports/edge.ts";
import type { FakeContainerEngine } from "../../ports/fake-container-engine.ts";
import type { FakeEdge } from "../../ports/fake-edge.ts";
import type { Store } from "../../ports/store.ts";
import { defaultDeadlines } from "../deadlines.ts";
import { isStaying } from "../observed.ts";
import type { MemoryStore } from "./memory-store.ts";

/** What it looks at, past the control plane. */
export interface Scene {
  readonly store: Store;
  readonly containers: FakeContainerEngine;
  readonly edge: FakeEdge;
  readonly clock: Clock;
}

export class Watchman {
  readonly violations: string[] = [];
  readonly #world: Scene;
  #listening: ReadonlySet<string> = new Set();

  constructor(world: Scene) {
    this.#world = world;
  }

  overEngine(engine: ContainerEngine): ContainerEngine {
    return new Proxy(engine, {
      get: (target, key) => {
        const method = Reflect.get(target, key, target) as (...args: unknown[]) => unknown;
        if (key === "stopInstance" || key === "removeInstance") {
          return async (instanceId: string, ...rest: unknown[]) => {
            if (key === "removeInstance" || !(await this.#isLetGo(instanceId))) {
              await this.#checkSignal(instanceId);
            }
            return method.call(target, instanceId, ...rest);
          };
        }
        if (key === "setActivity") {
          return async (instanceId: string, activity: InstanceActivity, ...rest: unknown[]) => {
            if (activity !== "run") await this.#checkRest(instanceId);
            return method.call(target, instanceId, activity, ...rest);
          };
        }
        return typeof method === "function" ? method.bind(target) : method;
      },
    });
  }

  overEdge(edge: Edge): Edge {
    return new Proxy(edge, {
      get: (target, key) => {
        const method = Reflect.get(target, key, target) as (...args: unknown[]) => unknown;
        if (key === "removeServer") {
          return async (slot: number, instanceId: string, ...rest: unknown[]) => {
            await this.#checkCut(slot, instanceId);
            return method.call(target, slot, instanceId, ...rest);
          };
        }
        if (key === "drainServer") {
          return async (slot: number, instanceId: string, ...rest: unknown[]) => {
            await this.#checkDrain(instanceId);
            return method.call(target, slot, instanceId, ...rest);
          };
        }
        if (key === "setRoute") {
          return async (host: string, route: Route, ...rest: unknown[]) => {
            await this.#checkRoute(host, route);
            return method.call(target, host, route, ...rest);
          };
        }
        if (key === "probe") {
          return async (probed: ProbeTarget, signal: AbortSignal) =>
            (await this.#isListening(probed))
              ? target.probe(probed, signal)
              : { isHealthy: false, problem: "refused" };
        }
        return typeof method === "function" ? method.bind(target) : method;
      },
    });
  }

  /** No process, no answer: whatever the test says of the health of those that run. */
  async #isListening({ address }: ProbeTarget): Promise<boolean> {
    // Nothing starts or ends in the fake while it does not answer: what it said before is still true.
    const list = await this.#world.containers.listInstances(new AbortController().signal).catch(() => null);
    if (list !== null) {
      this.#listening = new Set(list.flatMap((one) => (one.state === "running" ? [one.address] : [])));
    }
    return this.#listening.has(address);
  }

  /** Nobody is put to rest who works, or whose next request nobody would tell of. */
  async #checkRest(instanceId: string): Promise<void> {
    const row = await this.#world.store.instances.get(instanceId);
    const service = row === null ? null : await this.#world.store.services.get(row.serviceId);
    if (service === null) return;
    const route = (await this.#trueState()).routes.get(service.host);
    const isTold = route?.kind === "refuse" || (route?.kind === "slot" && route.gate !== "open");
    if (!isTold) this.violations.push(`${instanceId} rests, and nobody is told of requests`);
    if (((await this.#serverOf(instanceId))?.inFlight ?? 0) > 0) {
      this.violations.push(`${instanceId} rests with requests in flight`);
    }
  }

  async #isRunning(instanceId: string): Promise<boolean> {
    const list = await this.#world.containers.listInstances(new AbortController().signal).catch(() => null);
    // An engine that does not answer says nothing: taken as running, which is the stricter reading.
    return list === null || list.some((one) => one.instanceId === instanceId && one.state === "running");
  }

  /** Invariant 2, the signal: nobody is stopped who still stands in the edge. */
  async #checkSignal(instanceId: string): Promise<void> {
    if ((await this.#serverOf(instanceId)) !== null) {
      this.violations.push(`2: ${instanceId} is stopped while the edge still has it`);
    }
  }

  /** The edge sends nothing there any more, the deadline is over, and its server was not to be removed for long. */
  async #isLetGo(instanceId: string): Promise<boolean> {
    const server = await this.#serverOf(instanceId);
    const row = await this.#world.store.instances.get(instanceId);
    if (server === null || row === null || row.drainingSinceMs === null) return false;
    const limitMs = (await this.#drainMs(row.serviceId)) + defaultDeadlines.edgeRemovalMs;
    return server.isDraining && this.#world.clock.now() - row.drainingSinceMs >= limitMs;
  }

  async #drainMs(serviceId: string): Promise<number> {
    const [operation] = await this.#world.store.operations.listOpen(serviceId);
    const status = (await this.#world.store.services.get(serviceId))?.status;
    const isDeleted = operation?.type === "DELETE_SERVICE" || status === "DELETE_FAILED";
    return isDeleted ? defaultDeadlines.deleteDrainMs : defaultDeadlines.drainMs;
  }

  /** Invariant 2, the requests: nobody leaves the edge with requests in flight before its deadline. */
  async #checkCut(slot: number, instanceId: string): Promise<void> {
    const server = await this.#serverOf(instanceId);
    const row = await this.#world.store.instances.get(instanceId);
    if (server === null || row === null || row.state === "failed" || row.state === "stopped") return;
    // Nothing can be cut off a process that is gone.
    if (!(await this.#isRunning(instanceId))) return;
    const limitMs = await this.#drainMs(row.serviceId);
    const isOver = this.#world.clock.now() - (row.drainingSinceMs ?? Infinity) >= limitMs;
    if (!server.isDraining) this.violations.push(`2: ${instanceId} leaves slot ${slot} without draining`);
    else if (server.inFlight > 0 && !isOver) this.violations.push(`2: ${instanceId} is cut off its requests`);
  }

  /** Invariant 1, the leaving: the last one goes only after its host was sent elsewhere (refused, for a pause). */
  async #checkDrain(instanceId: string): Promise<void> {
    const row = await this.#world.store.instances.get(instanceId);
    const service = row === null ? null : await this.#world.store.services.get(row.serviceId);
    if (service === null) return;
    const answer = this.#world.edge.answer(service.host);
    if (answer.kind !== "instances" || answer.instanceIds.some((id) => id !== instanceId)) return;
    this.violations.push(`1: ${instanceId} is drained while ${service.host} has no other`);
  }

  /** Invariant 1, the switch: never from healthy instances to a slot that has none. */
  async #checkRoute(host: string, route: Route): Promise<void> {
    if (route.kind !== "slot") return;
    const slots = await this.#world.edge.observeSlots([route.slot], new AbortController().signal);
    const servers = slots === "unknown" ? [] : (slots.get(route.slot)?.servers ?? []);
    const usable = servers.filter((server) => !server.isDraining);
    if (usable.length > 0 || this.#world.edge.answer(host).kind !== "instances") return;
    this.violations.push(`1: ${host} is switched to the empty slot ${route.slot}`);
  }

  async #serverOf(instanceId: string) {
    const state = await this.#trueState();
    for (const slot of state.slots.values()) {
      const server = slot.servers.find((candidate) => candidate.instanceId === instanceId);
      if (server !== undefined) return server;
    }
    return null;
  }

  /** What the edge really does, also while it does not answer the control plane. */
  async #trueState(): Promise<EdgeState> {
    const { edge } = this.#world;
    const { problem } = edge;
    edge.problem = null;
    const observing = edge.observe(new AbortController().signal);
    edge.problem = problem;
    const state = await observing;
    if (state === "unknown") throw new Error("the fake edge did not answer");
    return state;
  }

  /** Invariants that hold at any moment, also between two steps. */
  async inspect(): Promise<void> {
    const { store } = this.#world;
    for (const service of await store.services.listByStatus(["RUNNING", "OPERATION_IN_PROGRESS"])) {
      await this.#checkSizes(service);
      await this.#checkServed(service);
    }
  }

  /** Invariant 5: two sets that stand, one more that leaves. */
  async #checkSizes({ id }: Service): Promise<void> {
    const releases = [...(this.#world.store as MemoryStore).rows.releases.values()];
    const sizes = releases.filter(({ serviceId }) => serviceId === id).map(({ scale }) => scale.maxSize);
    const maxSize = Math.max(0, ...sizes);
    const live = await this.#world.store.instances.listLive(id);
    const staying = live.filter(isStaying).length;
    if (staying > 2 * maxSize || live.length > 3 * maxSize) {
      this.violations.push(`5: ${staying} instances stand, ${live.length} in all; permitted are ${maxSize}`);
    }
  }

  /** Invariant 1: as long as traffic is wished, one of the ready instances gets it. */
  async #checkServed(service: Service): Promise<void> {
    const { store, edge } = this.#world;
    const [operation] = await store.operations.listOpen(service.id);
    const isDeployment = operation?.type === "UPDATE_SERVICE" || operation?.type === "START_DEPLOYMENT";
    if (operation !== undefined && !isDeployment) return;
    if (service.activeReleaseNumber === null) return;
    const rows = await store.instances.listLive(service.id);
    const active = rows.filter(
      (row) => row.state === "ready" && row.releaseNumber === service.activeReleaseNumber,
    );
    const answer = edge.answer(service.host);
    const ready = new Set(rows.filter((row) => row.state === "ready").map((row) => row.id));
    const isServed =
      answer.kind === "held" ||
      (answer.kind === "instances" && answer.instanceIds.some((id) => ready.has(id)));
    // One whose container is gone unseen is not healthy, whatever its row still says.
    const healthy = await Promise.all(active.map((row) => this.#isRunning(row.id)));
    if (healthy.includes(true) && !isServed)
      this.violations.push(`1: ${service.name} answers ${JSON.stringify(answer)}`);
  }
}
