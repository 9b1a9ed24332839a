/** An event as it is sent: EventBridge's envelope, or the one sentence of a chat message. */
import type { AccountScope } from "../../domain/arn.ts";
import { eventSource, type PlatformEvent } from "../../domain/event.ts";
import type { EventFormat } from "../../domain/event-destination.ts";

/** Also of a test, which is no event that happened. */
export type SentEvent = Omit<PlatformEvent, "detailType"> & { readonly detailType: string };

/** What chat programs show; a long cause ends here. */
const TEXT_MAX_CHARACTERS = 2000;

export function eventBody(event: SentEvent, format: EventFormat, scope: AccountScope): string {
  return JSON.stringify(format === "chat" ? { text: chatText(event) } : envelope(event, scope));
}

function envelope(event: SentEvent, { account, region }: AccountScope) {
  return {
    version: "0",
    id: event.id,
    "detail-type": event.detailType,
    source: eventSource(event.detailType),
    account,
    time: `${new Date(event.atMs).toISOString().slice(0, 19)}Z`,
    region,
    resources: event.resources,
    detail: event.detail,
  };
}

function chatText({ severity, message, detail }: SentEvent): string {
  const { serviceName, failureMessage } = detail;
  const subject = typeof serviceName === "string" ? `${serviceName}: ` : "";
  const cause = typeof failureMessage === "string" ? ` ${failureMessage}` : "";
  const text = withoutMeaning(`[${severity}] ${subject}${message}${cause}`);
  // Half a character makes some refuse the whole message.
  return text.slice(0, TEXT_MAX_CHARACTERS).toWellFormed();
}

/**
 * What came from an image or a repository must not call everybody of a channel, or hide an address behind a word or in a
 * picture: `<address|word>` at Slack, `[word](address)`, `[word][1]` and `[1]: address` where there is Markdown.
 */
function withoutMeaning(text: string): string {
  return text
    .replaceAll("<", "‹")
    .replaceAll(">", "›")
    .replaceAll("@", "@\u200B")
    .replaceAll(/\](?=[([:])/g, "]\u200B");
}
