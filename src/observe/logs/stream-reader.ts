/**
 * Reading a stream while it is written. A cursor is `<segment>.<offset>`: the place behind the last line that was given
 * out. Where that place is gone, reading goes on at the oldest line there is.
 */
import { SlipwayError } from "../../domain/error.ts";
import type { LogPage, LogReadFrom, LogStreamSummary } from "../../ports/service-log.ts";
import type { FileAccess } from "./file-access.ts";
import { linesForward } from "./line-scan.ts";
import { parseRecord } from "./log-record.ts";
import { firstRecord, recordsBackward } from "./records.ts";
import { listSegments, segmentPath, type Segment, type StreamFiles } from "./stream-files.ts";

interface Place {
  readonly segment: number;
  readonly offset: number;
}

/** A page ends here whatever its limit: CloudWatch's own bound, and lines may be long. In UTF-16 units. */
const MAX_PAGE_LENGTH = 1024 * 1024;
/**
 * A tail is evidence: it is kept in the database with the operation that failed, sent in its description and written
 * to its log. The whole lines are in the instance's own stream. In UTF-16 units.
 */
const MAX_TAIL_LINE = 2_000;
const MAX_TAIL_LENGTH = 64 * 1024;
const CURSOR = /^(\d{1,9})\.(\d{1,15})$/;

/** Throws ForeignToken for a cursor that no read gave out. */
export async function readPage(
  access: FileAccess,
  files: StreamFiles,
  from: LogReadFrom,
  limit: number,
): Promise<LogPage> {
  const wanted = parseCursor(from.cursor);
  // Listed before anything is read: a segment that has a successor here is complete, so its end may be passed.
  const segments = await listSegments(access, files);
  let place = startOf(wanted, segments);
  const startTimeMs = from.startTimeMs ?? -Infinity;
  const lines: LogPage["lines"][number][] = [];
  let room = MAX_PAGE_LENGTH;
  if (limit <= 0) return { lines, cursor: formatCursor(wanted) };
  for (const [index, { number }] of segments.entries()) {
    if (number < place.segment) continue;
    const next = segments[index + 1];
    if (next !== undefined && (await isBefore(access, files, next, startTimeMs))) continue;
    const offset = number === place.segment ? place.offset : 0;
    for await (const batch of linesForward(access, segmentPath(files, number), offset)) {
      for (const { text: line, end } of batch) {
        const { timeMs, text } = parseRecord(line) ?? { timeMs: 0, text: null };
        place = { segment: number, offset: end };
        if (text === null || timeMs < startTimeMs) continue;
        lines.push({ timestampMs: timeMs, text });
        room -= text.length;
        if (lines.length >= limit || room <= 0) return { lines, cursor: formatCursor(place) };
      }
    }
  }
  return { lines, cursor: formatCursor(place) };
}

/** The last texts, oldest first, each cut to `MAX_TAIL_LINE`; fewer than asked for when they are long. */
export async function readTail(
  access: FileAccess,
  files: StreamFiles,
  lineCount: number,
): Promise<readonly string[]> {
  const texts: string[] = [];
  if (lineCount <= 0) return texts;
  let room = MAX_TAIL_LENGTH;
  for await (const batch of recordsBackward(access, files)) {
    for (const { record } of batch) {
      if (record.text === null) continue;
      const text = shortened(record.text);
      room -= text.length;
      if (room < 0) return texts.toReversed();
      texts.push(text);
      if (texts.length >= lineCount) return texts.toReversed();
    }
  }
  return texts.toReversed();
}

/** Never cut inside a character. */
function shortened(text: string): string {
  if (text.length <= MAX_TAIL_LINE) return text;
  return `${text
    .slice(0, MAX_TAIL_LINE - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, "")}…`;
}

export async function summarize(
  access: FileAccess,
  files: StreamFiles,
  segments: readonly Segment[],
): Promise<LogStreamSummary> {
  const { lines } = await readPage(access, files, { cursor: null }, 1);
  return {
    stream: files.stream,
    firstEventMs: lines[0]?.timestampMs ?? null,
    lastEventMs: await lastEventMs(access, files),
    storedBytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function lastEventMs(access: FileAccess, files: StreamFiles): Promise<number | null> {
  for await (const batch of recordsBackward(access, files)) {
    const last = batch.find(({ record }) => record.text !== null);
    if (last !== undefined) return last.record.timeMs;
  }
  return null;
}

/** All lines before this segment are too old when its first one is. */
async function isBefore(
  access: FileAccess,
  files: StreamFiles,
  { number }: Segment,
  startTimeMs: number,
): Promise<boolean> {
  if (startTimeMs === -Infinity) return false;
  const first = await firstRecord(access, files, number);
  return first !== null && first.timeMs < startTimeMs;
}

function parseCursor(cursor: string | null): Place {
  if (cursor === null) return { segment: 0, offset: 0 };
  const [, segment, offset] = CURSOR.exec(cursor) ?? [];
  if (segment === undefined) throw new SlipwayError("ForeignToken");
  return { segment: Number(segment), offset: Number(offset) };
}

function formatCursor({ segment, offset }: Place): string {
  return `${segment}.${offset}`;
}

/**
 * The segment may be gone (a later one is the oldest then), or all of the stream was removed and begun anew (its numbers
 * and offsets are beyond what there is).
 */
function startOf(wanted: Place, segments: readonly Segment[]): Place {
  const oldest = segments[0];
  const newest = segments.at(-1);
  if (oldest === undefined || newest === undefined) return wanted;
  const here = segments.find(({ number }) => number === wanted.segment);
  if (here !== undefined && wanted.offset <= here.bytes) return wanted;
  const later = segments.find(({ number }) => number > wanted.segment) ?? oldest;
  return { segment: later.number, offset: 0 };
}
