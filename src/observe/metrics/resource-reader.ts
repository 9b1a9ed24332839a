/** What instances use of what they may have, from readings some time apart. */
import type { InstanceUsage } from "../../ports/container-engine.ts";
import type { InstanceSize } from "../../ports/scaling.ts";

/** Percentages. Processor time is known from the second reading on. */
export interface InstanceLoad {
  readonly cpu: number | null;
  readonly memory: number;
}

/** Readings further apart say nothing of a bucket. */
const LONGEST_GAP_MS = 150_000;

export class ResourceReader {
  readonly #last = new Map<string, { readonly cpuMs: number; readonly atMs: number }>();

  load(instanceId: string, usage: InstanceUsage, size: InstanceSize, nowMs: number): InstanceLoad {
    const before = this.#last.get(instanceId);
    this.#last.set(instanceId, { cpuMs: usage.cpuMs, atMs: nowMs });
    const elapsedMs = nowMs - (before?.atMs ?? -Infinity);
    const memory = roundTo(1, (100 * usage.memoryMiB) / size.memoryMiB);
    if (before === undefined || elapsedMs <= 0 || elapsedMs > LONGEST_GAP_MS) return { cpu: null, memory };
    const usedMs = Math.max(0, usage.cpuMs - before.cpuMs);
    return { cpu: roundTo(2, (100 * usedMs * 1000) / (elapsedMs * size.cpuMillis)), memory };
  }

  /** Of all others nothing will be asked any more. */
  forgetAllBut(instanceIds: ReadonlySet<string>): void {
    for (const id of this.#last.keys()) if (!instanceIds.has(id)) this.#last.delete(id);
  }
}

function roundTo(places: number, value: number): number {
  return Math.round(value * 10 ** places) / 10 ** places;
}
