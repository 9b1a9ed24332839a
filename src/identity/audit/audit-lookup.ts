/**
 * Looks records up, newest first. Files of other days are passed over by their names; in the others a text that a record
 * must contain is looked for before anything is parsed.
 */
import { setImmediate as turn } from "node:timers/promises";
import { type AuditAttribute, type AuditRecord, hasAttribute } from "../../domain/audit.ts";
import type { AuditCondition, AuditPage, AuditQuery } from "../../ports/audit-trail.ts";
import { hashStartOf, readLink, toRecord } from "./chain-link.ts";
import { dayOf, linesBackward, readSegment, type Segment } from "./segment-files.ts";

export interface LookupRequest {
  readonly directory: string;
  /** Oldest first. */
  readonly segments: readonly Segment[];
  readonly query: AuditQuery;
  /** Milliseconds that only go forward. */
  readonly elapsed: () => number;
}

/** A page that takes longer ends with what was found. */
const TIME_LIMIT_MS = 700;
const LINES_AT_ONCE = 500;

export async function lookUp({ directory, segments, query, elapsed }: LookupRequest): Promise<AuditPage> {
  const [firstDay, lastDay] = [dayOf(query.startMs), dayOf(query.endMs)];
  const needle = needleOf(query.conditions);
  const deadline = elapsed() + TIME_LIMIT_MS;
  const records: AuditRecord[] = [];
  for (const segment of segments.toReversed()) {
    if (segment.day < firstDay || segment.day > lastDay) continue;
    if (query.beforeSequence !== null && segment.firstSequence >= query.beforeSequence) continue;
    // One that was damaged must not hide the others; `verify` tells of it.
    const bytes = await readSegment(directory, segment).catch(() => Buffer.alloc(0));
    const lines = linesBackward(bytes, needle);
    let count = 0;
    for (const line of lines) {
      const record = matching(line, query);
      if (record !== null) records.push(record);
      if (record !== null && records.length === query.limit)
        return { records, beforeSequence: record.sequence };
      if (++count % LINES_AT_ONCE !== 0) continue;
      await turn();
      const sequence = readLink(line)?.sequence;
      if (elapsed() > deadline && sequence !== undefined) return { records, beforeSequence: sequence };
    }
    if (elapsed() > deadline) return { records, beforeSequence: segment.firstSequence };
    await turn();
  }
  return { records, beforeSequence: null };
}

function matching(line: string, query: AuditQuery): AuditRecord | null {
  const link = readLink(line);
  if (link === null) return null;
  if (query.beforeSequence !== null && link.sequence >= query.beforeSequence) return null;
  const record = toRecord(link);
  if (record === null || record.atMs < query.startMs || record.atMs > query.endMs) return null;
  return query.conditions.every(({ attribute, value }) => hasAttribute(record, attribute, value))
    ? record
    : null;
}

/** The longest text that the line of every record sought contains; null where there is none. */
function needleOf(conditions: readonly AuditCondition[]): string | null {
  const texts = conditions.flatMap(({ attribute, value }) => TEXTS[attribute](value) ?? []);
  return texts.sort((one, other) => other.length - one.length)[0] ?? null;
}

type Text = (value: string) => string | null;

const member =
  (name: string): Text =>
  (value) =>
    `"${name}":${JSON.stringify(value)}`;
/** Made of what stands in the line. */
const nowhere: Text = () => null;

const TEXTS: Readonly<Record<AuditAttribute, Text>> = {
  AccessKeyId: member("accessKeyId"),
  EventId: hashStartOf,
  EventName: member("eventName"),
  EventSource: member("eventSource"),
  Outcome: (value) => (value.toLowerCase() === "success" ? `"errorCode":null,` : null),
  ReadOnly: (value) => `"isReadOnly":${value.toLowerCase()},`,
  ResourceName: (value) => JSON.stringify(value).slice(1, -1),
  ResourceType: nowhere,
  Username: nowhere,
};
