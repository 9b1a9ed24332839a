/** What the control plane stands on, asked with deadlines: the store answers, the disk has room, engine and edge are there. */
import { statfs } from "node:fs/promises";
import {
  arch,
  availableParallelism,
  freemem,
  hostname,
  loadavg,
  release,
  totalmem,
  type,
  uptime,
} from "node:os";
import { SlipwayError } from "../domain/error.ts";
import { memoryReserveMiB } from "../domain/node-memory.ts";
import type { Clock } from "../ports/clock.ts";
import type { ContainerEngine } from "../ports/container-engine.ts";
import type {
  DiskUse,
  EngineStatus,
  HealthProblem,
  MachineStatus,
  OwnHealth,
  OwnStatus,
} from "../ports/own-health.ts";
import type { Store } from "../ports/store.ts";
import { diskUseOf } from "./disk-use.ts";

export interface OwnHealthOptions {
  readonly store: Pick<Store, "settings" | "services" | "instances">;
  readonly stateDirectory: string;
  readonly clock: Pick<Clock, "now">;
  /** What the keeper says is missing → why. */
  readonly missing: ReadonlyMap<string, string>;
  readonly logProblemCount: () => number;
  readonly engine: Pick<ContainerEngine, "facts">;
  /** Default: `diskUseOf`. */
  readonly measureDisk?: typeof diskUseOf;
  readonly diskUseDeadlineMs?: number;
}

const DEADLINE_MS = 2_000;
/** Below what clients and proxies wait; a million files take some 10 s. */
const WALK_MS = 20_000;
/** Below it the database may not be able to write. */
const FREE_BYTES_MIN = 128 * 1024 ** 2;
const MIB = 1024 ** 2;
const ANY_SETTING = "installation-id";

export class WatchedHealth implements OwnHealth {
  readonly #options: OwnHealthOptions;
  #readySinceMs: number | null = null;
  #measuring: Promise<readonly DiskUse[]> | null = null;
  #lastEngine: EngineStatus["last"] = null;

  constructor(options: OwnHealthOptions) {
    this.#options = options;
  }

  /** What the keeper misses has changed: this moment counts, not that of the next question. */
  missingChanged(): void {
    this.#note(this.#options.missing.size === 0);
  }

  async problems(): Promise<readonly HealthProblem[]> {
    const [store, disk] = await Promise.all([this.#storeProblem(), this.#diskProblem()]);
    const missing = [...this.#options.missing].map(([part, detail]) => ({ part, detail }));
    const problems = [...missing, store, disk].filter((one) => one !== null);
    this.#note(problems.length === 0);
    return problems;
  }

  async status(): Promise<OwnStatus> {
    const { store, logProblemCount } = this.#options;
    const problems = await this.problems();
    const [serviceCount, instances, disk] = await Promise.all([
      store.services.count(),
      store.instances.listAllLive(),
      this.#disk(),
    ]);
    return {
      problems,
      serviceCount,
      diskFreeBytes: disk?.freeBytes ?? null,
      machine: { ...machine(this.#options.clock), diskBytes: disk?.bytes ?? null },
      readySinceMs: this.#readySinceMs,
      instanceCount: instances.filter(({ state }) => state !== "failed").length,
      logProblemCount: logProblemCount(),
    };
  }

  /** One walk at a time, however many ask: who asks again after a deadline waits for the same one. */
  async diskUse(): Promise<readonly DiskUse[]> {
    const { stateDirectory: directory, measureDisk = diskUseOf, diskUseDeadlineMs = WALK_MS } = this.#options;
    this.#measuring ??= measureDisk(directory).finally(() => {
      this.#measuring = null;
    });
    const late = () => new SlipwayError("DiskNotMeasured", { directory, seconds: diskUseDeadlineMs / 1_000 });
    return await inTime(this.#measuring, diskUseDeadlineMs, late);
  }

  async engine(): Promise<EngineStatus> {
    const { engine, clock } = this.#options;
    try {
      const facts = await engine.facts(AbortSignal.timeout(DEADLINE_MS));
      this.#lastEngine = { facts, atMs: clock.now() };
      return { isAnswering: true, last: this.#lastEngine };
    } catch {
      return { isAnswering: false, last: this.#lastEngine };
    }
  }

  #note(isReady: boolean): void {
    this.#readySinceMs = isReady ? (this.#readySinceMs ?? this.#options.clock.now()) : null;
  }

  async #storeProblem(): Promise<HealthProblem | null> {
    try {
      await inTime(this.#options.store.settings.get(ANY_SETTING));
      return null;
    } catch (error) {
      return { part: "store", detail: `the database does not answer: ${messageOf(error)}` };
    }
  }

  async #diskProblem(): Promise<HealthProblem | null> {
    const freeBytes = (await this.#disk())?.freeBytes;
    const { stateDirectory } = this.#options;
    if (freeBytes === undefined) return { part: "disk", detail: `${stateDirectory} cannot be looked at` };
    if (freeBytes >= FREE_BYTES_MIN) return null;
    return { part: "disk", detail: `${Math.floor(freeBytes / MIB)} MiB are free at ${stateDirectory}` };
  }

  async #disk(): Promise<{ readonly bytes: number; readonly freeBytes: number } | null> {
    try {
      const { blocks, bavail, bsize } = await inTime(statfs(this.#options.stateDirectory));
      return { bytes: blocks * bsize, freeBytes: bavail * bsize };
    } catch {
      return null;
    }
  }
}

function machine(clock: Pick<Clock, "now">): Omit<MachineStatus, "diskBytes"> {
  const memoryBytes = totalmem();
  return {
    name: hostname(),
    system: `${type()} ${release()}, ${arch()}`,
    startedAtMs: Math.round(clock.now() - uptime() * 1000),
    cpuCount: availableParallelism(),
    load: loadavg()[0] ?? 0,
    memoryBytes,
    memoryAvailableBytes: freemem(),
    memoryReserveBytes: Math.round(memoryReserveMiB(memoryBytes / MIB) * MIB),
  };
}

async function inTime<Value>(
  value: Promise<Value>,
  deadlineMs = DEADLINE_MS,
  late = () => new Error("not in time"),
): Promise<Value> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => deadline.reject(late()), deadlineMs);
  try {
    return await Promise.race([value, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
