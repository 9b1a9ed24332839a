/** What the edge serves now, read from all of its workers. */
import type { EdgeState, Route, ServerState, SlotState } from "../ports/edge.ts";
import { readSlots, statisticsCommands } from "./convergence.ts";
import { askOldWorkers, readProcesses } from "./haproxy-process.ts";
import { parseHostEntry, routeOf } from "./host-map.ts";
import type { EdgeLayout } from "./layout.ts";
import { runCommand } from "./runtime-socket.ts";
import { parseMapEntries, parseStatistics, type ServerRow, type Statistics } from "./statistics.ts";

/** Every slot that has instances or waiting requests, and every host. */
export async function observeAll(layout: EdgeLayout, signal: AbortSignal): Promise<EdgeState> {
  const everything = "show stat -1 6 -1";
  const [current, old, map] = await Promise.all([
    runCommand(layout.runtimeSocket, everything, signal),
    readOldWorkers(layout, [everything], signal),
    runCommand(layout.runtimeSocket, `show map ${layout.hostMap}`, signal),
  ]);
  const slots = combine(parseStatistics(current), old);
  const busy = [...slots].filter(([, slot]) => slot.servers.length > 0 || slot.queued > 0);
  return { routes: parseRoutes(map), slots: new Map(busy) };
}

/** Exactly the slots asked for. */
export async function observeSome(
  layout: EdgeLayout,
  slots: readonly number[],
  signal: AbortSignal,
): Promise<ReadonlyMap<number, SlotState>> {
  const [current, old] = await Promise.all([
    readSlots(layout, slots, signal),
    readOldWorkers(layout, statisticsCommands(slots), signal),
  ]);
  return combine(parseStatistics(current), old);
}

async function readOldWorkers(
  layout: EdgeLayout,
  commands: readonly string[],
  signal: AbortSignal,
): Promise<readonly Statistics[]> {
  const { oldWorkers } = await readProcesses(layout, signal);
  const replies = await askOldWorkers(layout, oldWorkers, commands, signal);
  return replies.map(parseStatistics);
}

/** Requests in flight are summed over all workers; the rest is what the current worker says. */
function combine(current: Statistics, old: readonly Statistics[]): Map<number, SlotState> {
  const oldRows = old.flatMap((statistics) => statistics.servers);
  const slots = new Map<number, { servers: ServerState[]; queued: number }>();
  for (const row of current.slots) {
    const slot = slots.get(row.slot) ?? { servers: [], queued: 0 };
    slots.set(row.slot, { ...slot, queued: slot.queued + row.queued });
  }
  for (const row of current.servers) slots.get(row.slot)?.servers.push(serverState(row, oldRows));
  return slots;
}

function serverState(row: ServerRow, oldRows: readonly ServerRow[]): ServerState {
  const same = oldRows.filter((old) => old.slot === row.slot && old.instanceId === row.instanceId);
  return {
    instanceId: row.instanceId,
    address: row.address,
    port: row.port,
    maxConcurrency: row.maxConcurrency,
    isDraining: row.isDraining,
    isChecked: row.isChecked,
    health: row.health,
    inFlight: same.reduce((sum, old) => sum + old.inFlight, row.inFlight),
  };
}

function parseRoutes(map: string): Map<string, Route> {
  const routes = new Map<string, Route>();
  for (const [host, value] of parseMapEntries(map)) {
    const entry = parseHostEntry(value);
    if (entry !== null) routes.set(host, routeOf(entry));
  }
  return routes;
}
