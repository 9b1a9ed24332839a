/**
 * What the API needs from whatever watches sources for new versions: what is known of one, and a place for deliveries of
 * webhooks. Implementations: `sources/watch` and `sources/webhooks`.
 */
import type { SourceWatch } from "../domain/source-watch.ts";

export interface SourceWatching {
  /** Makes the secret of the service's webhook at first need. */
  describe(serviceId: string): Promise<SourceWatchView>;
  /** Deliveries that are signed with the old secret are refused from then on. */
  rotateSecret(serviceId: string): Promise<SourceWatchView>;
}

export interface SourceWatchView {
  readonly watch: SourceWatch;
  readonly webhookSecret: string;
  /** Null: it is not watched, or has no next check while an operation runs. */
  readonly nextCheckAtMs: number | null;
}

export interface WebhookReceiver {
  /** Never throws: what is wrong is in the reply. An unknown service and a wrong signature are answered alike. */
  receive(request: WebhookRequest): Promise<WebhookReply>;
}

export interface WebhookRequest {
  /** From the address; anything. */
  readonly serviceId: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: Buffer;
}

export interface WebhookReply {
  readonly status: number;
  /** One line for people. */
  readonly result: string;
}
