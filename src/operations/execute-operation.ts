/** Steps on the record of an operation and of its service. */
import type { FailureCause } from "../domain/cause.ts";
import { eventLine } from "../domain/event-line.ts";
import type { Operation, OperationPhase, OperationType } from "../domain/operation.ts";
import { type Release, type ReleaseScale, releaseKey } from "../domain/release.ts";
import type { Service, ServiceStatus } from "../domain/service.ts";
import type { Tables } from "../ports/store.ts";
import { type Effect, type Executor, NO_EFFECT, type StepContext, serviceOf } from "./executor.ts";
import { failureReason } from "./failure.ts";
import { lastLines, portHint } from "./failure-evidence.ts";
import { resolveImage } from "./resolve-image.ts";
import { changeOperation, changeService, inPhase } from "./rows.ts";
import type { FinalStatus } from "./step.ts";
import type { StoryLine } from "./story.ts";

const FIRST_PHASE: Readonly<Record<OperationType, OperationPhase>> = {
  CREATE_SERVICE: "pull",
  UPDATE_SERVICE: "pull",
  START_DEPLOYMENT: "pull",
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
  const nowMs = context.ports.clock.now();
  return async (tx) => {
    await changeOperation(tx, { serviceId: service.id, id: operationId }, nowMs, () => ({
      status: "IN_PROGRESS",
      ...inPhase(FIRST_PHASE[operation.type], nowMs),
    }));
  };
};

function openingLines(operation: Operation): readonly StoryLine[] {
  const { type, id, configuration } = operation;
  const lines: StoryLine[] = [
    { key: "started", text: eventLine.operationStarted(type) },
    { key: "in-progress", text: eventLine.statusSet("OPERATION_IN_PROGRESS") },
  ];
  if (type === "CREATE_SERVICE" || type === "UPDATE_SERVICE" || type === "START_DEPLOYMENT") {
    const { imageIdentifier } = configuration.source;
    lines.push({ key: "deployment", text: eventLine.deploymentStarted(id, type) });
    lines.push({ key: "artifact", text: eventLine.imageArtifact(imageIdentifier) });
  }
  return lines;
}

