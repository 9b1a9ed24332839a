/** How an operation fails: its cause told and recorded, and the operation turned round. */
import type { FailureCause } from "../domain/cause.ts";
import { eventLine } from "../domain/event-line.ts";
import type { Operation, OperationType } from "../domain/operation.ts";
import { runSettings } from "../domain/release.ts";
import type { Service } from "../domain/service.ts";
import type { Effect, StepContext } from "./executor.ts";
import { failureReason, keptCause } from "./failure.ts";
import { changeUnfailed, inPhase } from "./rows.ts";
import type { StoryLine } from "./story.ts";

/** Tells the cause, and turns the operation round: back to the previous version, or to a clean end. */
export async function recordFailure(
  context: StepContext,
  service: Service,
  operation: Operation,
  cause: FailureCause,
): Promise<Effect> {
  const { ports, story } = context;
  const port = await portOf(context, operation);
  const reason = reasonLine(cause);
  if (reason !== null) await story.detail(service, operation.id, reason);
  await story.tell(service, operation.id, ...causeLines(operation, cause, port));
  if (operation.releaseNumber !== null && isDeploying(operation.type)) {
    await story.detail(service, operation.id, { key: "deploy-failed", text: eventLine.deployFailed() });
  }
  // The output of a build stands in this log already.
  const evidence = cause.phase === "build" ? [] : (cause.logLines ?? []);
  const details = evidence.map((text, index) => ({ key: `application:${index}`, text }));
  if (reason === null && !isToldAsReason(operation, cause)) {
    await story.detail(service, operation.id, { key: "cause", text: cause.message });
  }
  await story.detail(service, operation.id, ...details);
  const failed = failedOperation(service, operation, cause);
  if (failed.status !== undefined) {
    await story.tell(service, operation.id, { key: "rolling-back", text: eventLine.rollingBack() });
  }
  const nowMs = ports.clock.now();
  return async (tx) => {
    await changeUnfailed(tx, operation, nowMs, () => ({ ...failed, ...inPhase("cleanup", nowMs) }));
  };
}

/** What an operation becomes by failing: rolled back when there is something to go back to. */
export function failedOperation(
  service: Service,
  operation: Operation,
  cause: FailureCause,
): Pick<Operation, "cause"> & { readonly status?: "ROLLBACK_IN_PROGRESS" } {
  const canRollBack = operation.previousConfiguration !== null && service.activeReleaseNumber !== null;
  const isRollback = canRollBack && isDeploymentType(operation.type);
  return { cause: keptCause(service, cause), ...(isRollback && { status: "ROLLBACK_IN_PROGRESS" }) };
}

function isDeploymentType(type: OperationType): boolean {
  return type === "UPDATE_SERVICE" || type === "START_DEPLOYMENT";
}

export function isDeploying(type: OperationType): boolean {
  return isDeploymentType(type) || type === "CREATE_SERVICE";
}

/** Null in phases in which App Runner has no sentence that takes the reason: there it is a line of its own. */
function reasonLine({ phase, message }: FailureCause): StoryLine | null {
  if (phase === "source") return { key: "source-failed", text: eventLine.sourceFailed(message) };
  if (phase === "build") return { key: "build-failed", text: eventLine.buildFailed(message) };
  return phase === "pull" ? { key: "pull-failed", text: eventLine.pullFailed(message) } : null;
}

/** In the line that tells the end of the deployment. */
function isToldAsReason({ type }: Operation, cause: FailureCause): boolean {
  return isDeploying(type) && failureReason(cause) === cause.message;
}

function causeLines(operation: Operation, cause: FailureCause, port: string): readonly StoryLine[] {
  const { healthCheck } = operation.configuration;
  const lines: StoryLine[] = [];
  if (cause.exitCode !== undefined && cause.phase !== "build") {
    lines.push({ key: "exit-code", text: eventLine.applicationStopped(cause.exitCode) });
  } else if (cause.phase === "health-check") {
    lines.push({ key: "health-failed", text: eventLine.healthCheckFailed(healthCheck, port) });
  }
  if (isDeploying(operation.type)) {
    const text = eventLine.deploymentFailed(operation.id, failureReason(cause));
    lines.push({ key: "deployment-failed", text });
  }
  return lines;
}

/** The port of the operation's release; what is wished while there is none yet. */
export async function portOf({ ports }: StepContext, operation: Operation): Promise<string> {
  const { serviceId, releaseNumber, configuration } = operation;
  const release = releaseNumber === null ? null : await ports.store.releases.get(serviceId, releaseNumber);
  if (release !== null) return runSettings(release).port;
  const { source } = configuration;
  return source.kind === "image" ? source.port : (source.values?.port ?? "8080");
}
