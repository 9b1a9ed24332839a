/**
 * Reading a stream while it is written, forwards and backwards. A cursor is the place between two lines. Where that place is
 * gone, reading goes on at the oldest line there is. Times need not be in order: what is passed over by time is passed over
 * block by block or line by line, never because a later line is older.
 */
import type { LogBackwardPage, LogLine, LogPage, LogReadFrom } from "../../ports/service-log.ts";
import type { LogDisk } from "./log-disk.ts";
import { linesBackward, linesForward, type ScannedLine, type TextRange } from "./line-scan.ts";
import { parseRecord } from "./log-record.ts";
import { openSegment, type SegmentText } from "./open-segment.ts";
import { beginning, formatPlace, parsePlace, type Place } from "./place.ts";
import { overlaps } from "./segment-block.ts";
import { listSegments, type Segment, type StreamFiles } from "./stream-files.ts";

/** A page ends here whatever its limit: CloudWatch's own bound, and lines may be long. In UTF-16 units. */
export const MAX_PAGE_LENGTH = 1024 * 1024;

interface TimeSpan {
  readonly startTimeMs: number;
  readonly endTimeMs: number;
}

/** Throws ForeignToken for a cursor that no read gave out. */
export async function readPage(
  disk: LogDisk,
  files: StreamFiles,
  from: LogReadFrom,
  limit: number,
): Promise<LogPage> {
  const wanted = from.cursor === null ? beginning : parsePlace(from.cursor);
  if (limit <= 0) return { lines: [], cursor: formatPlace(wanted) };
  const page = new Page(limit, spanOf(from));
  // Listed before anything is read: a segment that has a successor here is complete, so its end may be passed.
  const segments = await listSegments(disk.access, files);
  const open = async (segment: Segment) => openSegment(disk, files, segment);
  let place = await startOf(wanted, segments, open);
  for (const segment of segments.filter(({ number }) => number >= place.segment)) {
    const text = await open(segment);
    if (text !== null) place = await readSegment({ number: segment.number, text }, place, page);
    if (page.isFull) break;
  }
  return { lines: page.lines, cursor: formatPlace(place) };
}

/** Says where to go on: behind the last line that was looked at. */
async function readSegment({ number, text }: Opened, from: Place, page: Page): Promise<Place> {
  const start = number === from.segment ? from.offset : 0;
  let place = from;
  for (const range of rangesOf(text, { start, end: text.rawBytes }, page.span)) {
    for await (const batch of linesForward(text, range)) {
      const last = page.addSome(batch);
      if (last !== null) place = { segment: number, offset: last.end };
      if (page.isFull) return place;
    }
  }
  // A packed segment is complete: what was passed over at its end need not be looked at again.
  return text.blocks === null ? place : { segment: number, offset: text.rawBytes };
}

/** The lines before a cursor, or before the end, oldest first. Throws ForeignToken for a cursor that no read gave out. */
export async function readPageBackward(
  disk: LogDisk,
  files: StreamFiles,
  from: LogReadFrom,
  limit: number,
): Promise<LogBackwardPage> {
  const wanted = from.cursor === null ? null : parsePlace(from.cursor);
  const segments = await listSegments(disk.access, files);
  const open = async (segment: Segment) => openSegment(disk, files, segment);
  const until = wanted === null ? await endOf(segments, open) : await startOf(wanted, segments, open);
  const page = new Page(limit, spanOf(from));
  let place = until;
  let forward: Place | null = null;
  for (const segment of segments.filter(({ number }) => number <= until.segment).toReversed()) {
    if (page.isFull) break;
    const text = await open(segment);
    if (text === null) continue;
    const { number } = segment;
    const hadNone = page.lines.length === 0;
    place = await readSegmentBackward({ number, text }, until, page);
    if (hadNone && page.newestEnd !== null) forward = { segment: number, offset: page.newestEnd };
  }
  return {
    lines: page.lines.toReversed(),
    cursor: formatPlace(place),
    forwardCursor: formatPlace(forward ?? until),
  };
}

/** Says where to go on: before the last line that was looked at. */
async function readSegmentBackward({ number, text }: Opened, until: Place, page: Page): Promise<Place> {
  const end = number === until.segment ? until.offset : text.rawBytes;
  for (const range of rangesOf(text, { start: 0, end }, page.span).toReversed()) {
    for await (const batch of linesBackward(text, range)) {
      const last = page.addSome(batch);
      if (last !== null && page.isFull) return { segment: number, offset: last.start };
    }
  }
  return { segment: number, offset: 0 };
}

function spanOf({ startTimeMs = -Infinity, endTimeMs = Infinity }: LogReadFrom): TimeSpan {
  return { startTimeMs, endTimeMs };
}

/** Lines of a span, as many as fit. */
class Page {
  readonly lines: LogLine[] = [];
  readonly span: TimeSpan;
  /** Where the first line that was added ends. */
  newestEnd: number | null = null;
  readonly #limit: number;
  #room = MAX_PAGE_LENGTH;

  constructor(limit: number, span: TimeSpan) {
    this.#limit = limit;
    this.span = span;
  }

  get isFull(): boolean {
    return this.lines.length >= this.#limit || this.#room <= 0;
  }

  /** Until it is full; says which was the last that was looked at. */
  addSome(batch: readonly ScannedLine[]): ScannedLine | null {
    let last: ScannedLine | null = null;
    for (const line of batch) {
      if (this.isFull) break;
      this.#add(line);
      last = line;
    }
    return last;
  }

  #add({ text: line, end }: ScannedLine): void {
    const record = parseRecord(line);
    if (record?.text === null || record?.text === undefined) return;
    if (record.timeMs < this.span.startTimeMs || record.timeMs >= this.span.endTimeMs) return;
    this.lines.push({ timestampMs: record.timeMs, text: record.text });
    this.#room -= record.text.length;
    this.newestEnd ??= end;
  }
}

interface Opened {
  readonly number: number;
  readonly text: SegmentText;
}

/** Only those that are read: a stream of a busy day has hundreds. */
type Open = (segment: Segment) => Promise<SegmentText | null>;

/** What of a range can hold lines of the span: all of it where times are not known. */
function rangesOf(
  { blocks }: SegmentText,
  { start, end }: TextRange,
  { startTimeMs, endTimeMs }: TimeSpan,
): readonly TextRange[] {
  if (blocks === null) return [{ start, end }];
  return blocks
    .filter((block) => overlaps(block, startTimeMs, endTimeMs))
    .map(({ rawOffset, rawBytes }) => ({
      start: Math.max(start, rawOffset),
      end: Math.min(end, rawOffset + rawBytes),
    }))
    .filter((range) => range.start < range.end);
}

/**
 * The segment may be gone (a later one is the oldest then), or all of the stream was removed and begun anew (its numbers
 * and offsets are beyond what there is).
 */
async function startOf(wanted: Place, segments: readonly Segment[], open: Open): Promise<Place> {
  const oldest = segments[0];
  if (oldest === undefined) return wanted;
  const here = segments.find(({ number }) => number === wanted.segment);
  const text = here === undefined ? null : await open(here);
  if (text !== null && wanted.offset <= text.rawBytes) return wanted;
  const later = segments.find(({ number }) => number > wanted.segment) ?? oldest;
  return { segment: later.number, offset: 0 };
}

async function endOf(segments: readonly Segment[], open: Open): Promise<Place> {
  const newest = segments.at(-1);
  if (newest === undefined) return beginning;
  return { segment: newest.number, offset: (await open(newest))?.rawBytes ?? 0 };
}
