/**
 * Where the kernel keeps what a container's processes may do and have used, and in which words: cgroup v1 and v2. Pure;
 * `cgroup.ts` reads and writes.
 */

/** The engine sets this period; a quota is microseconds in each of them. */
export const PERIOD_US = 100_000;

export interface CgroupFiles {
  readonly freezer: {
    readonly path: string;
    readonly frozen: string;
    readonly thawed: string;
    /** Tells when all processes have come to a halt. */
    readonly statePath: string;
    readonly whenFrozen: RegExp;
  };
  readonly quota: { readonly path: string; readonly toText: (quotaUs: number) => string };
  readonly cpuUsage: { readonly path: string; readonly toMs: (text: string) => number };
  readonly memory: {
    readonly usagePath: string;
    readonly statPath: string;
    /** Files read long ago: the kernel takes their memory back whenever somebody needs it. */
    readonly inactiveFile: RegExp;
  };
}

const NS_PER_MS = 1_000_000;
const US_PER_MS = 1_000;

/**
 * The files of a container, from `/proc/<pid>/cgroup` of its first process. Null when that process is not, or no longer,
 * in a cgroup named after the container: process ids are given out again, ids of containers are not.
 */
export function cgroupFiles(procCgroup: string, containerId: string, root: string): CgroupFiles | null {
  const paths = new Map<string, string>();
  for (const line of procCgroup.split("\n")) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const own = pathOfContainer(path, containerId);
    if (own !== null) for (const controller of controllers.split(",")) paths.set(controller, own);
  }
  const [cpu, cpuacct, memory, freezer] = ["cpu", "cpuacct", "memory", "freezer"].map((controller) => {
    const path = paths.get(controller);
    return path === undefined ? undefined : `${root}/${controller}${path}`;
  });
  if (cpu !== undefined && cpuacct !== undefined && memory !== undefined && freezer !== undefined) {
    return filesV1({ cpu, cpuacct, memory, freezer });
  }
  const unified = paths.get("");
  // A machine with v1 has the unified hierarchy beside it, with no controllers in it.
  return unified === undefined || paths.size > 1 ? null : filesV2(`${root}${unified}`);
}

/** The path as far as the container's own directory: its processes may be in one below (an init of their own). */
function pathOfContainer(path: string, containerId: string): string | null {
  const steps = path.split("/");
  const index = steps.findIndex((step) => step.includes(containerId));
  return index === -1 ? null : steps.slice(0, index + 1).join("/");
}

type DirectoriesV1 = Readonly<Record<"cpu" | "cpuacct" | "memory" | "freezer", string>>;

function filesV1({ cpu, cpuacct, memory, freezer }: DirectoriesV1): CgroupFiles {
  const statePath = `${freezer}/freezer.state`;
  return {
    freezer: {
      path: statePath,
      frozen: "FROZEN",
      thawed: "THAWED",
      statePath,
      whenFrozen: /^FROZEN$/m,
    },
    quota: { path: `${cpu}/cpu.cfs_quota_us`, toText: String },
    cpuUsage: { path: `${cpuacct}/cpuacct.usage`, toMs: (text) => Number(text) / NS_PER_MS },
    memory: {
      usagePath: `${memory}/memory.usage_in_bytes`,
      statPath: `${memory}/memory.stat`,
      inactiveFile: /^total_inactive_file (\d+)$/m,
    },
  };
}

function filesV2(directory: string): CgroupFiles {
  return {
    freezer: {
      path: `${directory}/cgroup.freeze`,
      frozen: "1",
      thawed: "0",
      statePath: `${directory}/cgroup.events`,
      whenFrozen: /^frozen 1$/m,
    },
    quota: { path: `${directory}/cpu.max`, toText: (quotaUs) => `${quotaUs} ${PERIOD_US}` },
    cpuUsage: {
      path: `${directory}/cpu.stat`,
      toMs: (text) => Number(/^usage_usec (\d+)$/m.exec(text)?.[1]) / US_PER_MS,
    },
    memory: {
      usagePath: `${directory}/memory.current`,
      statPath: `${directory}/memory.stat`,
      inactiveFile: /^inactive_file (\d+)$/m,
    },
  };
}
