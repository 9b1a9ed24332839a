/**
 * The doctor: looks at everything Slipway stands on and says, for each thing that is wrong, what to do.
 * Works with and without a running control plane; changes nothing.
 */
import { lookup } from "node:dns/promises";
import { access, constants, readFile, stat, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { edgeLayout } from "../edge/layout.ts";
import { findHaproxy } from "../edge/supervisor.ts";
import {
  type DoctorCheck,
  engineGet,
  failed,
  FREE_WARNING_BYTES,
  GIB,
  isOlder,
  type NamedCheck,
  ok,
  outputOf,
  runChecks,
  warning,
} from "./doctor-check.ts";
import { checkIsolation } from "./doctor-isolation.ts";
import { sourceChecks } from "./doctor-source.ts";
import { checkTraces } from "./doctor-traces.ts";
import { checkMasterKey } from "./doctor-vault.ts";
import type { Settings } from "./settings.ts";
import { PID_FILE, statePath } from "./state-directory.ts";

/** What a running control plane knows and a stand-alone doctor cannot see. */
export interface LiveFacts {
  /** The latest time the database has seen, epoch milliseconds. */
  readonly newestRecordMs: number;
}

const FREE_FAILED_BYTES = 0.5 * GIB;
const FREE_INODES_FAILED = 10_000;
/** The oldest engine and proxy Slipway was tried with: those of Debian 12. */
const ENGINE_API_MINIMUM = "1.41";
const PROXY_MINIMUM = "2.6";

/** `traced`: asked for the names of services that have tracing switched on. */
export function doctorChecks(
  settings: Settings,
  live: LiveFacts | null,
  traced: () => Promise<readonly string[]> = () => Promise.resolve([]),
): readonly NamedCheck[] {
  const traces = ["traces", async () => checkTraces(settings, await traced())] as const;
  const isolation = ["isolation", () => checkIsolation(settings)] as const;
  return [...essentialChecks(settings, live), isolation, ...sourceChecks(settings), traces];
}

/** What must be right before Slipway is started. */
export async function runEssentialChecks(settings: Settings): Promise<readonly DoctorCheck[]> {
  return await runChecks(essentialChecks(settings, null));
}

function essentialChecks(settings: Settings, live: LiveFacts | null): readonly NamedCheck[] {
  return [
    ["engine", () => checkEngine(settings)],
    ["firewall", () => checkFirewall()],
    ["proxy", () => checkProxy(settings)],
    ["api-port", () => checkPort(settings, apiPortOf(settings))],
    ["edge-port", () => checkPort(settings, edgePortOf(settings))],
    ["edge-https-port", () => checkPort(settings, edgeHttpsPortOf(settings))],
    ["setting-files", () => checkSettingFiles(settings)],
    ["disk", () => checkDisk(settings)],
    ["master-key", async () => checkMasterKey(settings, await isServing(settings))],
    ["name-resolution", () => checkNames(settings)],
    ["clock", () => checkClock(live)],
  ];
}

/** A control plane that cannot read one of them does not start. */
async function checkSettingFiles({
  acmeCaFile,
  acmeEabKeyFile,
  otlpHeadersFile,
  vaultCaFile,
  vaultTokenFile,
  vaultSecretIdFile,
  registries,
}: Settings): Promise<DoctorCheck> {
  const name = "setting-files";
  const files = [
    ["acmeCaFile", acmeCaFile],
    ["acmeEabKeyFile", acmeEabKeyFile],
    ["otlpHeadersFile", otlpHeadersFile],
    ["vaultCaFile", vaultCaFile],
    ["vaultTokenFile", vaultTokenFile],
    ["vaultSecretIdFile", vaultSecretIdFile],
    ...registries.map(({ host, passwordFile }) => [`registries (${host})`, passwordFile] as const),
  ] as const;
  for (const [setting, path] of files) {
    const problem = path === undefined ? null : await access(path, constants.R_OK).then(() => null, String);
    if (problem !== null) {
      return failed(
        name,
        `Setting ${setting}: ${path} cannot be read`,
        "Name a file that this user may read.",
      );
    }
  }
  return ok(name, "those that settings name can be read");
}

async function checkEngine({ dockerSocket }: Settings): Promise<DoctorCheck> {
  try {
    const version = (await engineGet(dockerSocket, "/version")) as { Version: string; ApiVersion: string };
    if (isOlder(version.ApiVersion, ENGINE_API_MINIMUM)) {
      return failed(
        "engine",
        `Docker ${version.Version} is too old`,
        "Upgrade to Docker Engine 20.10 or newer.",
      );
    }
    return ok("engine", `Docker ${version.Version} answers on ${dockerSocket}`);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "EACCES") {
      return failed("engine", `No permission for ${dockerSocket}`, "Run as root, or join the docker group.");
    }
    const remedy = "Start it: `systemctl start docker`, or `dockerd &` where there is no systemd.";
    return failed("engine", `No engine answers on ${dockerSocket} (${code ?? String(error)})`, remedy);
  }
}

async function checkFirewall(): Promise<DoctorCheck> {
  const command = process.getuid?.() === 0 ? ["iptables"] : ["sudo", "-n", "iptables"];
  const [program = "", ...rest] = command;
  try {
    await outputOf(program, [...rest, "-n", "-L", "INPUT"]);
    return ok("firewall", "iptables can be used: instances are kept from the host and private networks");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const remedy = isMissing
      ? "Install it: `apt-get install iptables`."
      : "Run `slipway up` as root or with sudo.";
    return failed("firewall", isMissing ? "iptables is not installed" : "iptables may not be used", remedy);
  }
}

