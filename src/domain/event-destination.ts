/** Where events are sent: a webhook of the user's, which of the events it takes, and in which form. */
import type { EventDetailType, EventSeverity, PlatformEvent } from "./event.ts";
import type { Tag } from "./tag.ts";

/** `eventbridge`: the envelope as JSON. `chat`: one member `text`, as chat programs' incoming webhooks take it. */
export type EventFormat = "eventbridge" | "chat";

export interface EventDestination {
  readonly arn: string;
  readonly name: string;
  readonly format: EventFormat;
  readonly filter: EventFilter;
  readonly status: "ENABLED" | "DISABLED";
  /** Why it was disabled when nobody asked for it. */
  readonly problem: string | null;
  /** Since when no attempt has succeeded, and why the last one did not; absent where the last one succeeded, or none was made. */
  readonly failure?: { readonly sinceMs: number; readonly problem: string };
  /** What may be shown of its address: paths and queries of webhooks are often secrets. The whole is sealed. */
  readonly shownUrl: string;
  /** Until then what is sent is signed with the secret before, too. */
  readonly previousSecretUntilMs: number | null;
  /** The last event before it was created: what happened until then is not sent. */
  readonly sinceSequence: number;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Everything that is named must match; what is empty matches all. */
export interface EventFilter {
  readonly detailTypes: readonly EventDetailType[];
  /** Names with `*` for any characters; one of them must match. What concerns no service is then left out. */
  readonly serviceNames: readonly string[];
  /** One that the service bears; an empty value matches every value. */
  readonly tag: Tag | null;
  readonly minimumSeverity: EventSeverity;
}

/** What is known of the service an event is about; null when it concerns none. */
export interface EventSubject {
  readonly name: string;
  readonly tags: readonly Tag[];
}

const RANK: Readonly<Record<EventSeverity, number>> = { INFO: 0, WARN: 1, ERROR: 2 };

export function takesEvent(
  { arn, filter, status }: EventDestination,
  event: PlatformEvent,
  subject: EventSubject | null,
): boolean {
  if (status === "DISABLED") return false;
  if (event.destinationArns?.includes(arn) === true) return true;
  if (RANK[event.severity] < RANK[filter.minimumSeverity]) return false;
  if (filter.detailTypes.length > 0 && !filter.detailTypes.includes(event.detailType)) return false;
  return matchesName(filter.serviceNames, subject) && matchesTag(filter.tag, subject);
}

function matchesName(patterns: readonly string[], subject: EventSubject | null): boolean {
  if (patterns.length === 0) return true;
  return subject !== null && patterns.some((pattern) => matchesPattern(pattern, subject.name));
}

function matchesTag(wanted: Tag | null, subject: EventSubject | null): boolean {
  if (wanted === null) return true;
  const found = subject?.tags.find(({ key }) => key === wanted.key);
  return found !== undefined && (wanted.value === "" || found.value === wanted.value);
}

/** Linear: each part between stars is looked for after the one before. */
function matchesPattern(pattern: string, name: string): boolean {
  const [head = "", ...rest] = pattern.split("*");
  const tail = rest.pop();
  if (tail === undefined) return name === head;
  if (!name.startsWith(head)) return false;
  let from = head.length;
  for (const part of rest) {
    const found = name.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return name.length - from >= tail.length && name.endsWith(tail);
}

export function destinationArn(
  { region, account }: { readonly region: string; readonly account: string },
  name: string,
): string {
  return `arn:aws:slipway:${region}:${account}:destination/${name}`;
}

/** What the vault keeps of a destination. */
export type SealedPart = "url" | "secret" | "previous-secret";

export function destinationSealPurpose(arn: string, part: SealedPart): string {
  return `${arn} ${part}`;
}

/** Of a chat program's webhook the path is a secret, of any address the query may be. */
export function shownUrl(url: URL, format: EventFormat): string {
  if (format === "chat") return `${url.origin}/…`;
  return `${url.origin}${url.pathname}${url.search === "" ? "" : "?…"}`;
}
