/** The running HAProxy as a whole: is it up, which workers has it, make it read its configuration again. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { FIRST_LISTENER_FD } from "./base-settings.ts";
import { isMissing } from "./durable-file.ts";
import type { EdgeLayout } from "./layout.ts";
import { runCommand, runCommands, unavailable } from "./runtime-socket.ts";
import { parseProcesses, type Processes } from "./statistics.ts";
import { waitUntil } from "./supervisor.ts";

/** 10,000 slots start in 0.3 s on an idle machine; on a busy one a second HAProxy was seen to take 3 s. */
const START_DEADLINE_MS = 15_000;

export async function readProcesses(layout: EdgeLayout, signal: AbortSignal): Promise<Processes> {
  return parseProcesses(await runCommand(layout.masterSocket, "show proc", signal));
}

/** The same, or null unless the current worker answers. The master alone is not enough: it outlives a worker a moment. */
export async function findServing(layout: EdgeLayout, signal: AbortSignal): Promise<Processes | null> {
  try {
    const processes = await readProcesses(layout, signal);
    const info = await runCommand(layout.runtimeSocket, "show info", signal);
    return processes.worker !== null && info.includes(`\nPid: ${processes.worker}\n`) ? processes : null;
  } catch {
    signal.throwIfAborted();
    return null;
  }
}

/** Waits until the current worker answers on the runtime socket. */
export async function waitForWorker(
  layout: EdgeLayout,
  failure: Promise<Error | null>,
  signal: AbortSignal,
): Promise<Processes> {
  let failed: Error | null = null;
  void failure.then((error) => (failed = error));
  let processes: Processes | null = null;
  const isUp = async (): Promise<boolean> => {
    processes = await findServing(layout, signal);
    return failed !== null || processes !== null;
  };
  await waitUntil(isUp, START_DEADLINE_MS, signal);
  if (failed !== null) throw failed;
  if (processes === null) throw unavailable(`HAProxy does not start: ${await lastAlert(layout)}`);
  return processes;
}

/**
 * A new worker from the files, beside the old one, which ends its requests. HAProxy 2.6 does not answer `reload`, so the
 * list of processes is watched. Throws EdgeUnavailable when the files do not parse; the old worker goes on then.
 */
export async function reload(layout: EdgeLayout, signal: AbortSignal): Promise<Processes> {
  const before = await readProcesses(layout, signal);
  await runCommand(layout.masterSocket, "reload", signal);
  const isDone = async (): Promise<boolean> => {
    const now = await readProcesses(layout, signal).catch(() => before);
    return now.reloads > before.reloads;
  };
  await waitUntil(isDone, START_DEADLINE_MS, signal);
  const ready = await waitForWorker(layout, Promise.resolve(null), signal);
  if (ready.failedReloads > before.failedReloads || ready.worker === before.worker) {
    throw unavailable(
      `HAProxy refused its configuration and goes on with the last good one: ${await lastAlert(layout)}`,
    );
  }
  return ready;
}

/** Throws EdgeUnavailable with HAProxy's own words when it would not start with this base configuration. */
export async function validate(options: ValidateOptions, signal: AbortSignal): Promise<void> {
  const { haproxyPath, baseConfig, slotDirectory, listenerCount } = options;
  // HAProxy looks at the sockets it would inherit, also when it only checks: any socket will do.
  const unused = Array.from({ length: FIRST_LISTENER_FD - 3 }, () => "ignore" as const);
  const listeners = Array.from({ length: listenerCount }, () => "pipe" as const);
  const child = spawn(haproxyPath, ["-c", "-f", baseConfig, "-f", slotDirectory], {
    stdio: ["ignore", "ignore", "pipe", ...unused, ...listeners],
    signal,
  });
  try {
    const printing = child.stderr === null ? "" : text(child.stderr);
    const [printed, [status]] = await Promise.all([printing, once(child, "exit")]);
    if (status !== 0) throw unavailable(`HAProxy refuses the new configuration: ${firstAlert(printed)}`);
  } catch (error) {
    signal.throwIfAborted();
    if (!isMissing(error)) throw error;
    throw unavailable(`${haproxyPath} does not exist. Install HAProxy 2.6 or later`, error);
  }
}

interface ValidateOptions {
  readonly haproxyPath: string;
  readonly baseConfig: string;
  readonly slotDirectory: string;
  readonly listenerCount: number;
}

/** What HAProxy complained about last; its output ends with lines that say nothing. */
async function lastAlert(layout: EdgeLayout): Promise<string> {
  const printed = await readFile(layout.output, "utf8").catch(() => "");
  const lines = printed.trimEnd().split("\n");
  return lines.findLast((line) => line.includes("parsing [")) ?? lines.at(-1) ?? "";
}

function firstAlert(printed: string): string {
  return printed.split("\n").find((line) => line.includes("[ALERT]")) ?? printed.slice(0, 300);
}

/** Commands to workers that a reload replaced. A worker that has ended in the meantime counts as having answered "". */
export async function askOldWorkers(
  layout: EdgeLayout,
  workers: readonly number[],
  commands: readonly string[],
  signal: AbortSignal,
): Promise<readonly string[]> {
  const replies = await Promise.all(
    workers.map(async (pid) => {
      const prefixed = commands.map((command) => `@!${pid} ${command}`);
      return (await runCommands(layout.masterSocket, prefixed, signal)).join("\n");
    }),
  );
  return replies;
}

/** The most file descriptors a process of ours may open. */
export async function hardFileLimit(): Promise<number> {
  const limits = await readFile("/proc/self/limits", "utf8");
  const match = /^Max open files\s+\S+\s+(\d+|unlimited)/m.exec(limits);
  return match === null || match[1] === "unlimited" ? 1_000_000 : Number(match[1]);
}

/** Whom workers become when root starts them. */
export async function workerUser(): Promise<{ readonly user: string; readonly group: string } | null> {
  if (process.getuid?.() !== 0) return null;
  const groups = await readFile("/etc/group", "utf8").catch(() => "");
  const has = (name: string): boolean => groups.split("\n").some((line) => line.startsWith(`${name}:`));
  if (has("haproxy")) return { user: "haproxy", group: "haproxy" };
  return { user: "nobody", group: has("nogroup") ? "nogroup" : "nobody" };
}
