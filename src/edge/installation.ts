/** Makes HAProxy run with our configuration: files, supervisor, start, reload. */
import { chmod, mkdir, readFile, rename, truncate } from "node:fs/promises";
import { type BaseSettings, maxConnections, renderBaseConfig, workerPath } from "./base-config.ts";
import { fileSize, removeIfExists, writeDurably } from "./durable-file.ts";
import {
  findServing,
  hardFileLimit,
  reload,
  validate,
  waitForWorker,
  workerUser,
} from "./haproxy-process.ts";
import { limitsWithin } from "./gate-config.ts";
import { renderGateScript } from "./gate-script.ts";
import type { EdgeLayout } from "./layout.ts";
import type { Processes } from "./statistics.ts";
import {
  findSupervisor,
  type EdgeSettings,
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

/**
 * Installs the base configuration and its script if they changed, after HAProxy has found it good. True when one of them
 * changed.
 */
export async function installBase(settings: EdgeSettings, signal: AbortSignal): Promise<boolean> {
  const { layout, haproxyPath } = settings;
  const base = await baseSettings(settings);
  const hasNewScript = await replace(layout.gateScript, gateScript(base));
  const text = renderBaseConfig(base);
  if ((await read(layout.baseConfig)) === text) return hasNewScript;
  const candidate = `${layout.baseConfig}.candidate`;
  await writeDurably(candidate, text);
  try {
    await validate(
      {
        haproxyPath,
        baseConfig: candidate,
        slotDirectory: layout.slotDirectory,
        listenerCount: settings.addresses.length,
      },
      signal,
    );
    await rename(candidate, layout.baseConfig);
  } finally {
    await removeIfExists(candidate);
  }
  return true;
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
    httpPort: settings.port,
    listenerCount: settings.addresses.length,
    maxConnections: connectionLimit,
    worker: await workerUser(),
    hasAccessLog: settings.hasAccessLog,
    gate: limitsWithin(settings.gate, connectionLimit),
  };
}

/**
 * A supervisor with HAProxy under it, adopted or new. One that listens elsewhere is stopped first. `needsReload` is
 * ignored when HAProxy is started just now: it read the new files.
 */
export async function ensureRunning(
  settings: SupervisorSettings & { readonly stateDirectory: string; readonly needsReload: boolean },
  signal: AbortSignal,
): Promise<Processes> {
  const { layout, stateDirectory, needsReload } = settings;
  const found = await findSupervisor(settings);
  if (found !== null && !found.isCurrent) await stopEdge({ stateDirectory, drainMs: READDRESS_DRAIN_MS });
  const wasUp = (await findServing(layout, signal)) !== null;
  const failure = found?.isCurrent === true ? wake(found.pid) : (await startSupervisor(settings)).failure;
  const processes = await waitForWorker(layout, failure, signal);
  return wasUp && needsReload ? reload(layout, signal) : processes;
}

/** A supervisor that waits before the next start of a failing HAProxy need not wait now: the files may be mended. */
async function wake(pid: number): Promise<null> {
  process.kill(pid, "SIGHUP");
  return null;
}

/** True when it said something else before. */
async function replace(path: string, text: string): Promise<boolean> {
  if ((await read(path)) === text) return false;
  await writeDurably(path, text);
  return true;
}

async function read(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}
