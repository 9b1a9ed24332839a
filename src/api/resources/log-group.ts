/**
 * Log groups and streams under the names App Runner gives them in CloudWatch Logs:
 * `/aws/apprunner/<service>/<id>/service` with `events` and `deployment/<operation id>`, `…/application` with
 * `instance/<instance id>`, and ours, `…/access` with `requests`.
 */
import type { AccountScope } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";
import {
  groupOf,
  type LogArchive,
  type LogGroupKind,
  type LogOwner,
  type LogStream,
  type LogStreamSummary,
} from "../../ports/service-log.ts";
import type { Tables } from "../../ports/store.ts";

export interface NamedLogGroup {
  readonly name: string;
  readonly owner: LogOwner;
  readonly group: LogGroupKind;
}

/** How inputs say which group is meant. */
export interface LogGroupReference {
  readonly logGroupName?: string | undefined;
  /** Name or ARN. */
  readonly logGroupIdentifier?: string | undefined;
}

/** Where groups are looked up. */
interface LogLookup {
  readonly logs: Pick<LogArchive, "groups">;
  readonly scope: AccountScope;
  readonly store: Pick<Tables, "services">;
}

const GROUP = /^\/aws\/apprunner\/([\w-]{4,40})\/([0-9a-f]{32})\/(service|application|access)$/;
const STREAM = /^(deployment|instance)\/([0-9a-f]{32})$/;
const ARN = /^arn:aws:logs:([^:]*):([^:]*):log-group:([^:]+)(?::\*)?$/;

export function logGroupName({ owner, group }: Omit<NamedLogGroup, "name">): string {
  return `/aws/apprunner/${owner.serviceName}/${owner.serviceId}/${group}`;
}

/** As policies name it; DescribeLogGroups gives it with `:*` behind it too. */
export function logGroupArn(name: string, { region, account }: AccountScope): string {
  return `arn:aws:logs:${region}:${account}:log-group:${name}`;
}

export function logStreamArn(group: string, stream: string, scope: AccountScope): string {
  return `${logGroupArn(group, scope)}:log-stream:${stream}`;
}

/** The name in a name or an ARN of this account and region; null for another's. */
export function nameInIdentifier(identifier: string, scope: AccountScope): string | null {
  if (!identifier.startsWith("arn:")) return identifier;
  const [, region, account, name = null] = ARN.exec(identifier) ?? [];
  return region === scope.region && account === scope.account ? name : null;
}

/**
 * The group that is named, of a service that is there or was. Whether anything was written to it is not looked at:
 * `assertWritten` does.
 */
export async function findLogGroup(reference: LogGroupReference, context: LogLookup): Promise<NamedLogGroup> {
  const identifier = onlyOne(reference);
  const name = nameInIdentifier(identifier, context.scope);
  const [, serviceName, serviceId, group] = GROUP.exec(name ?? "") ?? [];
  if (name === null || serviceName === undefined || serviceId === undefined) throw missingGroup();
  const owner = { serviceId, serviceName };
  if (!(await isKnown(owner, context))) throw missingGroup();
  return { name, owner, group: group as LogGroupKind };
}

function onlyOne({ logGroupName: name, logGroupIdentifier: identifier }: LogGroupReference): string {
  const [given, other] = [name ?? identifier, name === undefined ? undefined : identifier];
  if (given !== undefined && other === undefined) return given;
  throw invalidLogs("logGroupName", "give either logGroupName or logGroupIdentifier");
}

/** Logs may outlive the record of their service. */
async function isKnown(owner: LogOwner, { store, logs }: LogLookup): Promise<boolean> {
  const service = await store.services.get(owner.serviceId);
  if (service !== null) return service.name === owner.serviceName;
  const groups = await logs.groups();
  return groups.some(
    (one) => one.owner.serviceId === owner.serviceId && one.owner.serviceName === owner.serviceName,
  );
}

/** The streams of the group, in no order. A group without any is none: throws LogGroupNotFound. */
export async function streamsOf(
  { owner, group }: NamedLogGroup,
  logs: Pick<LogArchive, "streams">,
): Promise<readonly LogStreamSummary[]> {
  const streams = (await logs.streams(owner)).filter(({ stream }) => groupOf(stream) === group);
  if (streams.length === 0) throw missingGroup();
  return streams;
}

/** Throws LogGroupNotFound or LogStreamNotFound where nothing was ever written. */
export async function assertWritten(
  group: NamedLogGroup,
  streamNames: readonly string[],
  logs: Pick<LogArchive, "streams">,
): Promise<void> {
  const present = new Set((await streamsOf(group, logs)).map(({ stream }) => logStreamName(stream)));
  if (streamNames.some((name) => !present.has(name))) throw new SlipwayError("LogStreamNotFound");
}

/** Throws LogStreamNotFound for a name that no stream of this group can have. */
export function parseLogStream(name: string, { group }: Pick<NamedLogGroup, "group">): LogStream {
  const stream = streamNamed(name);
  if (stream === null || groupOf(stream) !== group) throw new SlipwayError("LogStreamNotFound");
  return stream;
}

function streamNamed(name: string): LogStream | null {
  if (name === "events") return { kind: "events" };
  if (name === "requests") return { kind: "access" };
  const [, kind, id] = STREAM.exec(name) ?? [];
  if (id === undefined) return null;
  return kind === "instance"
    ? { kind: "application", instanceId: id }
    : { kind: "operation", operationId: id };
}

export function logStreamName(stream: LogStream): string {
  if (stream.kind === "events") return "events";
  if (stream.kind === "access") return "requests";
  return stream.kind === "operation" ? `deployment/${stream.operationId}` : `instance/${stream.instanceId}`;
}

export function invalidLogs(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidLogRequest", { path, problem });
}

function missingGroup(): SlipwayError {
  return new SlipwayError("LogGroupNotFound");
}
