/** What the edge serves now, read from all of its workers. */
import type { EdgeState, Route, ServerState, SlotState } from "../ports/edge.ts";
import { readSlots, statisticsCommands } from "./convergence.ts";
import { askOldWorkers, readProcesses } from "./haproxy-process.ts";
import { parseHostEntry, routeOf } from "./host-map.ts";
import type { EdgeLayout } from "./layout.ts";
import { runCommand, unavailable } from "./runtime-socket.ts";
import {
  parseMapAnswer,
  parseMapEntries,
  parseStatistics,
  type ServerRow,
  type Statistics,
} from "./statistics.ts";

/** Every slot that has instances, and every host. Rows of servers only: those of 2,000 empty slots would be 1 MB. */
export async function observeAll(layout: EdgeLayout, signal: AbortSignal): Promise<EdgeState> {
  const everyServer = "show stat -1 4 -1";
  const [current, old, map] = await Promise.all([
    runCommand(layout.runtimeSocket, everyServer, signal),
    readOldWorkers(layout, [everyServer], signal),
    runCommand(layout.runtimeSocket, `show map ${layout.hostMap}`, signal),
  ]);
  const oldRows = serverRows(old);
  const slots = Map.groupBy(parseStatistics(current).servers, (row) => row.slot);
  return {
    routes: parseRoutes(map),
    slots: new Map(
      [...slots].map(([slot, rows]) => [slot, { servers: rows.map((row) => serverState(row, oldRows)) }]),
    ),
  };
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

/** Exactly the host asked for; null: it leads nowhere. */
export async function observeOne(
  layout: EdgeLayout,
  host: string,
  signal: AbortSignal,
): Promise<Route | null> {
  const reply = await runCommand(layout.runtimeSocket, `get map ${layout.hostMap} ${host}`, signal);
  const answer = parseMapAnswer(reply, host);
  if (answer === "unknown")
    throw unavailable(`it does not say where ${host} leads: ${reply.trim().slice(0, 100)}`);
  const entry = answer === null ? null : parseHostEntry(answer.value);
  return entry === null ? null : routeOf(entry);
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
  const oldRows = serverRows(old);
  const slots = new Map<number, { servers: ServerState[]; queued: number }>();
  for (const row of current.slots) {
    const slot = slots.get(row.slot) ?? { servers: [], queued: 0 };
    slots.set(row.slot, { ...slot, queued: slot.queued + row.queued });
  }
  for (const row of current.servers) slots.get(row.slot)?.servers.push(serverState(row, oldRows));
  return slots;
}

function serverRows(workers: readonly Statistics[]): readonly ServerRow[] {
  return workers.flatMap((statistics) => statistics.servers);
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
