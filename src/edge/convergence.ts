/**
 * Brings the running HAProxy to the wished state: read, compare, command, check each reply; again from the reading if a
 * reply is not the expected one. That covers an HAProxy that was just restarted, a request that had to be cut first, and
 * a change that somebody before us made half-way.
 */
import { setTimeout as delay } from "node:timers/promises";
import { isSlipwayError } from "../domain/error.ts";
import type { DesiredState } from "./desired-state.ts";
import { askOldWorkers, readProcesses } from "./haproxy-process.ts";
import type { EdgeLayout } from "./layout.ts";
import { runCommand, runCommands, unavailable } from "./runtime-socket.ts";
import { backendName, checkKinds, type ServerLine } from "./slot-file.ts";
import { isExpected, type PlannedCommand, planSlot } from "./slot-plan.ts";
import { parseMapEntries, parseStatistics } from "./statistics.ts";

/** HAProxy is back 40–150 ms after a crash; a supervisor that backs off takes longer than anyone should wait. */
const DEADLINE_MS = 5_000;
const RETRY_MS = 10;

export async function convergeSlots(
  options: { readonly layout: EdgeLayout; readonly state: DesiredState; readonly slots: readonly number[] },
  signal: AbortSignal,
): Promise<void> {
  const { layout, state, slots } = options;
  await repeat(signal, async () => {
    const statistics = parseStatistics(await readSlots(layout, slots, signal));
    const rows = Map.groupBy(statistics.servers, (row) => row.slot);
    const commands = slots.flatMap((slot) =>
      planSlot(slot, state.slots.get(slot) ?? [], rows.get(slot) ?? []),
    );
    return execute(layout, commands, signal);
  });
}

/** All slots: one command for everything is cheaper than 2,000. */
export async function convergeEverySlot(
  options: { readonly layout: EdgeLayout; readonly state: DesiredState },
  signal: AbortSignal,
): Promise<void> {
  const { layout, state } = options;
  await repeat(signal, async () => {
    const statistics = parseStatistics(await runCommand(layout.runtimeSocket, "show stat -1 4 -1", signal));
    const rows = Map.groupBy(statistics.servers, (row) => row.slot);
    const slots = [...state.slots].filter(([slot, servers]) => servers.length > 0 || rows.has(slot));
    const commands = slots.flatMap(([slot, servers]) => planSlot(slot, servers, rows.get(slot) ?? []));
    return execute(layout, commands, signal);
  });
}

export async function readSlots(
  layout: EdgeLayout,
  slots: readonly number[],
  signal: AbortSignal,
): Promise<string> {
  return (await runCommands(layout.runtimeSocket, statisticsCommands(slots), signal)).join("\n");
}

export function statisticsCommands(slots: readonly number[]): readonly string[] {
  return slots.flatMap((slot) => checkKinds.map((kind) => `show stat ${backendName(slot, kind)} 6 -1`));
}

/** One entry of a map; null removes it. `set` is atomic for the requests that look it up meanwhile. */
export async function convergeMapEntry(
  options: {
    readonly layout: EdgeLayout;
    readonly map: string;
    readonly key: string;
    readonly value: string | null;
  },
  signal: AbortSignal,
): Promise<void> {
  const { layout, map, key, value } = options;
  const command = value === null ? `del map ${map} ${key}` : `set map ${map} ${key} ${value}`;
  await repeat(signal, async () => {
    const reply = await runCommand(layout.runtimeSocket, command, signal);
    if (!/not found/i.test(reply)) return reply.trim() === "" ? null : reply.trim();
    if (value === null) return null;
    // `add` on an existing key would make a second entry, so it only follows a `set` that found none.
    const added = await runCommand(layout.runtimeSocket, `add map ${map} ${key} ${value}`, signal);
    return added.trim() === "" ? null : added.trim();
  });
}

export async function convergeMaps(
  options: { readonly layout: EdgeLayout; readonly state: DesiredState },
  signal: AbortSignal,
): Promise<void> {
  for (const [map, wished] of options.state.maps()) await convergeMap(options.layout, map, wished, signal);
}

async function convergeMap(
  layout: EdgeLayout,
  map: string,
  wished: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  await repeat(signal, async () => {
    const running = parseMapEntries(await runCommand(layout.runtimeSocket, `show map ${map}`, signal));
    const changed = [...wished].filter(([key, value]) => running.get(key) !== value);
    const surplus = [...running.keys()].filter((key) => !wished.has(key));
    const texts = [
      ...changed.map(([key, value]) => `${running.has(key) ? "set" : "add"} map ${map} ${key} ${value}`),
      ...surplus.map((key) => `del map ${map} ${key}`),
    ];
    return execute(
      layout,
      texts.map((text) => ({ text, expected: "" })),
      signal,
    );
  });
}

/** Ends an instance's requests in the workers that a reload replaced. */
export async function cutInOldWorkers(
  layout: EdgeLayout,
  server: { readonly slot: number; readonly line: ServerLine },
  signal: AbortSignal,
): Promise<void> {
  const { oldWorkers } = await readProcesses(layout, signal);
  if (oldWorkers.length === 0) return;
  const name = `${backendName(server.slot, server.line.kind)}/${server.line.instanceId}`;
  await askOldWorkers(layout, oldWorkers, [`shutdown sessions server ${name}`], signal);
}

/** The first unexpected reply with its command, or null when all went well. */
export async function execute(
  layout: EdgeLayout,
  commands: readonly PlannedCommand[],
  signal: AbortSignal,
): Promise<string | null> {
  if (commands.length === 0) return null;
  const replies = await runCommands(
    layout.runtimeSocket,
    commands.map(({ text }) => text),
    signal,
  );
  const index = commands.findIndex((command, position) => !isExpected(command, replies[position] ?? ""));
  return index === -1 ? null : `"${commands[index]?.text}" was answered with "${replies[index]?.trim()}"`;
}

/** Runs the attempt until it reports no problem. Throws EdgeUnavailable with the last one. */
export async function repeat(signal: AbortSignal, attempt: () => Promise<string | null>): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    signal.throwIfAborted();
    const problem = await attempt().catch((error: unknown) => {
      if (isSlipwayError(error, "EdgeUnavailable")) return error;
      throw error;
    });
    if (problem === null) return;
    if (performance.now() > deadline) throw typeof problem === "string" ? unavailable(problem) : problem;
    await delay(RETRY_MS, undefined, { signal });
  }
}
