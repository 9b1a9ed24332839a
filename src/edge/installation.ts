/** Makes HAProxy run with our configuration: files, supervisor, start, reload. */
import { chmod, mkdir, readFile, rename, truncate } from "node:fs/promises";
import { renderBaseConfig } from "./base-config.ts";
import { type BaseSettings, maxConnections, workerPath } from "./base-settings.ts";
import { fileSize, removeIfExists, writeDurably } from "./durable-file.ts";
import {
  findServing,
  hardFileLimit,
  reload,
  validate,
  waitForWorker,
  workerUser,
} from "./haproxy-process.ts";
import { limitsWithin } from "./gate-limits.ts";
import { renderGateScript } from "./gate-script.ts";
import type { EdgeLayout } from "./layout.ts";
import { clearReloadMark, isReloadDue, markReload } from "./reload-mark.ts";
import type { Processes } from "./statistics.ts";
import { isHolding } from "./port-holder.ts";
import {
  findHaproxy,
  findSupervisor,
  type EdgeSettings,
  isCurrent,
  startSupervisor,
  stopEdge,
  type SupervisorSettings,
} from "./supervisor.ts";
import { SUPERVISOR_SCRIPT } from "./supervisor-script.ts";

const OUTPUT_MAX_BYTES = 1_048_576;
/** For requests in flight when the listening address is changed. */
const READDRESS_DRAIN_MS = 10_000;

/** Directories, and the output file kept small: HAProxy prints a line whenever a server comes or goes. */
export async function layOut(layout: EdgeLayout, stateDirectory: string): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  await mkdir(layout.runDirectory, { recursive: true });
  await chmod(layout.runDirectory, 0o711);
  if ((await fileSize(layout.output)) > OUTPUT_MAX_BYTES) await truncate(layout.output);
  await replace(layout.supervisorScript, SUPERVISOR_SCRIPT);
}

/** Installs the base configuration and its script if they changed, after HAProxy has found it good. */
export async function installBase(settings: EdgeSettings, signal: AbortSignal): Promise<void> {
  const { layout } = settings;
  const base = await baseSettings(settings);
  const [script, text] = [gateScript(base), renderBaseConfig(base)];
  const hasNewBase = (await read(layout.baseConfig)) !== text;
  if (hasNewBase || (await read(layout.gateScript)) !== script) await markReload(layout);
  await replace(layout.gateScript, script);
  if (!hasNewBase) return;
  const candidate = `${layout.baseConfig}.candidate`;
  await writeDurably(candidate, text);
  try {
    await check(settings, candidate, signal);
    await rename(candidate, layout.baseConfig);
  } finally {
    await removeIfExists(candidate);
  }
}

/** Throws EdgeUnavailable with HAProxy's own words when it would not start with what is installed: sooner than a start. */
export async function checkInstalled(settings: EdgeSettings, signal: AbortSignal): Promise<void> {
  await check(settings, settings.layout.baseConfig, signal);
}

async function check(settings: EdgeSettings, baseConfig: string, signal: AbortSignal): Promise<void> {
  const { haproxyPath, layout, addresses } = settings;
  const { slotDirectory } = layout;
  await validate({ haproxyPath, baseConfig, slotDirectory, listenerCount: 2 * addresses.length }, signal);
}

function gateScript(settings: BaseSettings): string {
  const { layout, gate } = settings;
  const reader = workerPath(settings, layout.arrivalSocket);
  return renderGateScript({ hostMap: layout.hostMap, reader, limits: gate });
}

async function baseSettings(settings: EdgeSettings): Promise<BaseSettings> {
  const connectionLimit = maxConnections(await hardFileLimit());
  return {
    layout: settings.layout,
    ports: settings.ports,
    addressCount: settings.addresses.length,
    maxConnections: connectionLimit,
    worker: await workerUser(),
    gate: limitsWithin(settings.gate, connectionLimit),
    inside: settings.inside,
    clients: settings.clients,
  };
}

/**
 * A supervisor with HAProxy under it, adopted or new, that has read the files. One that listens elsewhere is stopped
 * first. An HAProxy that is started just now read the new files.
 */
export async function ensureRunning(
  settings: SupervisorSettings & { readonly stateDirectory: string },
  signal: AbortSignal,
): Promise<Processes> {
  const { layout, stateDirectory } = settings;
  const found = await findSupervisor(layout);
  const isKept = found !== null && (await isCurrent(found, settings));
  const isElsewhere = found === null ? await isOrphanElsewhere(settings) : !isKept;
  if (isElsewhere) await stopEdge({ stateDirectory, drainMs: READDRESS_DRAIN_MS });
  const wasUp = (await findServing(layout, signal)) !== null;
  const failure = isKept ? wake(found) : (await startSupervisor(settings)).failure;
  const started = await waitForWorker(layout, failure, signal);
  if (!(await isReloadDue(layout))) return started;
  const processes = wasUp ? await reload(layout, signal) : started;
  await clearReloadMark(layout);
  return processes;
}

/** An HAProxy that lost its supervisor, and has other ports than wished: a new supervisor would take those over. */
async function isOrphanElsewhere({ layout, ports }: SupervisorSettings): Promise<boolean> {
  const haproxy = await findHaproxy(layout);
  if (haproxy === null) return false;
  const isThere = await Promise.all([ports.http, ports.https].map((port) => isHolding(haproxy, port)));
  return isThere.includes(false);
}

/** A supervisor that waits before the next start of a failing HAProxy need not wait now: the files may be mended. */
async function wake(pid: number): Promise<null> {
  process.kill(pid, "SIGHUP");
  return null;
}

async function replace(path: string, text: string): Promise<void> {
  if ((await read(path)) !== text) await writeDurably(path, text);
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
