/**
 * Bounds what a build writes. BuildKit has no quota, so the free space of the engine's disk is watched: a build ends when
 * less than the reserve is left, or when more has gone since it began than a build may take. Others write to that disk
 * too; what they write meanwhile counts as the build's.
 */
import { statfs } from "node:fs/promises";
import { BuildError } from "../../ports/builder.ts";

export interface DiskLimits {
  /** Never less than this is left. */
  readonly reserveBytes: number;
  /** What one build may take. */
  readonly buildBytes: number;
}

const MIB = 1_024 ** 2;

export class DiskGuard {
  readonly #directory: string;
  readonly #limits: DiskLimits;
  readonly #freeAtStart: number;

  private constructor(directory: string, limits: DiskLimits, freeAtStart: number) {
    this.#directory = directory;
    this.#limits = limits;
    this.#freeAtStart = freeAtStart;
  }

  /** Throws BuildError "disk-full" when there is no room to begin with. */
  static async begin(directory: string, limits: DiskLimits): Promise<DiskGuard> {
    const guard = new DiskGuard(directory, limits, await freeBytes(directory));
    await guard.check();
    return guard;
  }

  /** Throws BuildError "disk-full" when the build must end. */
  async check(): Promise<void> {
    const free = await freeBytes(this.#directory);
    const { reserveBytes, buildBytes } = this.#limits;
    if (free < reserveBytes)
      throw new BuildError(
        "disk-full",
        `The disk of the container engine has less than ${inMiB(reserveBytes)} MiB left, which are kept for running services. Make room on ${this.#directory}.`,
      );
    if (this.#freeAtStart - free > buildBytes)
      throw new BuildError(
        "disk-full",
        `The build wrote more than ${inMiB(buildBytes)} MiB, the most that one build may take.`,
      );
  }
}

async function freeBytes(directory: string): Promise<number> {
  const { bavail, bsize } = await statfs(directory);
  return bavail * bsize;
}

function inMiB(bytes: number): number {
  return Math.floor(bytes / MIB);
}
