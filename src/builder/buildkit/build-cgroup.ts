/**
 * Memory, processor and process limits of builds. BuildKit in the Docker Engine takes none of its own, so they are set on
 * the cgroups its commands run in:
 *
 * - driver cgroupfs: all below `<parent>/buildkit`, one limit for all builds together, set before the first;
 * - driver systemd: BuildKit's runc knows no systemd and makes a cgroup named `system.slice:docker:<id>` at the root for
 *   each command. Those are found while a build runs and get the limits one by one, a fraction of a second late.
 *
 * The limits stay when a build ends: another installation may be building on the same engine.
 */
import { access, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface CgroupLimits {
  /** Memory and swap together. */
  readonly memoryBytes: number;
  /** Null: no quota, only less weight than instances have. */
  readonly cpuCount: number | null;
  readonly pids: number;
}

export interface CgroupOfEngine {
  readonly version: "1" | "2";
  readonly driver: string;
  /** The engine's `--cgroup-parent`. */
  readonly parent: string;
  /** Where cgroups are mounted. */
  readonly root: string;
}

const PERIOD_US = 100_000;
/** Containers have 1024 (v1) and about 39 of 100 (v2): instances that serve go first. */
const SHARES = 512;
const WEIGHT = 20;
const CONTROLLERS = ["memory", "cpu", "pids"] as const;
const SYSTEMD_LEAF = /^[\w.-]+:docker:[0-9a-z]{10,}$/;

type Values = readonly (readonly [controller: string, file: string, value: string])[];

/** What the memory controller counted when a build began. */
export interface MemoryMark {
  readonly killed: number | null;
}

export class BuildCgroup {
  readonly #engine: CgroupOfEngine;
  readonly #limits: CgroupLimits;
  /** Cgroups that have their limits. */
  readonly #limited = new Set<string>();

  constructor(engine: CgroupOfEngine, limits: CgroupLimits) {
    this.#engine = engine;
    this.#limits = limits;
  }

  /** Sets the limits before a build. Throws what the file system says: no rights, no such controller. */
  async prepare(): Promise<void> {
    if (this.#isSystemd) return;
    await this.#create();
    await this.#limit(this.#parentPath);
  }

  /** Limits whatever commands of builds have got a cgroup of their own since. Repeated while a build runs. */
  async limitNew(): Promise<void> {
    if (!this.#isSystemd) return;
    for (const name of await readdir(this.#memoryRoot)) {
      if (!SYSTEMD_LEAF.test(name) || this.#limited.has(name)) continue;
      if (
        await this.#limit(name).then(
          () => true,
          () => false,
        )
      )
        this.#limited.add(name);
    }
  }

  async mark(): Promise<MemoryMark> {
    if (this.#isSystemd) return { killed: null };
    // v1 counts a killed process only in its own cgroup, which is gone with it; the highest use tells more.
    if (this.#engine.version === "1") {
      await writeFile(this.#file("memory", "memory.max_usage_in_bytes"), "0").catch(() => undefined);
      return { killed: null };
    }
    return { killed: await this.#killedCount() };
  }

  /** Null: this machine does not count them. */
  async hasKilledSince(mark: MemoryMark): Promise<boolean | null> {
    if (mark.killed === null) return null;
    const now = await this.#killedCount();
    return now === null ? null : now > mark.killed;
  }

  /** True also where it cannot be known: being killed must then be sign enough. */
  async hasMetLimit(): Promise<boolean> {
    if (this.#isSystemd || this.#engine.version === "2") return true;
    const highest = await this.#read("memory", "memory.max_usage_in_bytes");
    return highest === null || Number(highest) >= this.#limits.memoryBytes * 0.98;
  }

  get #isSystemd(): boolean {
    return this.#engine.driver === "systemd";
  }

  get #parentPath(): string {
    return join(this.#engine.parent, "buildkit");
  }

  get #memoryRoot(): string {
    return this.#engine.version === "1" ? join(this.#engine.root, "memory") : this.#engine.root;
  }

  async #create(): Promise<void> {
    if (this.#engine.version === "1") {
      for (const controller of CONTROLLERS)
        await mkdir(join(this.#engine.root, controller, this.#parentPath), { recursive: true });
      return;
    }
    // On v2 each directory above must hand the controllers down.
    await mkdir(join(this.#engine.root, this.#parentPath), { recursive: true });
    const steps = this.#parentPath.split("/").filter((step) => step !== "");
    for (let depth = 0; depth < steps.length; depth++) {
      const file = join(this.#engine.root, ...steps.slice(0, depth), "cgroup.subtree_control");
      await writeFile(file, CONTROLLERS.map((controller) => `+${controller}`).join(" "));
    }
  }

  async #limit(path: string): Promise<void> {
    const { version } = this.#engine;
    for (const [controller, file, value] of version === "1"
      ? valuesV1(this.#limits)
      : valuesV2(this.#limits)) {
      await this.#write(path, controller, file, value);
    }
  }

  async #write(path: string, controller: string, file: string, value: string): Promise<void> {
    const absolute =
      this.#engine.version === "1"
        ? join(this.#engine.root, controller, path, file)
        : join(this.#engine.root, path, file);
    // Kernels without accounting of swap have no file for it.
    if (file.includes("sw") && !(await exists(absolute))) return;
    await writeFile(absolute, value);
  }

  async #killedCount(): Promise<number | null> {
    const events = await this.#read("memory", "memory.events");
    const count = /^oom_kill (\d+)$/m.exec(events ?? "")?.[1];
    return count === undefined ? null : Number(count);
  }

  async #read(controller: string, file: string): Promise<string | null> {
    return await readFile(this.#file(controller, file), "utf8").catch(() => null);
  }

  #file(controller: string, file: string): string {
    const { root, version } = this.#engine;
    return version === "1"
      ? join(root, controller, this.#parentPath, file)
      : join(root, this.#parentPath, file);
  }
}

/** Memory without swap may never be above memory with it, so it is lowered out of the way first. */
function valuesV1({ memoryBytes, cpuCount, pids }: CgroupLimits): Values {
  const quota = cpuCount === null ? -1 : Math.round(cpuCount * PERIOD_US);
  return [
    ["memory", "memory.memsw.limit_in_bytes", "-1"],
    ["memory", "memory.limit_in_bytes", String(memoryBytes)],
    ["memory", "memory.memsw.limit_in_bytes", String(memoryBytes)],
    ["cpu", "cpu.shares", String(SHARES)],
    ["cpu", "cpu.cfs_period_us", String(PERIOD_US)],
    ["cpu", "cpu.cfs_quota_us", String(quota)],
    ["pids", "pids.max", String(pids)],
  ];
}

function valuesV2({ memoryBytes, cpuCount, pids }: CgroupLimits): Values {
  const quota = cpuCount === null ? "max" : String(Math.round(cpuCount * PERIOD_US));
  return [
    ["memory", "memory.max", String(memoryBytes)],
    ["memory", "memory.swap.max", "0"],
    ["cpu", "cpu.weight", String(WEIGHT)],
    ["cpu", "cpu.max", `${quota} ${PERIOD_US}`],
    ["pids", "pids.max", String(pids)],
  ];
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
