/**
 * The doctor's look at what services from source code need: git, the engine's BuildKit and what bounds it, the tools that
 * make base images. Without any of it services from images go on, so `slipway up` does not wait for it.
 */
import { access, constants, readFile, statfs } from "node:fs/promises";
import { join } from "node:path";
import { defaultBuildLimits } from "../builder/buildkit/build-limits.ts";
import { DEBIAN_KEYRING } from "../builder/runtimes/debian-base.ts";
import { GIT_PROGRAM_PATH } from "../sources/git/git-environment.ts";
import {
  type DoctorCheck,
  engineGet,
  failed,
  FREE_WARNING_BYTES,
  GIB,
  isInstalled,
  isOlder,
  type NamedCheck,
  ok,
  outputOf,
  warning,
} from "./doctor-check.ts";
import type { Settings } from "./settings.ts";

/** Settings come to git over its environment since this one; an older one would run without our protections. */
const GIT_MINIMUM = "2.31";
/** Connects to the addresses that were checked, whatever the name leads to by then (http.curloptResolve). */
const GIT_WANTED = "2.37";
/** Docker 18.09, the first with BuildKit. */
const BUILDKIT_API_MINIMUM = "1.39";
const CGROUP_ROOT = "/sys/fs/cgroup";
const CONTROLLERS = ["memory", "cpu", "pids"] as const;

export function sourceChecks({ dockerSocket }: Pick<Settings, "dockerSocket">): readonly NamedCheck[] {
  return [
    ["git", () => checkGit()],
    ["git-limits", () => checkGitLimits()],
    ["git-ssh", () => checkSsh()],
    ["builder", () => checkBuilder(dockerSocket)],
    ["build-limits", () => checkBuildLimits(dockerSocket)],
    ["build-disk", () => checkBuildDisk(dockerSocket)],
    ["base-images", () => checkBaseImages()],
  ];
}

export async function checkGit(path = GIT_PROGRAM_PATH): Promise<DoctorCheck> {
  const remedy = `Install git ${GIT_WANTED} or newer: \`apt-get install git\`.`;
  if (!(await isInstalled("git", path))) return failed("git", `There is no git in ${path}`, remedy);
  const version = /\d+\.\d+(?:\.\d+)*/.exec(await outputOf("git", ["--version"], path))?.[0] ?? "unknown";
  if (isOlder(version, GIT_MINIMUM)) return failed("git", `git ${version} is too old`, remedy);
  if (!isOlder(version, GIT_WANTED)) return ok("git", `git ${version}`);
  const detail = `git ${version} looks a host up again after its addresses were checked`;
  return warning("git", detail, remedy);
}

export async function checkGitLimits(path = GIT_PROGRAM_PATH): Promise<DoctorCheck> {
  if (await isInstalled("prlimit", path)) return ok("git-limits", "prlimit bounds git's memory and files");
  const remedy = "Install it: `apt-get install util-linux`.";
  return failed("git-limits", "prlimit is not installed: no source code can be fetched", remedy);
}

export async function checkSsh(path = GIT_PROGRAM_PATH): Promise<DoctorCheck> {
  if (await isInstalled("ssh", path)) return ok("git-ssh", "ssh is there for repositories with deploy keys");
  const remedy = "Install it: `apt-get install openssh-client`.";
  return warning("git-ssh", "ssh is not installed: repositories are reached over https only", remedy);
}

interface EngineVersion {
  readonly Version: string;
  readonly ApiVersion: string;
  readonly Components?: readonly { readonly Name: string }[];
}

export async function checkBuilder(socketPath: string): Promise<DoctorCheck> {
  const version = (await askEngine(socketPath, "/version")) as EngineVersion | null;
  if (version === null) return noEngine("builder");
  const remedy = "Install Docker Engine 20.10 or newer: `apt-get install docker.io`.";
  const other = version.Components?.find(({ Name }) => /podman/i.test(Name));
  if (other !== undefined) return failed("builder", `${other.Name} has no BuildKit`, remedy);
  if (isOlder(version.ApiVersion, BUILDKIT_API_MINIMUM)) {
    return failed("builder", `Docker ${version.Version} has no BuildKit`, remedy);
  }
  return ok("builder", `BuildKit of Docker ${version.Version}`);
}

