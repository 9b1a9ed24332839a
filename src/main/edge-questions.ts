/** What is asked of the edge, and for it, by what the store knows. */
import type { Edge } from "../ports/edge.ts";
import type { Store } from "../ports/store.ts";

/** Instance → requests in flight; empty while the edge does not answer. */
export async function readInFlight(
  serviceId: string,
  store: Store,
  edge: Edge,
  end: AbortSignal,
): Promise<ReadonlyMap<string, number>> {
  const slots = (await store.services.get(serviceId))?.slots ?? null;
  if (slots === null) return new Map();
  const observed = await edge.observeSlots([slots.blue, slots.green], end);
  if (observed === "unknown") return new Map();
  const servers = [...observed.values()].flatMap((slot) => slot.servers);
  return new Map(servers.map(({ instanceId, inFlight }) => [instanceId, inFlight]));
}

/** A start with many services must not begin with a reload. */
export async function neededSlots(store: Store): Promise<number> {
  const SLOTS_AHEAD = 1_000;
  return Math.max(SLOTS_AHEAD, Math.ceil((await store.services.highestSlot()) * 1.25));
}
