/** Starts, finds and ends the supervisor process. It is told apart from a reused process id by its command line. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { FIRST_LISTENER_FD, type InsideListener } from "./base-settings.ts";
import type { ClientSettings } from "./client-rules.ts";
import type { GateLimits } from "./gate-limits.ts";
import { type EdgeLayout, edgeLayout } from "./layout.ts";
import { RELEASE_COMMAND } from "./load-script.ts";
import { describePortHolder } from "./port-holder.ts";
import { runCommand, unavailable } from "./runtime-socket.ts";
import { parseProcesses } from "./statistics.ts";

export interface SupervisorSettings {
  readonly layout: EdgeLayout;
  readonly haproxyPath: string;
  readonly addresses: readonly string[];
  readonly ports: EdgePorts;
}

export interface EdgePorts {
  readonly http: number;
  readonly https: number;
}

/** How HAProxy is to run under it. */
export interface EdgeSettings extends SupervisorSettings {
  readonly gate: GateLimits;
  readonly clients: ClientSettings;
  /** HAProxy binds them itself. */
  readonly inside: readonly InsideListener[];
}

const POLL_MS = 10;
const RELEASE_DEADLINE_MS = 1_000;
const CANNOT_BIND = 98;

/** Starts a supervisor; `settled` becomes an error if it leaves at once. The process belongs to nobody afterwards. */
export async function startSupervisor(
  settings: SupervisorSettings,
): Promise<{ readonly failure: Promise<Error | null> }> {
  const { layout } = settings;
  const output = await open(layout.output, "a", 0o600);
  try {
    const child = spawn("perl", supervisorArguments(settings), {
      cwd: "/",
      detached: true,
      // Nothing of the control plane's environment (secrets) goes along.
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C" },
      stdio: ["ignore", output.fd, output.fd],
    });
    child.unref();
    const ended = once(child, "exit").then(([status]) => status as number | null);
    return { failure: ended.then((status) => explainExit(settings, status)).catch(explainSpawn) };
  } finally {
    await output.close();
  }
}

function supervisorArguments(settings: SupervisorSettings): readonly string[] {
  const { layout, haproxyPath, addresses, ports } = settings;
  const haproxy = [haproxyPath, "-W", "-S", `${layout.masterSocket},mode,600`];
  const files = ["-f", layout.baseConfig, "-f", layout.slotDirectory];
  const own = [
    layout.supervisorScript,
    layout.runDirectory,
    String(FIRST_LISTENER_FD),
    portList(ports),
    addresses.join(","),
  ];
  return [...own, ...haproxy, ...files];
}

/** The order of the listening sockets: all addresses of the first port, then all of the second. */
function portList({ http, https }: EdgePorts): string {
  return `${http},${https}`;
}

/** Exit 0 is another supervisor that was faster: no failure. */
async function explainExit(settings: SupervisorSettings, status: number | null): Promise<Error | null> {
  if (status === 0) return null;
  const last = await lastLine(settings.layout.output);
  if (status !== CANNOT_BIND) return unavailable(`the supervisor left with status ${status}: ${last}`);
  return unavailable(`${last.replace(/^\S+ supervisor: /, "")}. ${await remedyOf(last)}`);
}

async function remedyOf(problem: string): Promise<string> {
  if (problem.includes("Permission denied")) {
    return "Use a port from 1024 on, run as root, or lower net.ipv4.ip_unprivileged_port_start";
  }
  const port = /port (\d+)/.exec(problem)?.[1];
  const holder = await describePortHolder(Number(port));
  return `${holder === null ? "Another process has it" : `${holder} has it`}. End that process or configure another port`;
}

function explainSpawn(error: unknown): Error {
  return unavailable(`perl cannot be started (${String(error)}); install perl-base`, error);
}

async function lastLine(path: string): Promise<string> {
  const text = await readFile(path, "utf8").catch(() => "");
  return text.trimEnd().split("\n").at(-1) ?? "";
}

/** The running supervisor's process id; null when there is none. */
export async function findSupervisor(layout: EdgeLayout): Promise<number | null> {
  const pid = await readPid(layout.supervisorPid);
  if (pid === null) return null;
  return (await commandLineOf(pid)).startsWith(supervisorName(layout)) ? pid : null;
}