async function checkProxy({ haproxyPath }: Settings): Promise<DoctorCheck> {
  try {
    const version = /version ([\d.]+)/.exec(await outputOf(haproxyPath, ["-v"]))?.[1] ?? "unknown";
    if (isOlder(version, PROXY_MINIMUM)) {
      return failed("proxy", `HAProxy ${version} is too old`, `Install HAProxy ${PROXY_MINIMUM} or newer.`);
    }
    return ok("proxy", `HAProxy ${version}`);
  } catch {
    return failed("proxy", `${haproxyPath} cannot be run`, "Install it: `apt-get install haproxy`.");
  }
}

interface Listener {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The setting that moves it elsewhere. */
  readonly variable: string;
  /** Whether what holds the port may be our own. */
  readonly isHeldByUs: (settings: Settings) => Promise<boolean>;
}

const apiPortOf = ({ apiHost, apiPort }: Settings): Listener => ({
  name: "api-port",
  host: apiHost,
  port: apiPort,
  variable: "SLIPWAY_API_PORT",
  isHeldByUs: isServing,
});

const edgePortOf = ({ edgeHost, edgePort }: Settings): Listener => ({
  name: "edge-port",
  host: edgeHost,
  port: edgePort,
  variable: "SLIPWAY_EDGE_PORT",
  isHeldByUs: isEdgeRunning,
});

const edgeHttpsPortOf = ({ edgeHost, edgeHttpsPort }: Settings): Listener => ({
  name: "edge-https-port",
  host: edgeHost,
  port: edgeHttpsPort,
  variable: "SLIPWAY_EDGE_HTTPS_PORT",
  isHeldByUs: isEdgeRunning,
});

async function checkPort(settings: Settings, listener: Listener): Promise<DoctorCheck> {
  const { name, host, port, variable, isHeldByUs } = listener;
  if (await isFree(host, port)) return ok(name, `${port} is free`);
  if (await isHeldByUs(settings)) return ok(name, `${port} is in use by Slipway`);
  return failed(
    name,
    `${port} is in use by another program`,
    `End it, or choose another port with ${variable}.`,
  );
}

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen({ port, ...(host !== "*" && { host }) }, () => probe.close(() => resolve(true)));
  });
}

/** The edge outlives the control plane, and keeps its port. */
async function isEdgeRunning({ stateDirectory }: Settings): Promise<boolean> {
  return (await findHaproxy(edgeLayout(statePath(stateDirectory, "edge")))) !== null;
}

/** A live control plane holds the API's port. */
async function isServing({ stateDirectory }: Settings): Promise<boolean> {
  try {
    const pid = Number(await readFile(statePath(stateDirectory, PID_FILE), "utf8"));
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function checkDisk({ stateDirectory }: Settings): Promise<DoctorCheck> {
  const path = await nearestExisting(stateDirectory);
  const disk = await statfs(path);
  const freeBytes = disk.bavail * disk.bsize;
  const free = `${(freeBytes / GIB).toFixed(1)} GiB free at ${path}`;
  const remedy = "Free some space: `docker system df` shows what containers and images use.";
  // Some file systems (btrfs, overlay on some hosts) report no inodes at all.
  const hasFewInodes = disk.files > 0 && disk.ffree < FREE_INODES_FAILED;
  if (freeBytes < FREE_FAILED_BYTES) return failed("disk", free, remedy);
  if (hasFewInodes) return failed("disk", `${disk.ffree} inodes free at ${path}`, remedy);
  if (freeBytes < FREE_WARNING_BYTES) return warning("disk", free, remedy);
  await access(path, constants.W_OK);
  return ok("disk", free);
}

async function nearestExisting(path: string): Promise<string> {
  for (let candidate = path; ; candidate = candidate.slice(0, candidate.lastIndexOf("/")) || "/") {
    const found = await stat(candidate).catch(() => null);
    if (found !== null || candidate === "/") return candidate;
  }
}

async function checkNames({ baseDomain, region, edgePort }: Settings): Promise<DoctorCheck> {
  const host = `doctor.${region}.${baseDomain}`;
  try {
    const { address } = await lookup(host);
    return ok("name-resolution", `${host} is ${address}`);
  } catch {
    if (baseDomain.endsWith(".localhost")) {
      const remedy = `Browsers and curl know these names by themselves; for others: curl --resolve NAME:${edgePort}:127.0.0.1, or install libnss-myhostname.`;
      return warning("name-resolution", `This machine's resolver does not know ${host}`, remedy);
    }
    const remedy = `Add a DNS record for *.${region}.${baseDomain} that points to this machine.`;
    return failed("name-resolution", `${host} cannot be resolved`, remedy);
  }
}

/** Signatures carry the time: clients and control plane may differ by five minutes at most. */
const RELEASED_MS = Date.UTC(2026, 0, 1);

async function checkClock(live: LiveFacts | null): Promise<DoctorCheck> {
  const nowMs = Date.now();
  const remedy = "Set the clock, and keep it set: `apt-get install systemd-timesyncd` or chrony.";
  if (nowMs < RELEASED_MS) return failed("clock", `It says ${new Date(nowMs).toISOString()}`, remedy);
  if (live !== null && live.newestRecordMs > nowMs + 1000) {
    return failed(
      "clock",
      `It went back: records are from ${new Date(live.newestRecordMs).toISOString()}`,
      remedy,
    );
  }
  return ok("clock", new Date(nowMs).toISOString());
}
