/**
 * All that holds a build in bounds while it runs: cgroup, network, disk. In place before its first command, looked after
 * until its last.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { BuildError } from "../../ports/builder.ts";
import { BuildCgroup, type MemoryMark } from "./build-cgroup.ts";
import { messageOf } from "./buildkit-client.ts";
import type { BuildLimits } from "./build-limits.ts";
import { DiskGuard } from "./disk-guard.ts";
import type { EngineApi } from "./engine-api.ts";
import type { NetworkGuard } from "./network-guard.ts";

/** One thing that happened, for the log of whoever built this. */
export type Report = (event: string, details: Readonly<Record<string, unknown>>) => void;

/** A disk that takes 1 GB/s loses 300 MB between two looks: well below the reserve. */
const LOOK_EVERY_MS = 300;
const DEFAULT_CGROUP_PARENT = "docker";
const CGROUP_ROOT = "/sys/fs/cgroup";

interface EngineInfo {
  readonly CgroupDriver?: string;
  readonly CgroupVersion?: string;
  readonly DockerRootDir: string;
}

export interface GuardOptions {
  readonly engine: EngineApi;
  readonly limits: BuildLimits;
  readonly network: NetworkGuard;
  readonly report: Report;
  /** The engine's `--cgroup-parent`; `docker` unless given. */
  readonly cgroupParent?: string;
}

/** What the cgroup says after a build that failed. */
export interface MemorySigns {
  readonly hasMetMemoryLimit: boolean;
  readonly hasKilledForMemory: boolean | null;
}

export class BuildGuards {
  readonly #options: GuardOptions;
  readonly #cgroup: BuildCgroup;
  readonly #disk: DiskGuard | null;
  readonly #mark: MemoryMark;
  readonly #stop = new AbortController();
  readonly #ended = new AbortController();
  readonly #watching: Promise<void>;

  private constructor(options: GuardOptions, cgroup: BuildCgroup, disk: DiskGuard | null, mark: MemoryMark) {
    this.#options = options;
    this.#cgroup = cgroup;
    this.#disk = disk;
    this.#mark = mark;
    this.#watching = this.#watch();
  }

  /** Throws BuildError "engine" where strangers' commands could not be kept apart, "disk-full" without room. */
  static async begin(options: GuardOptions, signal: AbortSignal): Promise<BuildGuards> {
    const info = await options.engine.call<EngineInfo>(signal, "GET", "/info");
    const cgroup = cgroupOf(info, options);
    await cgroup.prepare().catch((error: unknown) => {
      options.report("build-limits-not-set", { problem: messageOf(error) });
    });
    const disk = await beginDisk(info.DockerRootDir, options);
    const mark = await cgroup.mark();
    await options.network.enter(signal);
    return new BuildGuards(options, cgroup, disk, mark);
  }

  /** Aborted, with the BuildError as its reason, when the build must end. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  stop(error: BuildError): void {
    this.#stop.abort(error);
  }

  async memorySigns(): Promise<MemorySigns> {
    return {
      hasMetMemoryLimit: await this.#cgroup.hasMetLimit(),
      hasKilledForMemory: await this.#cgroup.hasKilledSince(this.#mark),
    };
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await this.#watching;
    await this.#options.network.leave();
  }

  async #watch(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      await this.#look();
      await sleep(LOOK_EVERY_MS, undefined, { signal: this.#ended.signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    try {
      await this.#disk?.check();
      await this.#cgroup.limitNew();
      await this.#options.network.refresh(this.#ended.signal);
    } catch (error) {
      if (error instanceof BuildError) this.stop(error);
      else if (!this.#ended.signal.aborted)
        this.#options.report("build-not-watched", { problem: messageOf(error) });
    }
  }
}

function cgroupOf(info: EngineInfo, { limits, cgroupParent }: GuardOptions): BuildCgroup {
  const engine = {
    version: info.CgroupVersion === "2" ? "2" : "1",
    driver: info.CgroupDriver ?? "cgroupfs",
    parent: cgroupParent ?? DEFAULT_CGROUP_PARENT,
    root: CGROUP_ROOT,
  } as const;
  return new BuildCgroup(engine, limits);
}

/** An engine whose disk cannot be seen from here is not watched. */
async function beginDisk(directory: string, { limits, report }: GuardOptions): Promise<DiskGuard | null> {
  try {
    return await DiskGuard.begin(directory, {
      reserveBytes: limits.diskReserveBytes,
      buildBytes: limits.diskBytes,
    });
  } catch (error) {
    if (error instanceof BuildError) throw error;
    report("build-disk-not-watched", { problem: messageOf(error) });
    return null;
  }
}
