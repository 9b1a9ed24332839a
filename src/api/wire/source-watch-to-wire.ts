/** What is known of a service's source, as our own operations show it. */
import type * as Wire from "../../contract/index.ts";
import type { Service } from "../../domain/service.ts";
import type { SourceWatchView } from "../../ports/source-watching.ts";
import { toOptionalDate } from "./time.ts";

export function toWireSourceWatch(
  { id, status, configuration }: Service,
  { watch, webhookSecret, nextCheckAtMs }: SourceWatchView,
  publicApiUrl: string,
): Wire.SourceWatch {
  return {
    WebhookUrl: `${publicApiUrl}/webhooks/${id}`,
    WebhookSecret: webhookSecret,
    IsWatched: configuration.autoDeploymentsEnabled && status === "RUNNING",
    HandledVersion: watch.handledVersion ?? undefined,
    LastCheckAt: toOptionalDate(watch.check?.atMs ?? null),
    Problem: watch.check?.problem ?? undefined,
    NextCheckAt: toOptionalDate(nextCheckAtMs),
    LastDeliveryAt: toOptionalDate(watch.delivery?.atMs ?? null),
    LastDeliveryId: watch.delivery?.id,
    LastDeliveryResult: watch.delivery?.result,
  };
}