/** Whether it listens where these settings say. */
export async function isCurrent(
  pid: number,
  { layout, ports, addresses }: Pick<SupervisorSettings, "layout" | "addresses" | "ports">,
): Promise<boolean> {
  const wanted = `${supervisorName(layout)}${FIRST_LISTENER_FD} ${portList(ports)} ${addresses.join(",")}`;
  return (await commandLineOf(pid)).trimEnd() === wanted;
}

function supervisorName({ runDirectory }: EdgeLayout): string {
  return `slipway-edge-supervisor ${runDirectory} `;
}

/** The HAProxy master, also one that lost its supervisor. */
export async function findHaproxy(layout: EdgeLayout): Promise<number | null> {
  const pid = await readPid(layout.haproxyPid);
  if (pid === null) return null;
  return (await commandLineOf(pid)).includes(layout.masterSocket) ? pid : null;
}

/**
 * Ends the edge (`slipway down`): no new connections from now on, requests in flight get `drainMs` to end, the rest is
 * cut. Works without the control plane, and when the supervisor is gone. Returns once no process is left.
 */
export async function stopEdge(options: {
  readonly stateDirectory: string;
  readonly drainMs: number;
}): Promise<void> {
  const layout = edgeLayout(options.stateDirectory);
  await releaseOldWorkers(layout);
  if (await endWithin(layout, "soft", options.drainMs)) return;
  if (await endWithin(layout, "now", 5_000)) return;
  throw unavailable(`its process ${String((await edgeProcess(layout))?.pid)} does not end`);
}

/** Those that are kept until somebody has read their last lines would be waited for, and nobody will come. */
async function releaseOldWorkers({ masterSocket }: EdgeLayout): Promise<void> {
  const signal = AbortSignal.timeout(RELEASE_DEADLINE_MS);
  try {
    const { oldWorkers } = parseProcesses(await runCommand(masterSocket, "show proc", signal));
    const commands = oldWorkers.map((worker) => `@!${worker} ${RELEASE_COMMAND}`);
    if (commands.length > 0) await runCommand(masterSocket, commands.join(";"), signal);
  } catch {
    // An HAProxy that does not answer is cut when the time is up.
  }
}

interface EdgeProcess {
  readonly pid: number;
  readonly isSupervisor: boolean;
}

/** Whom to tell: the supervisor, or an HAProxy that lost it. */
async function edgeProcess(layout: EdgeLayout): Promise<EdgeProcess | null> {
  const supervisor = await findSupervisor(layout);
  if (supervisor !== null) return { pid: supervisor, isSupervisor: true };
  const haproxy = await findHaproxy(layout);
  return haproxy === null ? null : { pid: haproxy, isSupervisor: false };
}

/** Tells whoever is there, once, until nobody is. */
async function endWithin(layout: EdgeLayout, how: "soft" | "now", deadlineMs: number): Promise<boolean> {
  const told = new Set<number>();
  const isOver = async (): Promise<boolean> => {
    const found = await edgeProcess(layout);
    if (found === null) return (await Promise.all([...told].map(hasEnded))).every(Boolean);
    if (!told.has(found.pid)) tell(found, how);
    told.add(found.pid);
    return false;
  };
  return waitUntil(isOver, deadlineMs);
}

function tell({ pid, isSupervisor }: EdgeProcess, how: "soft" | "now"): void {
  const softly = isSupervisor ? "SIGTERM" : "SIGUSR1";
  const atOnce = isSupervisor ? "SIGINT" : "SIGTERM";
  try {
    process.kill(pid, how === "soft" ? softly : atOnce);
  } catch {
    // It ended in between.
  }
}

/** A process loses its command line a moment before its sockets; as a zombie it has neither. */
export async function hasEnded(pid: number): Promise<boolean> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return stat === "" || /\) [ZX] /.test(stat);
}

/** Polls; true once the condition holds, false at the deadline. */
export async function waitUntil(
  condition: () => Promise<boolean>,
  deadlineMs: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const deadline = performance.now() + deadlineMs;
  while (!(await condition())) {
    signal?.throwIfAborted();
    if (performance.now() > deadline) return false;
    await delay(POLL_MS);
  }
  return true;
}

async function readPid(path: string): Promise<number | null> {
  const text = await readFile(path, "utf8").catch(() => "");
  return /^\d+\n$/.test(text) ? Number(text) : null;
}

/** Empty for a process that is gone or a zombie. */
async function commandLineOf(pid: number): Promise<string> {
  const text = await readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");
  return text.replaceAll("\0", " ");
}
