/** Starting the control plane in the background and ending it: what `slipway up` and `slipway down` do. */
import { spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, readdirSync, readlinkSync, realpathSync } from "node:fs";
import { request } from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { runEssentialChecks } from "./doctor.ts";
import {
  differencesFrom,
  readRunning,
  type RecordedSettings,
  type SettingDifference,
} from "./running-settings.ts";
import { type Settings, settingsFile, toFileText } from "./settings.ts";
import {
  CREDENTIALS_FILE,
  DATABASE_FILE,
  LOG_FILE,
  KEEPER_PID_FILE,
  PID_FILE,
  prepareStateDirectory,
  replaceFile,
  statePath,
} from "./state-directory.ts";

const START_TIMEOUT_MS = 60_000;
/** Slower applications come back while people look on. */
const SERVICES_TIMEOUT_MS = 15_000;
/** Nobody needs to be told of a shorter wait. */
const SERVICES_SOON_MS = 1_000;
const STOP_TIMEOUT_MS = 30_000;
const POLL_MS = 50;
/** What `GET /health` says while services wait for their first instances. */
const SERVICES_AWAITED = '"waitingFor":"services"';
/** Each thread of Node's pool would otherwise keep an arena of its own, and what is freed in it. */
export const HEAP_ENVIRONMENT = { MALLOC_ARENA_MAX: "1" };
/**
 * A small young generation, and the means for `memory-chore.ts`: some 50 MB less resident with 50 services. The same as in
 * `bin/slipway.js`: see there.
 */
export const HEAP_FLAGS = ["--max-semi-space-size=1", "--expose-gc"];

/** Something the person at the terminal has to do. The message is one line and names the next step. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}

export interface Started {
  readonly wasRunning: boolean;
  readonly isFirstStart: boolean;
  readonly pid: number;
  /** What the one that ran already was given otherwise. */
  readonly differences: readonly SettingDifference[];
}

/**
 * Starts `slipway serve` in the background unless it runs, restarted when it crashes. Returns when its API answers and
 * services have an instance again, or when they take long.
 */
export async function startInBackground(
  settings: Settings,
  program: string,
  report: (line: string) => void,
): Promise<Started> {
  const running = servingPid(settings);
  if (running !== null) return await joinRunning(settings, running);
  prepareStateDirectory(settings.stateDirectory);
  const isFirstStart = !existsSync(statePath(settings.stateDirectory, CREDENTIALS_FILE));
  if (!existsSync(settingsFile(settings.stateDirectory))) {
    replaceFile(settingsFile(settings.stateDirectory), toFileText(settings));
  }
  await refuseWhenSick(settings);
  // One that pauses after a crash would start a second control plane beside ours.
  endKeeper(settings);
  const logFile = statePath(settings.stateDirectory, LOG_FILE);
  const log = openSync(logFile, "a", 0o600);
  // `npx slipway` starts it by a link from elsewhere; what belongs to it lies beside the file itself.
  const file = realpathSync(program);
  const keepRunning = join(dirname(file), "keep-running");
  const child = spawn(keepRunning, [process.execPath, ...HEAP_FLAGS, file, "serve"], {
    detached: true,
    stdio: ["ignore", log, log],
    env: {
      ...process.env,
      ...HEAP_ENVIRONMENT,
      SLIPWAY_STATE_DIR: settings.stateDirectory,
      SLIPWAY_LOG_FILE: logFile,
    },
  });
  child.unref();
  replaceFile(statePath(settings.stateDirectory, KEEPER_PID_FILE), `${child.pid}\n`);
  if (child.pid === undefined)
    throw new ControlError(`The control plane could not be started: see ${logFile}.`);
  await waitUntilServing(settings, child.pid);
  await waitForServices(settings, report);
  return { wasRunning: false, isFirstStart, pid: servingPid(settings) ?? child.pid, differences: [] };
}

async function joinRunning(settings: Settings, pid: number): Promise<Started> {
  const record = readRunning(settings.stateDirectory, pid);
  // Its API listens where it was told to, whatever is said now.
  await waitUntilServing({ ...settings, ...addressOf(record) }, pid);
  const differences = record === null ? [] : differencesFrom(record, settings);
  return { wasRunning: true, isFirstStart: false, pid, differences };
}

function addressOf(record: RecordedSettings | null): Partial<Pick<Settings, "apiHost" | "apiPort">> {
  const { apiHost, apiPort } = record ?? {};
  return typeof apiHost === "string" && typeof apiPort === "number" ? { apiHost, apiPort } : {};
}

