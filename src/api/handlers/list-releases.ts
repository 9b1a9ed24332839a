import type * as Wire from "../../contract/index.ts";
import type { Commit } from "../../domain/code-source.ts";
import { isFinished } from "../../domain/operation.ts";
import type { Release } from "../../domain/release.ts";
import type { Service } from "../../domain/service.ts";
import type { Tables } from "../../ports/store.ts";
import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findService } from "../resources/service-lookup.ts";
import { toDate } from "../wire/time.ts";

/** Ours: the releases of a service, newest first. */
export const listReleases: Handler<"ListReleases"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "ListReleases", input }, context, (request) =>
    context.store.releases.list(service.id, request),
  );
  const releases = page.rows.map(async (release) =>
    toWireRelease(release, await statusOf(release, service, context.store)),
  );
  return { Releases: await Promise.all(releases), ...page.nextToken };
};

/** "active" is in traffic (or waits for a resume), "superseded" was, "failed" never came that far. */
type ReleaseStatus = "deploying" | "active" | "superseded" | "failed";

async function statusOf(release: Release, service: Service, tables: Tables): Promise<ReleaseStatus> {
  if (release.number === service.activeReleaseNumber) return "active";
  const operation = await tables.operations.get(service.id, release.operationId);
  if (operation === null || operation.status === "SUCCEEDED") return "superseded";
  return isFinished(operation) ? "failed" : "deploying";
}

function toWireRelease(release: Release, status: ReleaseStatus): Wire.Release {
  const { source } = release.configuration;
  return {
    ReleaseNumber: release.number,
    ImageIdentifier: source.kind === "image" ? source.imageIdentifier : undefined,
    Commit: toWireCommit(release.built?.commit),
    ImageDigest: release.imageDigest ?? undefined,
    CreatedAt: toDate(release.createdAtMs),
    Status: status,
  };
}

function toWireCommit(commit: Commit | undefined): Wire.Commit | undefined {
  if (commit === undefined) return undefined;
  const { id, author, message, committedAtMs } = commit;
  return { Id: id, Author: author, Message: message, CommittedAt: toDate(committedAtMs) };
}
