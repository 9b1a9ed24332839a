import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { toWireSourceWatch } from "../wire/source-watch-to-wire.ts";

/** Ours: how the service's source is watched, and the address and secret of its webhook. */
export const describeSourceWatch: Handler<"DescribeSourceWatch"> = async (input, context) => {
  const service = await findLiveService(input.ServiceArn, context);
  const view = await context.sourceWatching.describe(service.id);
  return { SourceWatch: toWireSourceWatch(service, view, context.publicApiUrl) };
};
