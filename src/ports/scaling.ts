/**
 * What the heart needs from whoever decides how many instances a service shall have. Implementations: the autoscaler, and
 * `fixedScaling` below for those who want none.
 */
import type { ScalePolicy, ScaleWish } from "../domain/scaling.ts";

export interface Scaling {
  /**
   * Tells what the service is like now, and returns what it shall have. Cheap, without I/O. When the wish changes later,
   * whoever built this is told.
   */
  track(serviceId: string, service: ScaledService): ScaleWish;
  /** It is not to be scaled (any longer): paused, deleted, not deployed yet. */
  forget(serviceId: string): void;
}

/** For people: why a service has what it has. */
export interface ScalingInsight {
  /** The last ones that changed something, the oldest first; empty while the service is not scaled. */
  decisions(serviceId: string): readonly ScaleDecision[];
}

export interface ScaleDecision extends ScaleWish {
  readonly atMs: number;
}

export interface ScaledService {
  /** Host names it answers to: an arrival at the gate names one of them. */
  readonly hosts: readonly string[];
  /** The slot its requests go to. */
  readonly slot: number;
  readonly policy: ScalePolicy;
  /** What each instance may use. */
  readonly instanceSize: InstanceSize;
  /** Of the active release, and staying. */
  readonly instances: readonly ScaledInstance[];
  /** When a deployment, a resume or a create last ended (no matter how): counts as a request. Epoch milliseconds. */
  readonly activeSinceMs: number;
  /** New versions of its source are deployed without being asked for. */
  readonly isDeployedAutomatically: boolean;
}

export interface InstanceSize {
  readonly cpuMillis: number;
  readonly memoryMiB: number;
}

export interface ScaledInstance {
  readonly instanceId: string;
  readonly state: "starting" | "ready" | "idle";
}

/** Always the configured minimum, always running. */
export const fixedScaling: Scaling = {
  track: (_serviceId, { policy }) => ({
    count: policy.minSize,
    activity: "run",
    gate: "open",
    reason: "keeps the service at its size",
  }),
  forget: () => undefined,
};
