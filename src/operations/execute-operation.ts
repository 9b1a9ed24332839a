/** Steps on the record of an operation and of its service. */
import { keyProblem } from "../domain/encryption-key.ts";
import { eventLine } from "../domain/event-line.ts";
import type { Operation, OperationPhase, OperationType } from "../domain/operation.ts";
import type { Service, ServiceStatus } from "../domain/service.ts";
import { type Effect, type Executor, NO_EFFECT, type StepContext } from "./executor.ts";
import { causeOfKey } from "./failure.ts";
import { lastLines, portHint } from "./failure-evidence.ts";
import { obtainingPhase } from "./kept-release.ts";
import { secretsNamedBy } from "./pinned-secrets.ts";
import { portOf, recordFailure } from "./record-failure.ts";
import { changeOperation, changeService, inPhase } from "./rows.ts";
import type { FinalStatus } from "./step.ts";
import type { StoryLine } from "./story.ts";
import { subject } from "./subject.ts";

/** Null: its secrets, and where the image comes from, decide. */
const FIRST_PHASE: Readonly<Record<OperationType, OperationPhase | null>> = {
  CREATE_SERVICE: null,
  UPDATE_SERVICE: null,
  START_DEPLOYMENT: null,
  RESUME_SERVICE: "provision",
  PAUSE_SERVICE: "routing",
  DELETE_SERVICE: "cleanup",
};

export const beginOperation: Executor<"beginOperation"> = async ({ operationId }, context, signal) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null) return NO_EFFECT;
  if (operation.type === "CREATE_SERVICE" && service.slots !== null) {
    await context.edgeWatch.ensureSlot(Math.max(service.slots.blue, service.slots.green), signal);
  }
  await context.story.event(service, operationId, ...openingLines(operation));
  const phase = FIRST_PHASE[operation.type] ?? (await firstPhase(context, service, operation));
  const failure = await failureOfKey(context, service, operation);
  const nowMs = context.ports.clock.now();
  return async (tx) => {
    await changeOperation(tx, { serviceId: service.id, id: operationId }, nowMs, () => ({
      status: "IN_PROGRESS",
      ...inPhase(phase, nowMs),
    }));
    await failure?.(tx);
  };
};

/** Before anything else: with a key that cannot be used nothing would be logged or kept. Null: it can, or there is none. */
async function failureOfKey(
  context: StepContext,
  service: Service,
  operation: Operation,
): Promise<Effect | null> {
  const { encryptionKeyArn: arn } = service;
  if (arn === null || operation.type === "PAUSE_SERVICE" || operation.type === "DELETE_SERVICE") return null;
  const problem = keyProblem(arn, await context.ports.store.encryptionKeys.get(arn));
  return problem && (await recordFailure(context, service, operation, causeOfKey(problem.text)));
}

/** Secrets first: whoever mistyped one should not wait for a build. */
async function firstPhase(
  context: StepContext,
  service: Service,
  operation: Operation,
): Promise<OperationPhase> {
  const hasSecrets = Object.keys(secretsNamedBy(operation.configuration)).length > 0;
  return hasSecrets ? "secrets" : obtainingPhase(context, service, operation);
}

function openingLines(operation: Operation): readonly StoryLine[] {
  const { type, id, configuration } = operation;
  const lines: StoryLine[] = [
    { key: "started", text: eventLine.operationStarted(operation) },
    { key: "in-progress", text: eventLine.statusSet("OPERATION_IN_PROGRESS") },
  ];
  if (type === "CREATE_SERVICE" || type === "UPDATE_SERVICE" || type === "START_DEPLOYMENT") {
    const { source } = configuration;
    const text = source.kind === "image" ? eventLine.imageArtifact(source) : eventLine.codeArtifact(source);
    lines.push({ key: "deployment", text: eventLine.deploymentStarted(id, type) });
    lines.push({ key: "artifact", text });
  }
  return lines;
}

export const enterPhase: Executor<"enterPhase"> = async ({ operationId, phase }, context) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null) return NO_EFFECT;
  const { story, ports } = context;
  if (phase === "health-check") {
    const { healthCheck } = operation.configuration;
    const text = eventLine.healthCheckStarted(healthCheck, await portOf(context, operation));
    await story.tell(service, operationId, { key: "health-check", text });
  }
  if (phase === "routing") {
    await story.tell(service, operationId, { key: "routing", text: eventLine.routing() });
  }
  if (phase === "draining") {
    await story.tell(service, operationId, { key: "refused", text: eventLine.trafficStopped() });
  }
  const nowMs = ports.clock.now();
  return async (tx) => {
    await changeOperation(tx, { serviceId: service.id, id: operationId }, nowMs, () => inPhase(phase, nowMs));
  };
};

