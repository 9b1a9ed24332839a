/** One event to one destination: opens what is sealed of it, writes and signs the message, posts it. */
import type { AccountScope } from "../../domain/arn.ts";
import {
  destinationSealPurpose,
  type EventDestination,
  type SealedPart,
} from "../../domain/event-destination.ts";
import type { Clock } from "../../ports/clock.ts";
import type { SendOutcome } from "../../ports/event-sending.ts";
import type { Store } from "../../ports/store.ts";
import type { Vault } from "../../ports/vault.ts";
import { eventBody, type SentEvent } from "./event-envelope.ts";
import { postMessage } from "./post-message.ts";
import { signatureHeaders } from "./signature.ts";

export interface EventSenderDeps {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly scope: AccountScope;
  readonly userAgent: string;
  readonly arePrivateTargetsAllowed: boolean;
  readonly deadlineMs: number;
}

export class EventSender {
  readonly #deps: EventSenderDeps;

  constructor(deps: EventSenderDeps) {
    this.#deps = deps;
  }

  /** What the endpoint does is an outcome; throws for the store and the vault. */
  async send(destination: EventDestination, event: SentEvent, signal: AbortSignal): Promise<SendOutcome> {
    const { clock, scope, userAgent } = this.#deps;
    const { arn, format, previousSecretUntilMs } = destination;
    const atMs = clock.now();
    const url = await this.#open(arn, "url");
    const secret = await this.#open(arn, "secret");
    const hasPrevious = previousSecretUntilMs !== null && atMs < previousSecretUntilMs;
    const previous = hasPrevious ? await this.#open(arn, "previous-secret") : null;
    if (url === null || secret === null) return GONE;
    const body = eventBody(event, format, scope);
    const secrets = previous === null ? [secret] : [secret, previous];
    const headers = {
      "content-type": "application/json",
      "user-agent": userAgent,
      ...signatureHeaders({ id: event.id, atMs, body }, secrets),
    };
    return postMessage({ url: new URL(url), headers, body }, this.#deps, signal);
  }

  async #open(arn: string, part: SealedPart): Promise<string | null> {
    const sealed = await this.#deps.store.sealedValues.get(arn, part);
    return sealed === null ? null : this.#deps.vault.open(destinationSealPurpose(arn, part), sealed);
  }
}

/** It was deleted in this moment. */
const GONE: SendOutcome = { status: null, problem: "it was deleted", retryAfterMs: null };
