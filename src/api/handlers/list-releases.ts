import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { factsOfReleases } from "../resources/release-facts.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireRelease } from "../wire/release-to-wire.ts";

/** Ours: the releases of a service, newest first. */
export const listReleases: Handler<"ListReleases"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const page = await readPage({ operation: "ListReleases", input }, context, (request) =>
    context.store.releases.list(service.id, request),
  );
  const releases = await factsOfReleases(context.store, service, page.rows);
  return { Releases: releases.map(toWireRelease), ...page.nextToken };
};