export const failOperation: Executor<"failOperation"> = async ({ operationId, cause }, context, signal) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null || operation.cause !== null) return NO_EFFECT;
  const logLines = await lastLines(context, service, operation);
  const hint = await portHint(context, operation, cause, signal);
  return recordFailure(context, service, operation, {
    ...cause,
    message: cause.message + hint,
    ...(logLines.length > 0 && { logLines }),
  });
};

/** What the service is after an operation, by its end. */
const STATUS_AFTER: Readonly<
  Record<OperationType, { readonly succeeded: ServiceStatus; readonly failed: ServiceStatus }>
> = {
  CREATE_SERVICE: { succeeded: "RUNNING", failed: "CREATE_FAILED" },
  // FAILED, not rolled back: a rebuild of a service that never ran.
  UPDATE_SERVICE: { succeeded: "RUNNING", failed: "CREATE_FAILED" },
  START_DEPLOYMENT: { succeeded: "RUNNING", failed: "CREATE_FAILED" },
  PAUSE_SERVICE: { succeeded: "PAUSED", failed: "RUNNING" },
  RESUME_SERVICE: { succeeded: "RUNNING", failed: "PAUSED" },
  DELETE_SERVICE: { succeeded: "DELETED", failed: "DELETE_FAILED" },
};

export const finishOperation: Executor<"finishOperation"> = async ({ operationId, status }, context) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null) return NO_EFFECT;
  const after = statusAfter(operation, status);
  await forgetSource(context, service, operationId, after);
  await context.story.event(service, operationId, ...closingLines(operation, status, after));
  const nowMs = context.ports.clock.now();
  return async (tx) => {
    const key = { serviceId: service.id, id: operationId };
    const isOpen = await changeOperation(tx, key, nowMs, () => ({
      status,
      ...inPhase("done", nowMs),
      endedAtMs: nowMs,
    }));
    if (!isOpen) return;
    await changeService(tx, service.id, nowMs, (present) => ({
      status: after,
      ...(status === "ROLLBACK_SUCCEEDED" && {
        configuration: operation.previousConfiguration ?? present.configuration,
      }),
      ...(after === "DELETED" && { slots: null, deletedAtMs: nowMs }),
    }));
    if (after !== "DELETED") return;
    await tx.tags.removeAll(service.arn);
    await tx.sourceWatches.remove(service.id);
  };
};

/** What cannot be removed now must not keep an operation from ending: it is tidied up later. */
async function forgetSource(
  { ports }: StepContext,
  { id, name, configuration }: Service,
  operationId: string,
  after: ServiceStatus,
): Promise<void> {
  const { sourceCode, store } = ports;
  if (after !== "DELETED") return sourceCode.discard(operationId).catch(() => undefined);
  // The one before may have been overtaken: nobody finished it.
  const { rows } = await store.operations.list(id, { after: null, limit: 2 });
  for (const row of rows) await sourceCode.discard(row.id).catch(() => undefined);
  // Also when it is made from an image now: it may have been made from source code before.
  const { source } = configuration;
  const repositoryUrl = source.kind === "code" ? source.repositoryUrl : "";
  await sourceCode.forgetService({ id, name, repositoryUrl }).catch(() => undefined);
}

function statusAfter(operation: Operation, status: FinalStatus): ServiceStatus {
  if (status === "ROLLBACK_SUCCEEDED" || status === "ROLLBACK_FAILED") return "RUNNING";
  const { succeeded, failed } = STATUS_AFTER[operation.type];
  return status === "SUCCEEDED" ? succeeded : failed;
}

function closingLines(operation: Operation, status: FinalStatus, after: ServiceStatus): readonly StoryLine[] {
  const lines: StoryLine[] = [];
  if (status === "ROLLBACK_SUCCEEDED") lines.push({ key: "rolled-back", text: eventLine.rolledBack() });
  const text =
    status === "SUCCEEDED" ? eventLine.operationSucceeded(operation) : eventLine.operationFailed(operation);
  lines.push({ key: "ended", text }, { key: "status", text: eventLine.statusSet(after) });
  return lines;
}
