/** What builds may take of this machine. */
import { totalmem } from "node:os";
import { defaultOutputLimits } from "./build-output.ts";
import { defaultContextLimits } from "./build-context.ts";

export interface BuildLimits {
  /** Builds side by side on this node. The limits of memory, processor and processes hold for all of them together. */
  readonly atOnce: number;
  /** Of memory and swap. */
  readonly memoryBytes: number;
  /** Null: as much as instances leave. */
  readonly cpuCount: number | null;
  readonly pids: number;
  /** From the turn in the queue to the image. */
  readonly durationMs: number;
  /** What one build may write. */
  readonly diskBytes: number;
  /** Builds end when less is left on the engine's disk. */
  readonly diskReserveBytes: number;
  /** Of BuildKit's cache, after each build. */
  readonly cacheBytes: number;
  readonly contextBytes: number;
  readonly contextEntries: number;
  readonly outputLines: number;
  readonly outputBytes: number;
}

const GIB = 1_024 ** 3;

export const defaultBuildLimits: BuildLimits = {
  atOnce: 1,
  memoryBytes: Math.min(Math.floor(totalmem() / 2), 4 * GIB),
  cpuCount: null,
  pids: 2_048,
  durationMs: 20 * 60 * 1_000,
  diskBytes: 10 * GIB,
  diskReserveBytes: 2 * GIB,
  cacheBytes: 10 * GIB,
  contextBytes: defaultContextLimits.bytes,
  contextEntries: defaultContextLimits.entries,
  outputLines: defaultOutputLimits.lines,
  outputBytes: defaultOutputLimits.bytes,
};
