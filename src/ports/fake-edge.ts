/**
 * The edge in memory, for unit tests: routes and slots as the real one keeps them, no traffic. What real traffic and real
 * instances would bring about is set from outside: requests in flight, health, probe results, failures.
 */
import { SlipwayError } from "../domain/error.ts";
import type { ProbeResult } from "../domain/health-check.ts";
import type {
  Edge,
  EdgeFacts,
  EdgeServer,
  EdgeState,
  ProbeTarget,
  RefusalReason,
  Route,
  ServerState,
  SlotState,
} from "./edge.ts";

interface FakeServer {
  readonly server: EdgeServer;
  isDraining: boolean;
  isChecked: boolean;
  inFlight: number;
  health: ServerState["health"];
}

/** Where a request for a host would go. */
export type FakeAnswer =
  | { readonly kind: "instances"; readonly instanceIds: readonly string[] }
  /** It waits at a closed gate. */
  | { readonly kind: "held" }
  | { readonly kind: "refused"; readonly reason: RefusalReason | "no-instance" }
  | { readonly kind: "unknown-host" };

export class FakeEdge implements Edge {
  /** Every change in order, for example `add 3 i-1`, `route a.test slot 3`. Repetitions that change nothing are there too. */
  readonly acts: string[] = [];
  /** Decides each probe; by default an instance is healthy. */
  probeWith: (target: ProbeTarget) => ProbeResult = () => ({ isHealthy: true });
  /** While set, nothing answers: acts throw EdgeUnavailable with this problem, observations are unknown. */
  problem: string | null = null;

  /** While set, servers are not to be removed, though all else works. */
  removalProblem: string | null = null;

  readonly #routes = new Map<string, Route>();
  readonly #slots = new Map<number, Map<string, FakeServer>>();
  #slotCount = 0;

  async prepare({ minimumSlots }: { readonly minimumSlots: number }, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.#slotCount = Math.max(this.#slotCount, minimumSlots);
  }

  facts(): EdgeFacts {
    return { httpAddress: "127.0.0.1", httpPort: 8080, httpsPort: 8443, version: "fake" };
  }

  async observe(signal: AbortSignal): Promise<EdgeState | "unknown"> {
    signal.throwIfAborted();
    if (this.problem !== null) return "unknown";
    const occupied = [...this.#slots].filter(([, servers]) => servers.size > 0);
    const slots = new Map(occupied.map(([slot]) => [slot, this.#slotState(slot)]));
    return { routes: new Map(this.#routes), slots };
  }

  async observeSlots(
    slots: readonly number[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<number, SlotState> | "unknown"> {
    signal.throwIfAborted();
    if (this.problem !== null) return "unknown";
    return new Map(slots.map((slot) => [slot, this.#slotState(slot)]));
  }

  async observeRoute(host: string, signal: AbortSignal): Promise<Route | null | "unknown"> {
    signal.throwIfAborted();
    return this.problem === null ? (this.#routes.get(host) ?? null) : "unknown";
  }

  async addServer(slot: number, server: EdgeServer, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.acts.push(`add ${slot} ${server.instanceId}`);
    const servers = this.#servers(slot);
    const known = servers.get(server.instanceId);
    const state = known ?? { inFlight: 0, health: "unknown" as const };
    servers.set(server.instanceId, { ...state, server, isDraining: false, isChecked: true });
  }

  async drainServer(slot: number, instanceId: string, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.acts.push(`drain ${slot} ${instanceId}`);
    const known = this.#servers(slot).get(instanceId);
    if (known !== undefined) known.isDraining = true;
  }

  async removeServer(slot: number, instanceId: string, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    if (this.removalProblem !== null) {
      throw new SlipwayError("EdgeUnavailable", { problem: this.removalProblem });
    }
    this.acts.push(`remove ${slot} ${instanceId}`);
    this.#servers(slot).delete(instanceId);
  }

  async setServerCheck(slot: number, instanceId: string, isOn: boolean, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.acts.push(`check ${isOn ? "on" : "off"} ${slot} ${instanceId}`);
    const known = this.#servers(slot).get(instanceId);
    if (known === undefined) return;
    known.isChecked = isOn;
    if (!isOn) known.health = "up";
  }

  async setRoute(host: string, route: Route, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.acts.push(`route ${host} ${nameOf(route)}`);
    if (route.kind === "slot") this.#servers(route.slot);
    this.#routes.set(host.toLowerCase(), route);
  }

  async removeRoute(host: string, signal: AbortSignal): Promise<void> {
    this.#check(signal);
    this.acts.push(`unroute ${host}`);
    this.#routes.delete(host.toLowerCase());
  }

  async probe(target: ProbeTarget, signal: AbortSignal): Promise<ProbeResult> {
    signal.throwIfAborted();
    return this.probeWith(target);
  }

  /** What a user of this host would meet now. */
  answer(host: string): FakeAnswer {
    const route = this.#routes.get(host.toLowerCase());
    if (route === undefined) return { kind: "unknown-host" };
    if (route.kind === "refuse") return { kind: "refused", reason: route.reason };
    if (route.gate === "closed") return { kind: "held" };
    const usable = [...this.#servers(route.slot).values()].filter(
      ({ isDraining, health }) => !isDraining && health !== "down",
    );
    if (usable.length === 0) return { kind: "refused", reason: "no-instance" };
    return { kind: "instances", instanceIds: usable.map(({ server }) => server.instanceId) };
  }

  /** Requests in flight at an instance, wherever it stands. */
  setInFlight(instanceId: string, inFlight: number): void {
    for (const known of this.#find(instanceId)) known.inFlight = inFlight;
  }

  setHealth(instanceId: string, health: ServerState["health"]): void {
    for (const known of this.#find(instanceId)) known.health = health;
  }

  #find(instanceId: string): readonly FakeServer[] {
    return [...this.#slots.values()].flatMap((servers) => servers.get(instanceId) ?? []);
  }

  #servers(slot: number): Map<string, FakeServer> {
    if (slot >= this.#slotCount) {
      throw new SlipwayError("EdgeUnavailable", {
        problem: `it has no slot ${slot}, only ${this.#slotCount}`,
      });
    }
    const servers = this.#slots.get(slot) ?? new Map<string, FakeServer>();
    this.#slots.set(slot, servers);
    return servers;
  }

  #slotState(slot: number): SlotState {
    const servers = [...(this.#slots.get(slot)?.values() ?? [])];
    return { queued: 0, servers: servers.map(serverState) };
  }

  #check(signal: AbortSignal): void {
    signal.throwIfAborted();
    if (this.problem !== null) throw new SlipwayError("EdgeUnavailable", { problem: this.problem });
  }
}

function serverState({ server, isDraining, isChecked, health, inFlight }: FakeServer): ServerState {
  const { instanceId, address, port, maxConcurrency } = server;
  return { instanceId, address, port, maxConcurrency, isDraining, isChecked, health, inFlight };
}

function nameOf(route: Route): string {
  if (route.kind === "refuse") return route.reason;
  return route.gate === "open" ? `slot ${route.slot}` : `slot ${route.slot} ${route.gate}`;
}
