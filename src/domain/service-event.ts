/**
 * What happens to services, as events. Detail types, operation statuses and messages are App Runner's where it has them
 * (App Runner Developer Guide, EventBridge); members it does not have are ours and stand beside its own.
 */
import { isDeepStrictEqual } from "node:util";
import { parseArn } from "./arn.ts";
import type { EventDetail, NewEvent } from "./event.ts";
import { severityOfEnd } from "./instance-end.ts";
import type { Instance } from "./instance.ts";
import type { Operation, OperationType } from "./operation.ts";
import type { Service, ServiceStatus, Source } from "./service.ts";
import type { Tag } from "./tag.ts";

type Subject = Pick<Service, "id" | "arn" | "name">;

/** App Runner's word of each operation, in its `operationStatus` and in its sentences. */
const WORDS: Readonly<Record<OperationType, readonly [status: string, title: string]>> = {
  CREATE_SERVICE: ["CreateService", "Service creation"],
  UPDATE_SERVICE: ["UpdateService", "Service update"],
  START_DEPLOYMENT: ["Deployment", "Deployment"],
  PAUSE_SERVICE: ["PauseService", "Service pause"],
  RESUME_SERVICE: ["ResumeService", "Service resume"],
  DELETE_SERVICE: ["DeleteService", "Service deletion"],
};

/** Of those that bring a release it says where to look. */
const SEE_LOGS: ReadonlySet<OperationType> = new Set([
  "CREATE_SERVICE",
  "UPDATE_SERVICE",
  "START_DEPLOYMENT",
]);

/** `previous` null: it was created just now. `tags`: of a service that is deleted, for then they are gone. */
export function serviceStatusEvent(
  service: Pick<Service, "id" | "arn" | "name" | "status">,
  previous: ServiceStatus | null,
  { atMs, tags }: { readonly atMs: number; readonly tags?: readonly Tag[] },
): NewEvent {
  const { status } = service;
  const severity = status === "CREATE_FAILED" || status === "DELETE_FAILED" ? "ERROR" : "INFO";
  const message = `Service status is set to ${status}.`;
  return {
    ...about(service, atMs),
    detailType: "AppRunner Service Status Change",
    severity,
    message,
    detail: {
      ...(previous !== null && { previousServiceStatus: previous }),
      currentServiceStatus: status,
      serviceName: service.name,
      serviceId: service.id,
      message,
      severity,
    },
    ...(tags !== undefined && { serviceTags: tags }),
  };
}

/** Of an operation that was accepted, or that has ended; null while it is under way. */
export function operationEvent(operation: Operation, atMs: number): NewEvent | null {
  const outcome = outcomeOf(operation);
  if (outcome === null) return null;
  const service = serviceOf(operation);
  const severity = outcome === "Failed" ? "ERROR" : "INFO";
  const message = messageOf(operation, outcome);
  return {
    ...about(service, atMs),
    detailType: "AppRunner Service Operation Status Change",
    severity,
    message,
    detail: {
      operationStatus: `${WORDS[operation.type][0]}${outcome}`,
      serviceName: service.name,
      serviceId: service.id,
      message,
      severity,
      ...ownMembers(operation),
    },
  };
}

type Outcome = "Started" | "CompletedSuccessfully" | "Failed";

function outcomeOf({ status }: Operation): Outcome | null {
  if (status === "PENDING") return "Started";
  if (status === "SUCCEEDED") return "CompletedSuccessfully";
  return status === "IN_PROGRESS" || status === "ROLLBACK_IN_PROGRESS" ? null : "Failed";
}

function messageOf(operation: Operation, outcome: Outcome): string {
  const { type } = operation;
  const [, title] = WORDS[type];
  if (outcome === "Started") return `${title} started.`;
  if (outcome === "Failed")
    return `${title} failed.${SEE_LOGS.has(type) ? " For details, see service logs." : ""}`;
  const what = isNewApplication(operation) ? "New application and configuration" : "New configuration";
  return `${title} completed successfully.${type === "UPDATE_SERVICE" ? ` ${what} is deployed.` : ""}`;
}

