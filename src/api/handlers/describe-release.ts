import { SlipwayError } from "../../domain/error.ts";
import type { Handler } from "../handler.ts";
import { factsOfRelease } from "../resources/release-facts.ts";
import { findService } from "../resources/service-lookup.ts";
import { toWireRelease, toWireReleaseConfiguration, toWireRun } from "../wire/release-to-wire.ts";

/** Ours: what a release runs with, so that two of them can be compared. */
export const describeRelease: Handler<"DescribeRelease"> = async (input, context) => {
  const service = await findService(input.ServiceArn, context);
  const release = await context.store.releases.get(service.id, input.ReleaseNumber);
  if (release === null) {
    throw new SlipwayError("UnknownRelease", { name: service.name, number: String(input.ReleaseNumber) });
  }
  return {
    Release: toWireRelease(await factsOfRelease(context.store, service, release)),
    Configuration: toWireReleaseConfiguration(release),
    Run: toWireRun(release),
    SignedBy: release.signedBy,
  };
};