interface EngineInfo {
  readonly CgroupVersion?: string;
  readonly DockerRootDir: string;
}

/** The cgroups of builds are below these directories; nothing is written. */
export async function checkBuildLimits(socketPath: string, root = CGROUP_ROOT): Promise<DoctorCheck> {
  const info = (await askEngine(socketPath, "/info")) as EngineInfo | null;
  if (info === null) return noEngine("build-limits");
  const missing = info.CgroupVersion === "2" ? await missingInV2(root) : await missingInV1(root);
  if (missing.length === 0)
    return ok("build-limits", "Memory, processor and processes of builds are limited");
  const detail = `Builds run without limits of ${missing.join(", ")}: ${root} is not writable or has no such controller`;
  return warning(
    "build-limits",
    detail,
    "Run `slipway up` as root, on the machine itself or with its cgroups.",
  );
}

async function missingInV1(root: string): Promise<readonly string[]> {
  const writable = await Promise.all(CONTROLLERS.map((controller) => isWritable(join(root, controller))));
  return CONTROLLERS.filter((_controller, index) => writable[index] === false);
}

async function missingInV2(root: string): Promise<readonly string[]> {
  if (!(await isWritable(root))) return CONTROLLERS;
  const known = await readFile(join(root, "cgroup.controllers"), "utf8").catch(() => "");
  return CONTROLLERS.filter((controller) => !known.trim().split(" ").includes(controller));
}

function isWritable(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function checkBuildDisk(socketPath: string): Promise<DoctorCheck> {
  const info = (await askEngine(socketPath, "/info")) as EngineInfo | null;
  if (info === null) return noEngine("build-disk");
  const directory = info.DockerRootDir;
  const disk = await statfs(directory).catch(() => null);
  if (disk === null) {
    const detail = `${directory} of the engine cannot be seen from here: builds may fill its disk`;
    return warning("build-disk", detail, "Run Slipway on the machine of the engine, as root.");
  }
  return judgeBuildDisk(directory, disk.bavail * disk.bsize);
}

export function judgeBuildDisk(directory: string, freeBytes: number): DoctorCheck {
  const free = `${(freeBytes / GIB).toFixed(1)} GiB free at ${directory}`;
  const reserve = `${defaultBuildLimits.diskReserveBytes / GIB} GiB`;
  const remedy =
    "Free some space: `docker system df` shows what it is used for, `docker image prune` frees some.";
  if (freeBytes < defaultBuildLimits.diskReserveBytes) {
    return failed("build-disk", `${free}: builds are refused below ${reserve}`, remedy);
  }
  if (freeBytes < FREE_WARNING_BYTES) {
    return warning("build-disk", `${free}: builds end when less than ${reserve} are left`, remedy);
  }
  return ok("build-disk", free);
}

export async function checkBaseImages(
  path = process.env["PATH"],
  keyring = DEBIAN_KEYRING,
): Promise<DoctorCheck> {
  const missing = [
    ...((await isInstalled("mmdebstrap", path)) ? [] : ["mmdebstrap"]),
    ...((await isReadable(keyring)) ? [] : ["debian-archive-keyring"]),
    ...((await isInstalled("npm", path)) ? [] : ["npm"]),
  ];
  if (missing.length === 0) return ok("base-images", "Can be made without a registry: mmdebstrap, npm");
  const detail = `Without ${missing.join(", ")} base images of runtimes are made only where a registry can be reached`;
  return warning("base-images", detail, `Install what is missing: \`apt-get install ${missing.join(" ")}\`.`);
}

function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

function askEngine(socketPath: string, path: string): Promise<unknown> {
  return engineGet(socketPath, path).catch(() => null);
}

/** The check of the engine tells more. */
function noEngine(name: string): DoctorCheck {
  return failed(name, "The engine does not answer", "Mend the engine first, then look again.");
}
