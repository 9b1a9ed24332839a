/** The commands that bring a running HAProxy from what it has to what is wished. Pure. */
import { backendName, formatServer, type ServerLine } from "./slot-file.ts";
import type { ServerRow } from "./statistics.ts";

export interface PlannedCommand {
  readonly text: string;
  /** Prefix of the reply that means success. */
  readonly expected: string;
}

/** Commands for one slot, or for many: rows and lines are matched by slot, backend and instance. */
export function planSlot(
  slot: number,
  wished: readonly ServerLine[],
  running: readonly ServerRow[],
): readonly PlannedCommand[] {
  const wishedIds = new Set(wished.map((line) => serverName(slot, line)));
  const surplus = running.filter((row) => !wishedIds.has(serverName(slot, row)));
  const added = wished.flatMap((line) => {
    const row = running.find((candidate) => serverName(slot, candidate) === serverName(slot, line));
    if (row === undefined) return addition(slot, line);
    if (!isSameServer(line, row)) return [...removal(slot, row), ...addition(slot, line)];
    return correction(slot, line, row);
  });
  // First the new, then the old: at no moment is the slot without a server because of us.
  return [...added, ...surplus.flatMap((row) => removal(slot, row))];
}

function serverName(slot: number, server: Pick<ServerLine, "kind" | "instanceId">): string {
  return `${backendName(slot, server.kind)}/${server.instanceId}`;
}

function isSameServer(line: ServerLine, row: ServerRow): boolean {
  // Thresholds are told only of servers that are checked.
  const hasThresholds = !row.isChecked || (line.rise === row.rise && line.fall === row.fall);
  return line.address === row.address && line.port === row.port && hasThresholds;
}

/** Never the keyword `enabled`: it breaks the backend's count of servers (2.6). Checks are off until enabled. */
function addition(slot: number, line: ServerLine): readonly PlannedCommand[] {
  const name = serverName(slot, line);
  return [
    // HAProxy 2.6 gives servers added at run time no connection pool: without this each request opens a new connection.
    {
      text: `add server ${name} ${formatServer(line)} pool-max-conn -1 pool-purge-delay 5s`,
      expected: "New server registered.",
    },
    ...checking(slot, line),
    silent(`set server ${name} state ready`),
  ];
}

/** `health up` gives the full count of failures that `fall` allows, where a new server has one. */
function checking(slot: number, line: ServerLine): readonly PlannedCommand[] {
  const name = serverName(slot, line);
  const up = silent(`set server ${name} health up`);
  return line.isChecked ? [up, silent(`enable health ${name}`)] : [silent(`disable health ${name}`), up];
}

/** A server can be deleted in maintenance and without requests, so those still running are cut. */
function removal(slot: number, row: ServerRow): readonly PlannedCommand[] {
  const name = serverName(slot, row);
  return [
    silent(`set server ${name} state maint`),
    silent(`shutdown sessions server ${name}`),
    { text: `del server ${name}`, expected: "Server deleted." },
  ];
}

function correction(slot: number, line: ServerLine, row: ServerRow): readonly PlannedCommand[] {
  const name = serverName(slot, line);
  const commands: PlannedCommand[] = [];
  if (line.maxConcurrency !== row.maxConcurrency) {
    commands.push(silent(`set maxconn server ${name} ${line.maxConcurrency}`));
  }
  if (line.isDraining !== row.isDraining)
    commands.push(silent(`set server ${name} weight ${line.isDraining ? 0 : 1}`));
  // A check that was on its way when checks were turned off may still have taken the server down.
  const isWronglyDown = !line.isChecked && row.health === "down";
  const hasOtherCheck = row.isInMaintenance || line.isChecked !== row.isChecked;
  if (hasOtherCheck || isWronglyDown) commands.push(...checking(slot, line));
  if (row.isInMaintenance) commands.push(silent(`set server ${name} state ready`));
  return commands;
}

function silent(text: string): PlannedCommand {
  return { text, expected: "" };
}

/** Whether a reply is the expected one. Commands without a reply print nothing but errors. */
export function isExpected(command: PlannedCommand, reply: string): boolean {
  return command.expected === "" ? reply.trim() === "" : reply.startsWith(command.expected);
}