export const enterPhase: Executor<"enterPhase"> = async ({ operationId, phase }, context) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null) return NO_EFFECT;
  const { story, ports } = context;
  const { healthCheck, source } = operation.configuration;
  if (phase === "health-check") {
    const text = eventLine.healthCheckStarted(healthCheck, source.port);
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

export const pullImage: Executor<"pullImage"> = async ({ operationId }, context, signal) => {
  const { service, operation } = await subject(context, operationId);
  if (operation === null || operation.cause !== null || operation.releaseNumber !== null) return NO_EFFECT;
  const { ports, story } = context;
  const answer = await resolveImage(context, service, operation, signal);
  if ("cause" in answer) {
    const text = eventLine.pullFailed(answer.cause.message);
    await story.detail(service, operationId, { key: "pull-failed", text });
    return recordFailure(context, service, operation, answer.cause);
  }
  const release: Release = {
    serviceId: service.id,
    number: await ports.store.releases.nextNumber(service.id),
    operationId,
    imageId: answer.image.imageId,
    imageDigest: answer.image.digest,
    configuration: operation.configuration,
    scale: await scaleOf(ports.store, operation),
    createdAtMs: ports.clock.now(),
  };
  await ports.engine.protectImage(release.imageId, releaseKey(release), signal);
  await story.detail(service, operationId, { key: "deploying", text: eventLine.deployStarting() });
  await story.event(service, operationId, { key: "provisioning", text: eventLine.provisioning() });
  return recordRelease(context, release);
};

function recordRelease({ ports }: StepContext, release: Release): Effect {
  const nowMs = ports.clock.now();
  return async (tx) => {
    const key = { serviceId: release.serviceId, id: release.operationId };
    // A deadline that passed in this moment has failed it: what was pulled too late is not built any more.
    if ((await tx.operations.get(key.serviceId, key.id))?.cause !== null) return;
    const isOpen = await changeOperation(tx, key, nowMs, () => ({
      releaseNumber: release.number,
      ...inPhase("provision", nowMs),
    }));
    if (isOpen) await tx.releases.save(release);
  };
}

async function scaleOf(tables: Tables, operation: Operation): Promise<ReleaseScale> {
  const found = await tables.autoScalingConfigurations.get(
    operation.configuration.autoScalingConfigurationArn,
  );
  // In-use configurations cannot be deleted; App Runner's own defaults are the safe answer all the same.
  if (found === null) return { minSize: 1, maxSize: 25, maxConcurrency: 100 };
  return { minSize: found.minSize, maxSize: found.maxSize, maxConcurrency: found.maxConcurrency };
}

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

/** Tells the cause, and turns the operation round: back to the previous version, or to a clean end. */
async function recordFailure(
  { ports, story }: StepContext,
  service: Service,
  operation: Operation,
  cause: FailureCause,
): Promise<Effect> {
  await story.tell(service, operation.id, ...causeLines(operation, cause));
  if (operation.releaseNumber !== null && isDeploying(operation.type)) {
    await story.detail(service, operation.id, { key: "deploy-failed", text: eventLine.deployFailed() });
  }
  const details = (cause.logLines ?? []).map((text, index) => ({ key: `application:${index}`, text }));
  await story.detail(service, operation.id, { key: "cause", text: cause.message }, ...details);
  const canRollBack = operation.previousConfiguration !== null && service.activeReleaseNumber !== null;
  const isRollback = canRollBack && isDeploymentType(operation.type);
  if (isRollback) {
    await story.tell(service, operation.id, { key: "rolling-back", text: eventLine.rollingBack() });
  }
  const nowMs = ports.clock.now();
  return async (tx) => {
    await changeOperation(tx, { serviceId: service.id, id: operation.id }, nowMs, () => ({
      cause,
      ...(isRollback && { status: "ROLLBACK_IN_PROGRESS" as const }),
      ...inPhase("cleanup", nowMs),
    }));
  };
}

function isDeploymentType(type: OperationType): boolean {
  return type === "UPDATE_SERVICE" || type === "START_DEPLOYMENT";
}

function isDeploying(type: OperationType): boolean {
  return isDeploymentType(type) || type === "CREATE_SERVICE";
}

function causeLines(operation: Operation, cause: FailureCause): readonly StoryLine[] {
  const { healthCheck, source } = operation.configuration;
  const lines: StoryLine[] = [];
  if (cause.exitCode !== undefined) {
    lines.push({ key: "exit-code", text: eventLine.applicationStopped(cause.exitCode) });
  } else if (cause.phase === "health-check") {
    lines.push({ key: "health-failed", text: eventLine.healthCheckFailed(healthCheck, source.port) });
  }
  if (isDeploying(operation.type)) {
    const text = eventLine.deploymentFailed(operation.id, failureReason(cause));
    lines.push({ key: "deployment-failed", text });
  }
  return lines;
}

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
    if (after === "DELETED") await tx.tags.removeAll(service.arn);
  };
};

function statusAfter(operation: Operation, status: FinalStatus): ServiceStatus {
  if (status === "ROLLBACK_SUCCEEDED" || status === "ROLLBACK_FAILED") return "RUNNING";
  const { succeeded, failed } = STATUS_AFTER[operation.type];
  return status === "SUCCEEDED" ? succeeded : failed;
}

function closingLines(operation: Operation, status: FinalStatus, after: ServiceStatus): readonly StoryLine[] {
  const { type } = operation;
  const lines: StoryLine[] = [];
  if (status === "ROLLBACK_SUCCEEDED") lines.push({ key: "rolled-back", text: eventLine.rolledBack() });
  const text = status === "SUCCEEDED" ? eventLine.operationSucceeded(type) : eventLine.operationFailed(type);
  lines.push({ key: "ended", text }, { key: "status", text: eventLine.statusSet(after) });
  return lines;
}

async function subject(
  context: StepContext,
  operationId: string,
): Promise<{ readonly service: Service; readonly operation: Operation | null }> {
  const service = await serviceOf(context);
  const operation = await context.ports.store.operations.get(service.id, operationId);
  return { service, operation: operation?.endedAtMs === null ? operation : null };
}
