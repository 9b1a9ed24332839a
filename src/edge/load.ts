/**
 * How busy a few slots are, up to ten times a second: two short answers for each, which cost HAProxy 20 µs however many
 * slots there are. Rows of `show stat` are 1.6 KB with their header, and HAProxy looks through all slots for each.
 */
import type { SlotLoad } from "../ports/edge-traffic.ts";
import { askOldWorkers } from "./haproxy-process.ts";
import type { EdgeLayout } from "./layout.ts";
import { TOTALS_AT_ONCE, totalsCommand } from "./load-script.ts";
import { runCommands, unavailable } from "./runtime-socket.ts";
import { parseBackendName } from "./slot-file.ts";

export interface LoadQuestion {
  readonly layout: EdgeLayout;
  /** The backends in use of each slot. */
  readonly backends: ReadonlyMap<number, readonly string[]>;
  /** Workers that a reload replaced. */
  readonly oldWorkers: readonly number[];
}

interface Load {
  readonly inFlight: Map<string, number>;
  queued: number;
  requestCount: number;
}

export async function readLoad(
  { layout, backends, oldWorkers }: LoadQuestion,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, SlotLoad>> {
  const names = [...backends.values()].flat();
  const connections = names.map((name) => `show servers conn ${name}`);
  const totals = inTurns(names, TOTALS_AT_ONCE).map(totalsCommand);
  const [current, old] = await Promise.all([
    runCommands(layout.runtimeSocket, [...connections, ...totals], signal),
    askOldWorkers(layout, oldWorkers, connections, signal),
  ]);
  const loads = new Map<number, Load>();
  const lines = [...current, ...old].flatMap((reply) => reply.split("\n"));
  for (const slot of backends.keys()) loads.set(slot, { inFlight: new Map(), queued: 0, requestCount: 0 });
  if (lines.filter((line) => addTotal(loads, line)).length < names.length) {
    throw unavailable("it did not tell of all slots");
  }
  for (const line of lines) addServer(loads, line);
  return loads;
}

/** `slot_7,3,12`: three wait, twelve came. True for such a line. */
function addTotal(loads: ReadonlyMap<number, Load>, line: string): boolean {
  if (!line.startsWith("slot_")) return false;
  const [name = "", queued, requestCount] = line.split(",");
  const load = loadOf(loads, name);
  if (requestCount === undefined || load === undefined) return false;
  load.queued += Number(queued);
  load.requestCount += Number(requestCount);
  return true;
}

/** `slot_7/i-1 12/1 10.0.0.1 8080 - 5000 3 …`: seventh is how many connections are in use. */
const USED = 6;

function addServer(loads: ReadonlyMap<number, Load>, line: string): void {
  if (!line.startsWith("slot_") || line.includes(",")) return;
  const fields = line.split(" ", USED + 1);
  const [name = "", instanceId = ""] = (fields[0] ?? "").split("/");
  const inFlight = loadOf(loads, name)?.inFlight;
  inFlight?.set(instanceId, (inFlight.get(instanceId) ?? 0) + Number(fields[USED]));
}

function loadOf(loads: ReadonlyMap<number, Load>, backend: string): Load | undefined {
  return loads.get(parseBackendName(backend)?.slot ?? -1);
}

function inTurns(names: readonly string[], count: number): readonly (readonly string[])[] {
  const turns = Math.ceil(names.length / count);
  return Array.from({ length: turns }, (_, turn) => names.slice(turn * count, (turn + 1) * count));
}
