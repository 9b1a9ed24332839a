/**
 * What the edge serves, as seen by one service. Routes are remembered, and one that is not known is
 * asked for alone: filled from full observations too, kept by our own acts, forgotten whenever an act's outcome is unclear.
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
    const asked = this.#revision;
    this.#observationsUnderWay++;
    const route = await this.#edge.observeRoute(host, signal).finally(() => this.#observationsUnderWay--);
    const isOurs = this.#isNewer(host, asked);
    this.#forgetChanges();
    // What we did meanwhile is not in the answer.
    if (route === "unknown" || isOurs) return this.#routes.get(host) ?? "unknown";
    this.#routes.set(host, route);
    return route;
  }

  /** Everything; refreshes all remembered routes. */
  async observeAll(signal: AbortSignal): Promise<EdgeState | "unknown"> {
    const asked = this.#revision;
    this.#observationsUnderWay++;
    const state = await this.#edge.observe(signal).finally(() => this.#observationsUnderWay--);
    if (state === "unknown") return "unknown";
    for (const host of this.#routes.keys()) {
      if (!state.routes.has(host) && !this.#isNewer(host, asked)) this.#routes.delete(host);
    }
    for (const [host, route] of state.routes) {
      if (!this.#isNewer(host, asked)) this.#routes.set(host, route);
    }
    this.#forgetChanges();
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

  /** Changed by us since then. */
  #isNewer(host: string, asked: number): boolean {
    return (this.#changedAt.get(host) ?? -1) >= asked;
  }

  #forgetChanges(): void {
    if (this.#observationsUnderWay === 0) this.#changedAt.clear();
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