/** Another image, or code from elsewhere. */
function isNewApplication({ configuration, previousConfiguration, fromReleaseNumber }: Operation): boolean {
  if (fromReleaseNumber !== undefined || previousConfiguration === null) return true;
  return !isDeepStrictEqual(originOf(configuration.source), originOf(previousConfiguration.source));
}

function originOf(source: Source): readonly string[] {
  if (source.kind === "image") return [source.imageIdentifier];
  return [source.repositoryUrl, source.branch, source.sourceDirectory];
}

function ownMembers(operation: Operation): EventDetail {
  const { id, type, trigger, releaseNumber, status, cause } = operation;
  return {
    operationId: id,
    operationType: type,
    ...(trigger !== undefined && { trigger: trigger.by }),
    ...(releaseNumber !== null && { releaseNumber }),
    ...(status === "ROLLBACK_SUCCEEDED" && { rollback: "SUCCEEDED" }),
    ...(status === "ROLLBACK_FAILED" && { rollback: "FAILED" }),
    ...(cause !== null && {
      failurePhase: cause.phase,
      failureClass: cause.class,
      failureMessage: cause.message,
      ...(cause.exitCode !== undefined && { exitCode: cause.exitCode }),
      ...(cause.healthStatus !== undefined && { healthStatus: cause.healthStatus }),
    }),
  };
}

export function instanceEndedEvent(service: Subject, instance: Instance, atMs: number): NewEvent {
  // Those that were on their way out when words for it came are told as what most of them were.
  const { end = "scaled-in", endReason, exitCode, isOutOfMemory, healthProblem, readyAtMs } = instance;
  const severity = severityOfEnd(end);
  const message = `Instance ${instance.id} of release ${instance.releaseNumber} ended: ${(endReason ?? end).replace(/\.$/, "")}.`;
  return {
    ...about(service, atMs),
    detailType: "Slipway Instance Ended",
    severity,
    message,
    detail: {
      ...instanceMembers(service, instance),
      reason: end,
      reasonMessage: endReason ?? end,
      ...(exitCode !== null && { exitCode }),
      isOutOfMemory,
      livedMs: Math.max(0, atMs - instance.createdAtMs),
      servedMs: readyAtMs === null ? 0 : Math.max(0, atMs - readyAtMs),
      ...(healthProblem !== undefined && { lastHealthProblem: healthProblem }),
      message,
      severity,
    },
  };
}

export function instanceHealthEvent(service: Subject, instance: Instance, atMs: number): NewEvent {
  const { id, isUnhealthy = false, healthProblem } = instance;
  const severity = isUnhealthy ? "WARN" : "INFO";
  const problem = healthProblem === undefined ? "" : `: ${healthProblem}`;
  const message = isUnhealthy
    ? `Instance ${id} fails its health check${problem}.`
    : `Instance ${id} passes its health check again.`;
  return {
    ...about(service, atMs),
    detailType: "Slipway Instance Health Change",
    severity,
    message,
    detail: {
      ...instanceMembers(service, instance),
      health: isUnhealthy ? "UNHEALTHY" : "HEALTHY",
      ...(isUnhealthy && healthProblem !== undefined && { lastHealthProblem: healthProblem }),
      message,
      severity,
    },
  };
}

function instanceMembers(service: Subject, { id, releaseNumber }: Instance): EventDetail {
  return { serviceName: service.name, serviceId: service.id, instanceId: id, releaseNumber };
}

function about({ id, arn }: Pick<Service, "id" | "arn">, atMs: number) {
  return { atMs, serviceId: id, resources: [arn] } as const;
}

function serviceOf({ serviceId: id, serviceArn: arn }: Operation): Subject {
  return { id, arn, name: parseArn(arn)?.name ?? id };
}
