/**
 * How busy a few slots are, up to ten times a second. Two short commands for each cost HAProxy 40 µs with 1,000 slots (17
 * with 140: it looks through all of them); the rows that `observation.ts` reads cost it half as much again, and Node twice.
 */
import type { SlotLoad } from "../ports/edge-traffic.ts";
import { askOldWorkers } from "./haproxy-process.ts";
import type { EdgeLayout } from "./layout.ts";
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
  const totals = names.map((name) => `show stat ${name} 2 -1`);
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

/** Fields of `show stat` have fixed places. `stot`, for `req_tot` counts requests when they end. */
const QUEUED = 2;
const REQUEST_COUNT = 7;

/** True for the row of a backend. */
function addTotal(loads: ReadonlyMap<number, Load>, line: string): boolean {
  if (!line.startsWith("slot_")) return false;
  const [name = "", row, ...fields] = line.split(",", REQUEST_COUNT + 1);
  const load = loadOf(loads, name);
  if (row !== "BACKEND" || load === undefined) return false;
  load.queued += Number(fields[QUEUED - 2]);
  load.requestCount += Number(fields[REQUEST_COUNT - 2]);
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
