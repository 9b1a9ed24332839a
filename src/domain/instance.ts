/** An instance: one running container of a release. */
import type { InstanceEnd } from "./instance-end.ts";
import type { SlotColour } from "./service.ts";
import { type StateTable, transition } from "./state-table.ts";

/**
 * | state    | meaning                                             | may become                  |
 * |----------|-----------------------------------------------------|-----------------------------|
 * | starting | recorded, container being created                   | warming, failed, draining   |
 * | warming  | process runs, first health check not yet passed     | ready, failed, draining     |
 * | ready    | passes its health check; the edge may use it        | idle, draining, failed      |
 * | idle     | kept provisioned without requests                   | ready, draining, failed     |
 * | draining | the edge sends nothing new; then it is stopped      | stopped                     |
 * | failed   | ended or was given up without being asked to; its remains are still to be removed | stopped |
 * | stopped  | container gone                                      | nothing                     |
 */
export const instanceStateTable = {
  starting: ["warming", "failed", "draining"],
  warming: ["ready", "failed", "draining"],
  ready: ["idle", "draining", "failed"],
  idle: ["ready", "draining", "failed"],
  draining: ["stopped"],
  failed: ["stopped"],
  stopped: [],
} as const satisfies StateTable<InstanceState>;

export type InstanceState = "starting" | "warming" | "ready" | "idle" | "draining" | "failed" | "stopped";

/** What its processes get: everything, a small share of the processors, or none (frozen: memory is kept). */
export type InstanceActivity = "run" | "throttle" | "freeze";

/** What it speaks: HTTP/1.1, or HTTP/2 without TLS from the first byte on ("prior knowledge"), as gRPC servers do. */
export type InstanceProtocol = "http1" | "h2c";

/** What keeps it from the machine: namespaces and limits of the kernel, or gVisor, a kernel in user space of its own. */
export type InstanceSandbox = "container" | "gvisor";

export function toInstanceState(from: InstanceState, to: InstanceState): InstanceState {
  return transition<InstanceState>("instance", instanceStateTable, from, to);
}

export interface Instance {
  /** 32 lower-case hex; names the container and the log stream. */
  readonly id: string;
  readonly serviceId: string;
  readonly releaseNumber: number;
  readonly colour: SlotColour;
  readonly state: InstanceState;
  /** What its processes get while it is idle; absent means "run". */
  readonly activity?: InstanceActivity;
  /** Null until the container has an address. */
  readonly address: string | null;
  readonly port: number;
  /** Why it was started: "deployment", "replaces unhealthy <id>", … One short line for people. */
  readonly startReason: string;
  /** Why it ended; null while it lives. */
  readonly endReason: string | null;
  /** The same in one word; absent while it lives. */
  readonly end?: InstanceEnd;
  /** What its health check last failed by, when it was failing or never passed. */
  readonly healthProblem?: string;
  /** It serves, but fails its health check; absent means it does not. */
  readonly isUnhealthy?: boolean;
  readonly exitCode: number | null;
  readonly isOutOfMemory: boolean;
  readonly createdAtMs: number;
  readonly readyAtMs: number | null;
  /** When draining began: its deadline counts from here. */
  readonly drainingSinceMs: number | null;
  readonly stoppedAtMs: number | null;
}

export function isAlive(instance: Pick<Instance, "state">): boolean {
  return instance.state !== "stopped" && instance.state !== "failed";
}
