/**
 * How many instances the load needs, after Knative's autoscaler: two windows, rates, panic, a delay before it falls. In
 * instances throughout: whoever calls divides load by what an instance carries. Knows nothing of an owner's limits.
 */
import type { ScaleParameters } from "./scale-parameters.ts";

export interface SizeInput {
  readonly nowMs: number;
  /** Instances that take requests. */
  readonly ready: number;
  /** Instances that the load needs: over the stable window, over the panic window, and by what waits now. */
  readonly stable: number;
  readonly panic: number;
  readonly now: number;
}

export interface SizeMemory {
  /** When the load last was far above what is ready; null: calm. */
  readonly panicSinceMs: number | null;
  /** In panic the size does not fall below this. */
  readonly panicSize: number;
  /** Sizes wanted of late: each larger than all after it, the oldest first. */
  readonly recent: readonly RecentSize[];
}

export interface RecentSize {
  readonly atMs: number;
  readonly size: number;
}

export interface LoadSize {
  readonly size: number;
  readonly memory: SizeMemory;
}

type SizeParameters = Pick<
  ScaleParameters,
  "stableWindowMs" | "panicThreshold" | "maxUpRate" | "maxDownRate" | "scaleDownDelayMs"
>;

/** Nothing is known of the past: what is there now stays for a stable window. */
export function startingSizeMemory(presentSize: number, nowMs: number): SizeMemory {
  return { panicSinceMs: nowMs, panicSize: presentSize, recent: [] };
}

export function sizeForLoad(input: SizeInput, memory: SizeMemory, parameters: SizeParameters): LoadSize {
  const { nowMs } = input;
  const ready = Math.max(1, input.ready);
  const most = Math.ceil(parameters.maxUpRate * ready);
  const least = Math.floor(input.ready / parameters.maxDownRate);
  const steepNeed = Math.max(input.panic, input.now);
  const stable = clamp(Math.max(input.stable, input.now), least, most);
  const steep = clamp(steepNeed, least, most);
  const isSteep = steepNeed / ready >= parameters.panicThreshold;
  const panicSinceMs = isSteep ? nowMs : ongoingPanic(memory, nowMs, parameters.stableWindowMs);
  const panicSize = panicSinceMs === null ? 0 : Math.max(memory.panicSize, stable, steep);
  const wanted = panicSinceMs === null ? stable : panicSize;
  const recent = remember(memory.recent, { atMs: nowMs, size: wanted }, parameters.scaleDownDelayMs);
  return { size: recent[0]?.size ?? wanted, memory: { panicSinceMs, panicSize, recent } };
}

function ongoingPanic({ panicSinceMs }: SizeMemory, nowMs: number, stableWindowMs: number): number | null {
  if (panicSinceMs === null) return null;
  return panicSinceMs + stableWindowMs < nowMs ? null : Math.min(panicSinceMs, nowMs);
}

/** A sliding maximum: what is older than the delay, or smaller than something newer, no longer counts. */
function remember(recent: readonly RecentSize[], latest: RecentSize, delayMs: number): readonly RecentSize[] {
  const counts = ({ atMs, size }: RecentSize) =>
    size > latest.size && atMs <= latest.atMs && latest.atMs - atMs < delayMs;
  return [...recent.filter(counts), latest];
}

export function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value));
}