/** Ends the control plane; services go on. False when none ran. */
export async function stopControlPlane(settings: Settings): Promise<boolean> {
  endKeeper(settings);
  const pid = servingPid(settings);
  if (pid === null) return false;
  process.kill(pid, "SIGTERM");
  const deadlineMs = Date.now() + STOP_TIMEOUT_MS;
  while (isRunning(pid)) {
    if (Date.now() > deadlineMs)
      throw new ControlError(`Process ${pid} does not end. Try \`kill -9 ${pid}\`: no data is lost.`);
    await sleep(POLL_MS);
  }
  return true;
}

/** Ends what would restart the control plane; the control plane itself goes on. */
function endKeeper({ stateDirectory }: Settings): void {
  try {
    const pid = Number(readFileSync(statePath(stateDirectory, KEEPER_PID_FILE), "utf8"));
    // After a reboot the number may belong to someone else: ours was given this state directory.
    const isKeeper = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("keep-running");
    const environment = readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
    if (isKeeper && environment.includes(`SLIPWAY_STATE_DIR=${stateDirectory}`)) process.kill(pid, "SIGTERM");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ENOENT" && code !== "ESRCH") throw error;
  }
}

/** The pid of a living control plane of this state directory, or null. */
export function servingPid({ stateDirectory }: Settings): number | null {
  try {
    const pid = Number(readFileSync(statePath(stateDirectory, PID_FILE), "utf8"));
    return Number.isInteger(pid) && pid > 0 && isOurs(pid, stateDirectory) ? pid : null;
  } catch {
    return null;
  }
}

/** After a reboot the number may belong to someone else: ours has the database of this state directory open. */
function isOurs(pid: number, stateDirectory: string): boolean {
  try {
    const database = realpathSync(statePath(stateDirectory, DATABASE_FILE));
    return readdirSync(`/proc/${pid}/fd`).some((fd) => fileBehind(`/proc/${pid}/fd/${fd}`) === database);
  } catch {
    return false;
  }
}

/** One that ended but was not waited for by its parent has no command line any more. */
function isRunning(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}

function fileBehind(descriptor: string): string | null {
  try {
    return readlinkSync(descriptor);
  } catch {
    return null; // closed since it was listed
  }
}

/** Better one clear sentence now than a control plane that waits for an engine nobody starts. */
async function refuseWhenSick(settings: Settings): Promise<void> {
  const sick = (await runEssentialChecks(settings)).find(({ status }) => status === "failed");
  if (sick !== undefined) throw new ControlError(`${sick.name}: ${sick.detail}. ${sick.remedy ?? ""}`.trim());
}

async function waitUntilServing(settings: Settings, pid: number): Promise<void> {
  const logFile = statePath(settings.stateDirectory, LOG_FILE);
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    const health = await readHealth(settings);
    if (health?.status === 200) return;
    if (!isAlive(pid)) throw new ControlError(`The control plane ended while starting: see ${logFile}.`);
    if (Date.now() > deadlineMs) {
      throw new ControlError(
        `The control plane is not ready: ${health?.body ?? "its API does not answer"}. See ${logFile}.`,
      );
    }
    await sleep(POLL_MS);
  }
}

async function waitForServices(settings: Settings, report: (line: string) => void): Promise<void> {
  const startedAtMs = Date.now();
  let wasTold = false;
  while ((await readHealth(settings))?.body.includes(SERVICES_AWAITED) === true) {
    const waitedMs = Date.now() - startedAtMs;
    if (waitedMs > SERVICES_SOON_MS && !wasTold) report("Waiting for the services' first instances.");
    wasTold = waitedMs > SERVICES_SOON_MS;
    if (waitedMs > SERVICES_TIMEOUT_MS)
      return report("Some services have no instance yet. See why: `slipway status <service>`.");
    await sleep(POLL_MS);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

function readHealth({ apiHost, apiPort }: Settings): Promise<{ status: number; body: string } | null> {
  const host = apiHost === "*" ? "127.0.0.1" : apiHost;
  return new Promise((resolve) => {
    const call = request(
      { host, port: apiPort, path: "/health", signal: AbortSignal.timeout(2_000) },
      (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("error", () => resolve(null));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body: body.trim() }));
      },
    );
    call.on("error", () => resolve(null));
    call.end();
  });
}
