import type { Handler } from "../handler.ts";
import { findLiveService } from "../resources/service-lookup.ts";
import { toWireSourceWatch } from "../wire/source-watch-to-wire.ts";

/** Ours: a new secret for the webhook of a service. */
export const rotateWebhookSecret: Handler<"RotateWebhookSecret"> = async (input, context) => {
  const service = await findLiveService(input.ServiceArn, context);
  const view = await context.sourceWatching.rotateSecret(service.id);
  return { SourceWatch: toWireSourceWatch(service, view, context.publicApiUrl) };
};
