/**
 * Log groups and streams under the names App Runner gives them in CloudWatch Logs:
 * `/aws/apprunner/<service>/<id>/service` with `events` and `deployment/<operation id>`, and `…/application` with
 * `instance/<instance id>`.
 */
import { SlipwayError } from "../../domain/error.ts";
import type { Tables } from "../../ports/store.ts";
import type { LogOwner, LogStream } from "../../ports/service-log.ts";

type GroupKind = "service" | "application";

export interface LogGroup {
  readonly owner: LogOwner;
  readonly kind: GroupKind;
}

const GROUP = /^\/aws\/apprunner\/([\w-]{4,40})\/([0-9a-f]{32})\/(service|application)$/;
const OPERATION_STREAM = /^deployment\/([0-9a-f]{32})$/;
const APPLICATION_STREAM = /^instance\/([0-9a-f]{32})$/;

/** Groups outlive their service, as in CloudWatch. */
export async function findLogGroup(name: string, tables: Pick<Tables, "services">): Promise<LogGroup> {
  const [, serviceName, serviceId, kind] = GROUP.exec(name) ?? [];
  const service = serviceId === undefined ? null : await tables.services.get(serviceId);
  if (service === null || service.name !== serviceName) {
    throw new SlipwayError("NoSuchResource", { kind: "Log group", arn: name });
  }
  return {
    owner: { serviceId: service.id, serviceName: service.name },
    kind: kind === "service" ? "service" : "application",
  };
}

/** Throws NoSuchLogStream for a name that no stream of this group can have. */
export function parseLogStream(name: string, { kind }: LogGroup): LogStream {
  const stream = kind === "service" ? parseServiceStream(name) : parseApplicationStream(name);
  if (stream === null) throw new SlipwayError("NoSuchLogStream", { name });
  return stream;
}

function parseServiceStream(name: string): LogStream | null {
  if (name === "events") return { kind: "events" };
  const operationId = OPERATION_STREAM.exec(name)?.[1];
  return operationId === undefined ? null : { kind: "operation", operationId };
}

function parseApplicationStream(name: string): LogStream | null {
  const instanceId = APPLICATION_STREAM.exec(name)?.[1];
  return instanceId === undefined ? null : { kind: "application", instanceId };
}

export function logStreamName(stream: LogStream): string {
  if (stream.kind === "events") return "events";
  if (stream.kind === "access") return "requests";
  return stream.kind === "operation" ? `deployment/${stream.operationId}` : `instance/${stream.instanceId}`;
}

export function isInGroup(stream: LogStream, { kind }: LogGroup): boolean {
  return (stream.kind === "application") === (kind === "application");
}
