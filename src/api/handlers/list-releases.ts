import type * as Wire from "../../contract/index.ts";
import { isFinished, type Operation } from "../../domain/operation.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireCommit, toWireTrigger } from "../wire/commit-to-wire.ts";
import { toDate } from "../wire/time.ts";

/** Ours: the releases of a service, newest first. */
export const listReleases: Handler<"ListReleases"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "ListReleases", input }, context, (request) =>
    context.store.releases.list(service.id, request),
  );
  const releases = page.rows.map(async (release) =>
    toWireRelease(release, service, await context.store.operations.get(service.id, release.operationId)),
  );
  return { Releases: await Promise.all(releases), ...page.nextToken };
};

/** "active" is in traffic (or waits for a resume), "superseded" was, "failed" never came that far. */
type ReleaseStatus = "deploying" | "active" | "superseded" | "failed";

function statusOf(release: Release, service: Service, operation: Operation | null): ReleaseStatus {
  if (release.number === service.activeReleaseNumber) return "active";
  if (operation === null || operation.status === "SUCCEEDED") return "superseded";
  return isFinished(operation) ? "failed" : "deploying";
}

function toWireRelease(release: Release, service: Service, operation: Operation | null): Wire.Release {
  const { source } = release.configuration;
  const status = statusOf(release, service, operation);
  return {
    ReleaseNumber: release.number,
    ImageIdentifier: source.kind === "image" ? source.imageIdentifier : undefined,
    Commit: toWireCommit(release.built?.commit),
    ImageDigest: release.imageDigest ?? undefined,
    CreatedAt: toDate(release.createdAtMs),
    Status: status,
    HasServed: status === "active" || status === "superseded",
    OperationId: release.operationId,
    Trigger: toWireTrigger(operation?.trigger),
    FromReleaseNumber: operation?.fromReleaseNumber,
  };
}
