/** What the control plane stands on, asked with deadlines: the store answers, the disk has room, engine and edge are there. */
import { statfs } from "node:fs/promises";
import type { Clock } from "../ports/clock.ts";
import type { HealthProblem, OwnHealth, OwnStatus } from "../ports/own-health.ts";
import type { Store } from "../ports/store.ts";

export interface OwnHealthOptions {
  readonly store: Pick<Store, "settings" | "services" | "instances">;
  readonly stateDirectory: string;
  readonly clock: Pick<Clock, "now">;
  /** What the keeper says is missing → why. */
  readonly missing: ReadonlyMap<string, string>;
  readonly logProblemCount: () => number;
}

const DEADLINE_MS = 2_000;
/** Below it the database may not be able to write. */
const FREE_BYTES_MIN = 128 * 1024 ** 2;
const MIB = 1024 ** 2;
const ANY_SETTING = "installation-id";

export class WatchedHealth implements OwnHealth {
  readonly #options: OwnHealthOptions;
  #readySinceMs: number | null = null;

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
    const [serviceCount, instances, diskFreeBytes] = await Promise.all([
      store.services.count(),
      store.instances.listAllLive(),
      this.#freeBytes(),
    ]);
    return {
      problems,
      serviceCount,
      diskFreeBytes,
      readySinceMs: this.#readySinceMs,
      instanceCount: instances.filter(({ state }) => state !== "failed").length,
      logProblemCount: logProblemCount(),
    };
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
    const freeBytes = await this.#freeBytes();
    const { stateDirectory } = this.#options;
    if (freeBytes === null) return { part: "disk", detail: `${stateDirectory} cannot be looked at` };
    if (freeBytes >= FREE_BYTES_MIN) return null;
    return { part: "disk", detail: `${Math.floor(freeBytes / MIB)} MiB are free at ${stateDirectory}` };
  }

  async #freeBytes(): Promise<number | null> {
    try {
      const { bavail, bsize } = await inTime(statfs(this.#options.stateDirectory));
      return bavail * bsize;
    } catch {
      return null;
    }
  }
}

async function inTime<Value>(value: Promise<Value>): Promise<Value> {
  const deadline = Promise.withResolvers<never>();
  const timer = setTimeout(() => deadline.reject(new Error("not in time")), DEADLINE_MS);
  try {
    return await Promise.race([value, deadline.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
