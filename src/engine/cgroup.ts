/**
 * Gives the processes of one container everything, a small share or nothing, and reads what they have used.
 *
 * Synchronous where a file is touched: each takes some microseconds in the kernel and never a disk, while the thread pool
 * may be busy with logs and name look-ups just when a request waits for a thaw.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import type { InstanceActivity } from "../domain/instance.ts";
import type { InstanceUsage } from "../ports/container-engine.ts";
import { type CgroupFiles, PERIOD_US } from "./cgroup-files.ts";

/**
 * With 10 ms of each 100 a health check that computes for 40 ms took 0.4 s; with 5 ms it took 0.7 s, too near to the
 * shortest timeout of 1 s. A small server's check takes 3 ms with either.
 */
const THROTTLED_MIN_US = 10_000;
const THROTTLED_SHARE = 0.05;

const US_PER_MILLI = PERIOD_US / 1_000;
const BYTES_PER_MIB = 1_024 * 1_024;
const POLL_MS = 1;

/** Quota of an instance that may use `cpuMillis` thousandths of a core. */
export function quotaUs(activity: InstanceActivity, cpuMillis: number): number {
  const fullUs = cpuMillis * US_PER_MILLI;
  if (activity !== "throttle") return fullUs;
  return Math.min(fullUs, Math.max(THROTTLED_MIN_US, Math.round(fullUs * THROTTLED_SHARE)));
}

export class Cgroup {
  readonly #files: CgroupFiles;
  readonly #cpuMillis: number;

  constructor(files: CgroupFiles, cpuMillis: number) {
    this.#files = files;
    this.#cpuMillis = cpuMillis;
  }

  /** A frozen one has its full quota: without it, processes could only come to a halt in the next period. */
  setActivity(activity: InstanceActivity): void {
    const { freezer, quota } = this.#files;
    writeFileSync(quota.path, quota.toText(quotaUs(activity, this.#cpuMillis)));
    writeFileSync(freezer.path, activity === "freeze" ? freezer.frozen : freezer.thawed);
  }

  /** Whether all have come to a halt in time. `isStillWanted`: somebody may want them to run again before they have. */
  async hasFrozen(deadlineMs: number, isStillWanted: () => boolean): Promise<boolean> {
    const { statePath, whenFrozen } = this.#files.freezer;
    const endMs = performance.now() + deadlineMs;
    while (isStillWanted() && !whenFrozen.test(read(statePath))) {
      if (performance.now() > endMs) return false;
      await delay(POLL_MS);
    }
    return true;
  }

  usage(): InstanceUsage {
    const { cpuUsage, memory } = this.#files;
    const inactiveBytes = Number(memory.inactiveFile.exec(read(memory.statPath))?.[1] ?? 0);
    const workingSetBytes = Math.max(0, Number(read(memory.usagePath)) - inactiveBytes);
    return { cpuMs: cpuUsage.toMs(read(cpuUsage.path)), memoryMiB: workingSetBytes / BYTES_PER_MIB };
  }
}

function read(path: string): string {
  return readFileSync(path, "utf8");
}
