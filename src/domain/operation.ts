/** An operation: the durable record of one asynchronous request. */
import type { FailureCause, FailurePhase } from "./cause.ts";
import type { Commit } from "./code-source.ts";
import type { PinnedSecrets } from "./secret.ts";
import type { ServiceConfiguration } from "./service.ts";
import { isTerminal, type StateTable, transition } from "./state-table.ts";

export type OperationType =
  | "CREATE_SERVICE"
  | "UPDATE_SERVICE"
  | "START_DEPLOYMENT"
  | "PAUSE_SERVICE"
  | "RESUME_SERVICE"
  | "DELETE_SERVICE";

/**
 * | status               | may become                                          |
 * |----------------------|-----------------------------------------------------|
 * | PENDING              | IN_PROGRESS, FAILED (overtaken by a delete)         |
 * | IN_PROGRESS          | SUCCEEDED, FAILED, ROLLBACK_IN_PROGRESS             |
 * | ROLLBACK_IN_PROGRESS | ROLLBACK_SUCCEEDED, ROLLBACK_FAILED                 |
 * | SUCCEEDED, FAILED, ROLLBACK_SUCCEEDED, ROLLBACK_FAILED | nothing           |
 */
export const operationStatusTable = {
  PENDING: ["IN_PROGRESS", "FAILED"],
  IN_PROGRESS: ["SUCCEEDED", "FAILED", "ROLLBACK_IN_PROGRESS"],
  ROLLBACK_IN_PROGRESS: ["ROLLBACK_SUCCEEDED", "ROLLBACK_FAILED"],
  SUCCEEDED: [],
  FAILED: [],
  ROLLBACK_SUCCEEDED: [],
  ROLLBACK_FAILED: [],
} as const satisfies StateTable<OperationStatus>;

export type OperationStatus =
  | "PENDING"
  | "IN_PROGRESS"
  | "SUCCEEDED"
  | "FAILED"
  | "ROLLBACK_IN_PROGRESS"
  | "ROLLBACK_SUCCEEDED"
  | "ROLLBACK_FAILED";

export function toOperationStatus(from: OperationStatus, to: OperationStatus): OperationStatus {
  return transition<OperationStatus>("operation", operationStatusTable, from, to);
}

export function isFinished(operation: Pick<Operation, "status">): boolean {
  return isTerminal<OperationStatus>(operationStatusTable, operation.status);
}

export interface Operation {
  /** 32 lower-case hex. */
  readonly id: string;
  readonly serviceId: string;
  readonly serviceArn: string;
  readonly type: OperationType;
  readonly status: OperationStatus;
  /** What is being done at the moment, for people and for resuming after a crash. */
  readonly phase: OperationPhase;
  /** The wished configuration when it was accepted. */
  readonly configuration: ServiceConfiguration;
  /** What to go back to when an update fails; null when there is nothing to go back to. */
  readonly previousConfiguration: ServiceConfiguration | null;
  /** The release this operation brings into traffic, once it exists. */
  readonly releaseNumber: number | null;
  /** Why it began, when nobody called the API for it. */
  readonly trigger?: OperationTrigger;
  /** What it builds from, once that is known. */
  readonly checkout?: { readonly commit: Commit; readonly sourceTreeId: string };
  /** The versions of the secrets its configuration names, once they were looked up. */
  readonly secrets?: PinnedSecrets;
  /** A rollback: the release whose image and settings it brings back. */
  readonly fromReleaseNumber?: number;
  readonly cause: FailureCause | null;
  readonly createdAtMs: number;
  /** When the current phase began: its deadline counts from here. */
  readonly phaseStartedAtMs: number;
  /** All phases so far, the present one last. Absent in operations of older versions. */
  readonly phases?: readonly PhaseStart[];
  readonly updatedAtMs: number;
  readonly endedAtMs: number | null;
}

export interface PhaseStart {
  readonly phase: OperationPhase;
  readonly startedAtMs: number;
}

export type OperationTrigger = SourceTrigger | RotationTrigger;

export interface SourceTrigger {
  readonly by: "push" | "webhook" | "poll";
  /** Commit id or image digest that was seen. */
  readonly version: string;
}

/** Secrets that the active release has mean something else now. Its image and its source stay. */
interface RotationTrigger {
  readonly by: "rotation";
  /** Names of their variables. */
  readonly variables: readonly string[];
  /** What all of its secrets mean now, in one word (`versionsKey`): tried once. */
  readonly secretVersions: string;
}

/** What the source had, where that began the operation. */
export function sourceVersionOf({ trigger }: Pick<Operation, "trigger">): string | null {
  return trigger === undefined || trigger.by === "rotation" ? null : trigger.version;
}

export type OperationPhase =
  | "waiting" // queued behind another act on the same service
  | FailurePhase
  | "draining"
  | "done";
