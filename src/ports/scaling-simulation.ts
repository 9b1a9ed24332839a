/** Plays a load against settings of scaling. Implementation: `main/`, with the simulator on a thread of its own. */
import type { InstanceActivity } from "../domain/instance.ts";

export interface ScalingSimulation {
  /**
   * Throws SimulationRefused for what cannot be simulated, or takes too long. `caller` says whose it is: one alone does not
   * get all places.
   */
  run(wish: SimulationWish, caller: string, signal: AbortSignal): Promise<SimulatedScaling>;
}

export interface SimulationWish {
  readonly minSize: number;
  readonly maxSize: number;
  readonly maxConcurrency: number;
  /** As their tags have them. */
  readonly scaleToZero: string | null;
  readonly warmZero: string | null;
  readonly idle: InstanceActivity | null;
  readonly vcpu: number;
  readonly memoryGiB: number;
  readonly load: "steady" | "step" | "spikes" | "day";
  readonly requestsPerSecond: number;
  readonly peakRequestsPerSecond: number;
  readonly durationMs: number;
  readonly startMs: number;
  /** US dollars. */
  readonly prices: { readonly vcpuHour: number; readonly gbHour: number };
}

/** Each list has one number for each interval. */
export interface SimulatedScaling {
  readonly intervalS: number;
  readonly lengthS: number;
  readonly requests: readonly number[];
  readonly instances: readonly number[];
  readonly waiting: readonly number[];
  readonly refused: readonly number[];
  readonly requestCount: number;
  readonly refusedCount: number;
  readonly p50WaitMs: number;
  readonly p99WaitMs: number;
  readonly maxWaitMs: number;
  readonly peakInstances: number;
  readonly starts: number;
  readonly provisionedHours: number;
  readonly cost: number;
}

/** The message says what would be right. */
export class SimulationRefused extends Error {
  override readonly name = "SimulationRefused";
}
