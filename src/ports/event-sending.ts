/** What the API asks of whoever sends events on. Implementation: `observe/events/`. */
import type { EventDestination } from "../domain/event-destination.ts";

export interface EventSending {
  /** Sends one message of its own, now and once. Whatever the endpoint does, it does not throw. */
  ping(destination: EventDestination): Promise<SendOutcome>;
  /** Why nothing may be sent to this address; null when it may be tried. */
  problemOf(url: URL): string | null;
  /** The destination or what is on its way to it was changed: looked at now, whatever failed before. */
  reconsider(destinationArn: string): void;
}

export interface SendOutcome {
  /** HTTP status; null when there was no answer. */
  readonly status: number | null;
  /** Null: it was taken. */
  readonly problem: string | null;
  /** How long the endpoint asks to be left alone; null when it does not say. */
  readonly retryAfterMs: number | null;
}
