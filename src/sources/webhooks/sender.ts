/** Who calls a webhook, by their headers, and whether they know its secret. Pure; compares in constant time. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { WebhookRequest } from "../../ports/source-watching.ts";

type Headers = WebhookRequest["headers"];

export interface Sender {
  readonly name: "GitHub" | "Gitea" | "GitLab" | "Bitbucket" | "registry";
  /** Sent with events of this sender only. */
  readonly eventHeader: string;
  /** Null: each delivery is known by its body. */
  readonly deliveryHeader: string | null;
  readonly isGenuine: (request: WebhookRequest, secret: string) => boolean;
}

/** Gitea sends GitHub's headers too, so it comes first. */
const SENDERS: readonly Sender[] = [
  {
    name: "Gitea",
    eventHeader: "x-gitea-event",
    deliveryHeader: "x-gitea-delivery",
    isGenuine: ({ headers, body }, secret) =>
      isSame(headerOf(headers, "x-gitea-signature"), hmac(body, secret)),
  },
  {
    name: "GitHub",
    eventHeader: "x-github-event",
    deliveryHeader: "x-github-delivery",
    isGenuine: ({ headers, body }, secret) =>
      isSame(headerOf(headers, "x-hub-signature-256"), `sha256=${hmac(body, secret)}`),
  },
  {
    name: "GitLab",
    eventHeader: "x-gitlab-event",
    deliveryHeader: "idempotency-key",
    isGenuine: ({ headers }, secret) => isSame(headerOf(headers, "x-gitlab-token"), secret),
  },
  {
    name: "Bitbucket",
    eventHeader: "x-event-key",
    deliveryHeader: "x-request-uuid",
    isGenuine: ({ headers, body }, secret) =>
      isSame(headerOf(headers, "x-hub-signature"), `sha256=${hmac(body, secret)}`),
  },
  {
    name: "registry",
    eventHeader: "authorization",
    deliveryHeader: null,
    isGenuine: ({ headers }, secret) => isSame(headerOf(headers, "authorization"), `Bearer ${secret}`),
  },
];

/** Undefined for a stranger. */
export function senderOf(headers: Headers): Sender | undefined {
  return SENDERS.find(({ eventHeader }) => headerOf(headers, eventHeader) !== null);
}

/** What the sender calls the event; empty for who has no names for them. */
export function eventName({ name, eventHeader }: Sender, headers: Headers): string {
  return name === "registry" ? "" : (headerOf(headers, eventHeader) ?? "");
}

/** Ids are the sender's; odd ones, and what has none, go by the body. */
export function deliveryId({ deliveryHeader }: Sender, { headers, body }: WebhookRequest): string {
  const id = deliveryHeader === null ? null : headerOf(headers, deliveryHeader);
  if (id !== null && /^[\w{}.:-]{8,100}$/.test(id)) return id;
  return `sha256:${createHash("sha256").update(body).digest("hex")}`;
}

/** A header that is there twice is not there. */
function headerOf(headers: Headers, name: string): string | null {
  const value = headers[name];
  return typeof value === "string" ? value : null;
}

function hmac(body: Buffer, secret: string): string {
  return createHmac("sha256", secret).update(body).digest("hex");
}

/** The time says nothing about where two texts differ, nor about their lengths. */
function isSame(given: string | null, wanted: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(given ?? ""), digest(wanted)) && given !== null;
}
