/**
 * What one instance has taken of the disk, in blocks: a sparse file takes what was written into it, room that was reserved
 * beyond a file's end is taken, and so is a deleted file as long as a process has it open. The engine itself adds up the
 * lengths of files, which misses both; its answer has to do where this process may not look (root), or the engine keeps
 * its files another way.
 */
import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import type { ContainerInspectInfo } from "dockerode";
import { cgroupFiles } from "./cgroup-files.ts";
import type { EngineContext } from "./context.ts";
import { asRoot } from "./run-as-root.ts";

/** To add up a million small files takes some 20 s. */
const MEASURE_MS = 120_000;
/** Processes with tens of thousands of open files each are looked at as far as this goes. */
const OPEN_FILES_MS = 10_000;
const CGROUP_ROOT = "/sys/fs/cgroup";
const BLOCK_BYTES = 512;
const OUTPUT_MAX_BYTES = 4 * 1_024 * 1_024;

/** As engines answer; the types know another one. `GraphDriver` is not of each kind of storage. */
type Inspected = Omit<ContainerInspectInfo, "GraphDriver"> & {
  readonly GraphDriver?: { readonly Data?: { readonly UpperDir?: string } | null };
  readonly SizeRw?: number;
};

/**
 * Of the running container with this name: its own files, the volumes that its image asked for, and the files that the
 * engine mounts, which root in an instance may write.
 */
export async function takenBytes(
  { client }: Pick<EngineContext, "client">,
  { name, dataDirectory }: { readonly name: string; readonly dataDirectory: string },
  signal: AbortSignal,
): Promise<number> {
  const inspect = async (size: boolean) =>
    // The types know neither the question nor its answer.
    (await client.call(
      signal,
      (docker) => docker.getContainer(name).inspect({ size } as object),
      MEASURE_MS,
    )) as Inspected;
  const info = await inspect(false);
  const mounted = [
    ...info.Mounts.filter(({ Type }) => Type === "volume").map(({ Source }) => Source),
    ...[info.HostsPath, info.HostnamePath, info.ResolvConfPath].map((path) => path ?? ""),
  ];
  const own = info.GraphDriver?.Data?.UpperDir ?? "";
  const seen = await bytesIn(
    [own, ...mounted].filter((path) => path !== ""),
    signal,
  );
  const unseen = seen.has(own) ? 0 : ((await inspect(true)).SizeRw ?? 0);
  const named = [...seen.values()].reduce((sum, bytes) => sum + bytes, unseen);
  return named + (await deletedBytes(info, dataDirectory, signal));
}

/** By path, of those that can be seen. What vanishes meanwhile is no failure. */
async function bytesIn(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, number>> {
  if (paths.length === 0) return new Map();
  const stdout = await printed("du", ["-s", "-B1", "--", ...paths], { deadlineMs: MEASURE_MS, signal });
  const lines = stdout.matchAll(/^(\d+)\t(.+)$/gm);
  return new Map(Array.from(lines, ([, size, path = ""]) => [path, Number(size)]));
}

/** Held open and nowhere in a directory. Files in memory have no name either, but are on no disk. */
async function deletedBytes(
  { Id, State }: Inspected,
  dataDirectory: string,
  signal: AbortSignal,
): Promise<number> {
  const root = `/proc/${State.Pid}/root`;
  const open = (await processesOf(Id, State.Pid)).map((pid) => `/proc/${pid}/fd`);
  const tests = ["-path", root, "-printf", "disk %D\\n", "-prune", "-o"];
  const files = ["-type", "f", "-links", "0", "-printf", "%D:%i %b\\n"];
  const argv = ["-L", root, ...open, "-maxdepth", "1", ...tests, ...files];
  const stdout = await printed("find", argv, { deadlineMs: OPEN_FILES_MS, signal });
  const volumeDisk = (await stat(dataDirectory).catch(() => null))?.dev;
  const disks = new Set([...stdout.matchAll(/^disk (\d+)$/gm)].map(([, disk]) => disk));
  const blocks = new Map(
    [...stdout.matchAll(/^((\d+):\d+) (\d+)$/gm)].flatMap(([, file, disk, count]) =>
      disks.has(disk) || Number(disk) === volumeDisk ? [[file, Number(count)] as const] : [],
    ),
  );
  return [...blocks.values()].reduce((sum, count) => sum + count, 0) * BLOCK_BYTES;
}

/** Of the container; none when it has just ended. */
async function processesOf(containerId: string, pid: number): Promise<readonly string[]> {
  const text = await readFile(`/proc/${pid}/cgroup`, "utf8").catch(() => "");
  const files = cgroupFiles(text, containerId, CGROUP_ROOT);
  if (files === null) return [];
  const listed = await readFile(`${dirname(files.freezer.path)}/cgroup.procs`, "utf8").catch(() => "");
  return listed.split("\n").filter((line) => line !== "");
}

/** As far as it came: what vanishes meanwhile, time and length end it early. */
async function printed(
  program: string,
  args: readonly string[],
  { deadlineMs, signal }: { readonly deadlineMs: number; readonly signal: AbortSignal },
): Promise<string> {
  const [file, argv] = asRoot(program, args);
  const limits = { timeout: deadlineMs, maxBuffer: OUTPUT_MAX_BYTES, signal };
  const stdout = await new Promise<string>((resolve) => {
    execFile(file, argv, limits, (_error, text) => resolve(text));
  });
  signal.throwIfAborted();
  return stdout;
}
