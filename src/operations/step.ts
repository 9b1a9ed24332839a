/**
 * The vocabulary of everything the engine ever does: one mapped type. A new verb does not compile until `executors.ts`
 * can execute it. Steps are data: idempotent, serialisable, journalled before they run and again when they ended.
 */
import type { FailureCause } from "../domain/cause.ts";
import type { InstanceActivity } from "../domain/instance.ts";
import type { InstanceEnd } from "../domain/instance-end.ts";
import type { OperationPhase, OperationStatus } from "../domain/operation.ts";
import type { SlotColour } from "../domain/service.ts";
import type { InstanceExit } from "../ports/container-engine.ts";
import type { Route } from "../ports/edge.ts";

type SlotRoute = Extract<Route, { kind: "slot" }>;
type RefusalRoute = Extract<Route, { kind: "refuse" }>;

export interface StepArguments {
  /** PENDING becomes IN_PROGRESS. */
  readonly beginOperation: { readonly operationId: string };
  readonly enterPhase: { readonly operationId: string; readonly phase: OperationPhase };
  /** Looks up which versions of its secrets the operation deploys. */
  readonly pinSecrets: { readonly operationId: string };
  /** Finds or pulls the operation's image and makes the release from it. */
  readonly pullImage: { readonly operationId: string };
  /** Checks the operation's branch out, and records which commit that is. */
  readonly fetchSource: { readonly operationId: string };
  /** Builds the image from what was checked out, and makes the release from it. */
  readonly buildImage: { readonly operationId: string };
  /** Records instances until `count` of the release are alive. The containers come with `startInstance`. */
  readonly ensureInstances: {
    readonly releaseNumber: number;
    readonly colour: SlotColour;
    readonly count: number;
    readonly reason: string;
  };
  readonly startInstance: { readonly instanceId: string };
  /** The instance takes traffic as soon as its slot is routed to. */
  readonly addToEdge: { readonly instanceId: string; readonly slot: number };
  /** The one atomic act of a deployment: the edge first, then the service's record of it. */
  readonly switchTraffic: {
    readonly operationId: string;
    readonly releaseNumber: number;
    readonly colour: SlotColour;
  };
  /** The active slot as it shall be reached now: after a repair, and with each change of gate or queue. */
  readonly restoreRoute: { readonly route: SlotRoute };
  readonly refuseTraffic: { readonly route: RefusalRoute };
  readonly unrouteHost: { readonly host: string };
  /** What the instance's processes get: less than everything only while nobody calls. */
  readonly setActivity: {
    readonly instanceId: string;
    readonly slot: number;
    readonly activity: InstanceActivity;
  };
  /** The instance ended (exit null: no exit code is known) or is given up. */
  readonly recordEnd: {
    readonly instanceId: string;
    readonly exit: InstanceExit | null;
    readonly end: InstanceEnd;
    readonly reason: string;
    readonly healthProblem?: string;
  };
  /** The instance is to leave: first on record, so that a crash cannot undo the decision halfway. */
  readonly retireInstance: {
    readonly instanceId: string;
    readonly end: InstanceEnd;
    readonly reason: string;
    readonly healthProblem?: string;
  };
  /** It serves and began to fail its health check, or passes it again: on record, so that it is told once. */
  readonly noteHealth: {
    readonly instanceId: string;
    readonly isUnhealthy: boolean;
    readonly healthProblem?: string;
  };
  /** No new requests for it; those in flight go on. */
  readonly drainInstance: { readonly instanceId: string; readonly slot: number };
  readonly removeFromEdge: { readonly instanceId: string; readonly slot: number };
  readonly stopInstance: { readonly instanceId: string; readonly graceMs: number };
  readonly removeInstance: { readonly instanceId: string };
  /** A container with our label that no record explains. */
  readonly removeStranger: { readonly instanceId: string };
  /** The operation has failed: what follows only tidies up. Log lines are added to the cause. */
  readonly failOperation: { readonly operationId: string; readonly cause: FailureCause };
  readonly finishOperation: { readonly operationId: string; readonly status: FinalStatus };
}

export type FinalStatus = Extract<
  OperationStatus,
  "SUCCEEDED" | "FAILED" | "ROLLBACK_SUCCEEDED" | "ROLLBACK_FAILED"
>;

export type StepName = keyof StepArguments;
export type StepOf<Name extends StepName> = { readonly name: Name } & StepArguments[Name];
export type Step = { readonly [Name in StepName]: StepOf<Name> }[StepName];

/** These may take long: they run beside the planning, which sees them as running and does not ask for them again. */
const SLOW: ReadonlySet<StepName> = new Set([
  "pinSecrets",
  "pullImage",
  "fetchSource",
  "buildImage",
  "startInstance",
  "stopInstance",
  "removeInstance",
]);

export function isSlow(step: Step): boolean {
  return SLOW.has(step.name);
}

/** Two steps with the same key are the same act: never run twice at once, and backed off together. */
export function stepKey(step: Step): string {
  return `${step.name}:${stepSubject(step)}`;
}

function stepSubject(step: Step): string {
  if ("instanceId" in step) return step.instanceId;
  if ("operationId" in step) return step.operationId;
  return "releaseNumber" in step ? String(step.releaseNumber) : "";
}
