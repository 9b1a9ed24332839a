/**
 * What the edge serves, as seen by one service. Routes are remembered, because asking for all of them costs what all
 * services cost: filled from a full observation, kept by our own acts, forgotten whenever an act's outcome is unclear.
 */
import type { Service } from "../domain/service.ts";
import type { Edge, EdgeState, Route } from "../ports/edge.ts";
import type { EdgeServerView, EdgeView } from "./observed.ts";

/** Slots are declared in blocks: growing the pool reloads the edge. */
const SLOT_BLOCK = 100;

export class EdgeWatch {
  readonly #edge: Edge;
  readonly #routes = new Map<string, Route | null>();
  /** Counts our own acts; an observation that was asked for before one of them must not undo it. */
  #revision = 0;
  readonly #changedAt = new Map<string, number>();
  #observationsUnderWay = 0;
  #preparedSlots = 0;

  constructor(edge: Edge) {
    this.#edge = edge;
  }

  /** Makes sure the edge runs and has this slot (-1: none is needed yet). Free when it had it before. */
  async ensureSlot(slot: number, signal: AbortSignal): Promise<void> {
    if (Math.max(0, slot) < this.#preparedSlots) return;
    const minimumSlots = Math.max(1, Math.ceil((slot + 1) / SLOT_BLOCK)) * SLOT_BLOCK;
    await this.#edge.prepare({ minimumSlots }, signal);
    this.#preparedSlots = minimumSlots;
  }

  async observe(service: Service, signal: AbortSignal): Promise<EdgeView | "unknown"> {
    if (service.slots === null) return { route: null, servers: [] };
    const { blue, green } = service.slots;
    const slots = await this.#edge.observeSlots([blue, green], signal);
    if (slots === "unknown") return "unknown";
    const servers = [...slots].flatMap(([slot, state]) =>
      state.servers.map((server): EdgeServerView => ({ ...server, slot })),
    );
    const route = this.#routes.get(service.host) ?? (await this.#askRoute(service.host, signal));
    return route === "unknown" ? "unknown" : { route, servers };
  }

  async #askRoute(host: string, signal: AbortSignal): Promise<Route | null | "unknown"> {
    // A remembered null is an answer too.
    if (this.#routes.has(host)) return null;
    const state = await this.observeAll(signal);
    if (state === "unknown") return "unknown";
    const route = state.routes.get(host) ?? null;
    this.#routes.set(host, route);
    return route;
  }

  /** Everything; refreshes all remembered routes. */
  async observeAll(signal: AbortSignal): Promise<EdgeState | "unknown"> {
    const asked = this.#revision;
    this.#observationsUnderWay++;
    const state = await this.#edge.observe(signal).finally(() => this.#observationsUnderWay--);
    if (state === "unknown") return "unknown";
    const isNewer = (host: string) => (this.#changedAt.get(host) ?? -1) >= asked;
    for (const host of this.#routes.keys()) {
      if (!state.routes.has(host) && !isNewer(host)) this.#routes.delete(host);
    }
    for (const [host, route] of state.routes) if (!isNewer(host)) this.#routes.set(host, route);
    if (this.#observationsUnderWay === 0) this.#changedAt.clear();
    return state;
  }

  async setRoute(host: string, route: Route, signal: AbortSignal): Promise<void> {
    this.#forget(host);
    await this.#edge.setRoute(host, route, signal);
    this.#remember(host, route);
  }

  async removeRoute(host: string, signal: AbortSignal): Promise<void> {
    this.#forget(host);
    await this.#edge.removeRoute(host, signal);
    this.#remember(host, null);
  }

  #forget(host: string): void {
    this.#routes.delete(host);
    this.#changedAt.set(host, this.#revision++);
  }

  #remember(host: string, route: Route | null): void {
    this.#routes.set(host, route);
    this.#changedAt.set(host, this.#revision++);
  }
}
