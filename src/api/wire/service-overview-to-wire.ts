/** A service as a row of a list: what it is, and what it has right now. */
import type * as Wire from "../../contract/index.ts";
import { type Instance, type InstanceState, isAlive } from "../../domain/instance.ts";
import type { Operation } from "../../domain/operation.ts";
import type { ServiceDetails } from "../../ports/store.ts";
import { toWireOperation } from "./operation-to-wire.ts";
import { toDate, toOptionalDate } from "./time.ts";

export function toWireServiceOverview(
  { service, release, instances, lastOperation, tags }: ServiceDetails,
  serviceUrl: (host: string) => string,
): Wire.ServiceOverview {
  const { source } = service.configuration;
  return {
    ServiceName: service.name,
    ServiceId: service.id,
    ServiceArn: service.arn,
    ServiceUrl: serviceUrl(service.host),
    IsPubliclyAccessible: service.configuration.network.isPubliclyAccessible,
    Status: service.status,
    CreatedAt: toDate(service.createdAtMs),
    SourceType: source.kind === "image" ? "IMAGE" : "REPOSITORY",
    Source: source.kind === "image" ? source.imageIdentifier : source.repositoryUrl,
    Branch: source.kind === "image" ? undefined : source.branch,
    ReleaseNumber: service.activeReleaseNumber ?? undefined,
    ReleasedAt: toOptionalDate(release?.createdAtMs ?? null),
    Instances: countInstances(instances),
    LastOperation: lastOperation === null ? undefined : toWireOperation(withoutLogLines(lastOperation)),
    Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}

/** What an application said is told where its service is asked for, not to all who may see the list. */
function withoutLogLines(operation: Operation): Operation {
  const { cause } = operation;
  return cause === null ? operation : { ...operation, cause: { ...cause, logLines: [] } };
}

function countInstances(instances: readonly Instance[]): Wire.ServiceOverview["Instances"] {
  const alive = instances.filter(isAlive);
  const count = (...states: readonly InstanceState[]) =>
    alive.filter(({ state }) => states.includes(state)).length;
  return {
    Starting: count("starting", "warming"),
    Running: count("ready"),
    Idle: count("idle"),
    Draining: count("draining"),
  };
}
