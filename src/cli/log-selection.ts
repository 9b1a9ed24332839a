/** Which streams of a service `slipway logs` is about. */
import type { Client } from "./client.ts";
import { CliFailure } from "./failure.ts";
import { listOperations, resolveOperation } from "./operation-reference.ts";
import { listStreams, logGroup, type LogGroupKind, type LogStream } from "./service-logs.ts";
import type { ServiceReference } from "./service-reference.ts";

export interface LogSelectionOptions {
  readonly group?: LogGroupKind;
  readonly events?: boolean;
  readonly access?: boolean;
  /** True: the newest one. */
  readonly deployment?: string | true;
  readonly instance?: string;
  readonly build?: boolean;
}

export interface LogSelection {
  readonly group: string;
  /** Null: all of the group, as far as the prefix fits. */
  readonly streams: readonly string[] | null;
  readonly prefix: string | null;
}

const BUILDING: ReadonlySet<string> = new Set(["CREATE_SERVICE", "UPDATE_SERVICE", "START_DEPLOYMENT"]);
/** What one search may name. */
const STREAMS_MAX = 100;

export async function selectLogs(
  client: Client,
  service: ServiceReference,
  options: LogSelectionOptions,
): Promise<LogSelection> {
  const all = { streams: null, prefix: null };
  const inService = { group: logGroup(service, "service"), prefix: null };
  if (options.events === true) return { ...inService, streams: ["events"] };
  if (options.build === true) return { ...inService, streams: [await buildStream(client, service)] };
  if (options.deployment !== undefined) {
    if (options.group === "application") return ofDeployment(client, service, options.deployment);
    return { ...inService, streams: [await operationStream(client, service, options.deployment)] };
  }
  if (options.instance !== undefined) return ofInstance(client, service, options.instance);
  const kind = options.access === true ? "access" : (options.group ?? "application");
  return { ...all, group: logGroup(service, kind) };
}

/** Those of the selection, the one written to last first. */
export async function selectedStreams(
  client: Client,
  { group, streams, prefix }: LogSelection,
  writtenSinceMs = 0,
): Promise<readonly LogStream[]> {
  const present = await listStreams(client, group, writtenSinceMs);
  return present.filter(
    ({ logStreamName }) =>
      (streams?.includes(logStreamName) ?? true) && logStreamName.startsWith(prefix ?? ""),
  );
}

async function ofInstance(client: Client, service: ServiceReference, id: string): Promise<LogSelection> {
  const selection = {
    group: logGroup(service, "application"),
    streams: null,
    prefix: `instance/${id.toLowerCase()}`,
  };
  if ((await selectedStreams(client, selection)).length > 0) return selection;
  throw new CliFailure(`${service.name} has no log of instance ${id}.`, {
    hint: `See \`slipway status ${service.name}\`.`,
  });
}

async function operationStream(
  client: Client,
  service: ServiceReference,
  reference: string | true,
): Promise<string> {
  const id = reference === true ? "" : await resolveOperation(client, service, reference);
  const streams = await listStreams(client, logGroup(service, "service"));
  const found = streams.find(({ logStreamName }) => logStreamName.includes(`/${id}`));
  if (found !== undefined) return found.logStreamName;
  throw new CliFailure(
    `${service.name} has no log of ${reference === true ? "an operation" : `operation ${id}`}.`,
    { hint: `See \`slipway ops ${service.name}\`.` },
  );
}

/** A build's output is part of its operation's log. */
async function buildStream(client: Client, service: ServiceReference): Promise<string> {
  const operations = await listOperations(client, service);
  const newest = operations.find(({ Type = "" }) => BUILDING.has(Type));
  return operationStream(client, service, newest?.Id ?? true);
}

/** What the instances wrote that a deployment started. */
async function ofDeployment(
  client: Client,
  service: ServiceReference,
  reference: string | true,
): Promise<LogSelection> {
  const [newest] = reference === true ? await listOperations(client, service) : [];
  const id = newest?.Id ?? (await resolveOperation(client, service, reference === true ? "" : reference));
  const input = { ServiceArn: service.arn, OperationId: id };
  const { ReleaseNumber } = (await client.call("Slipway.DescribeOperation", input)).Operation;
  const instances = ReleaseNumber === undefined ? [] : await instancesOf(client, service, ReleaseNumber);
  if (instances.length === 0) {
    throw new CliFailure(`Operation ${id} of ${service.name} started no instance.`, {
      hint: `See \`slipway logs ${service.name} --deployment ${id}\`.`,
    });
  }
  const streams = instances.slice(0, STREAMS_MAX).map((instance) => `instance/${instance}`);
  const group = logGroup(service, "application");
  const written = new Set((await listStreams(client, group)).map(({ logStreamName }) => logStreamName));
  return { group, prefix: null, streams: streams.filter((stream) => written.has(stream)) };
}

async function instancesOf(
  client: Client,
  service: ServiceReference,
  releaseNumber: number,
): Promise<readonly string[]> {
  const ids: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("Slipway.ListInstances", {
      ServiceArn: service.arn,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    const fitting = page.Instances.filter(({ ReleaseNumber }) => ReleaseNumber === releaseNumber);
    ids.push(...fitting.map(({ InstanceId }) => InstanceId));
    token = page.NextToken;
  } while (token !== undefined);
  return ids;
}
