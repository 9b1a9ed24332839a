/**
 * Where the frames of a sealed segment lie that is still written: found by going from one to the next, without the key and without
 * keeping more than a mark every 32 KiB. A frame that is whole never changes, so a table only grows.
 */
import type { FileAccess } from "./file-access.ts";
import { FRAME_OVERHEAD, frameBytesAt, type FrameSpan, isIntact } from "./sealed-frame.ts";

const MARK_EVERY_BYTES = 32 * 1024;
const CHUNK_BYTES = 64 * 1024;

/** A place between two frames. */
export interface FrameMark {
  readonly offset: number;
  readonly rawOffset: number;
}

export interface FrameTable {
  readonly marks: readonly FrameMark[];
  /** Behind the last whole frame. */
  readonly end: FrameMark;
}

/** Goes on where the table ends. What is torn at the end is left out. */
export async function growTable(
  access: FileAccess,
  path: string,
  known: FrameTable | { readonly headBytes: number },
  fileBytes: number,
): Promise<FrameTable> {
  const table = "end" in known ? known : emptyTable(known.headBytes);
  if (table.end.offset >= fileBytes) return table;
  const marks = [...table.marks];
  let end = table.end;
  let last: FrameSpan | null = null;
  for await (const span of framesFrom(access, path, { from: end, until: fileBytes })) {
    if (last !== null) end = behind(last);
    if (end.offset - (marks.at(-1)?.offset ?? 0) >= MARK_EVERY_BYTES) marks.push(end);
    last = span;
  }
  // Only the last one can be torn: after a power cut its length may be there and its end not.
  if (last !== null && (await isWhole(access, path, last))) end = behind(last);
  return { marks, end };
}

/** The last mark that is not behind a place in the text. */
export function markBefore({ marks }: FrameTable, rawOffset: number): FrameMark {
  let found = marks[0];
  for (const mark of marks) if (mark.rawOffset <= rawOffset) found = mark;
  if (found === undefined) throw new RangeError("a table has at least one mark");
  return found;
}

/** Whole frames in a part of the file that begins with one. */
export function framesIn(buffer: Buffer, { offset, rawOffset }: FrameMark): readonly FrameSpan[] {
  const spans: FrameSpan[] = [];
  for (let at = 0, raw = rawOffset; ;) {
    const bytes = frameBytesAt(buffer, at);
    if (bytes === null || at + bytes > buffer.length) return spans;
    const rawBytes = bytes - FRAME_OVERHEAD;
    spans.push({ offset: offset + at, bytes, rawOffset: raw, rawBytes });
    at += bytes;
    raw += rawBytes;
  }
}

function emptyTable(headBytes: number): FrameTable {
  const start = { offset: headBytes, rawOffset: 0 };
  return { marks: [start], end: start };
}

async function* framesFrom(
  access: FileAccess,
  path: string,
  { from, until }: { readonly from: FrameMark; readonly until: number },
): AsyncGenerator<FrameSpan> {
  let chunk: Buffer = Buffer.alloc(0);
  let chunkAt = from.offset;
  for (let { offset, rawOffset } = from; offset < until;) {
    let bytes = frameBytesAt(chunk, offset - chunkAt);
    if (bytes === null) {
      chunk = (await access.read(path, offset, CHUNK_BYTES)) ?? Buffer.alloc(0);
      chunkAt = offset;
      bytes = frameBytesAt(chunk, 0);
    }
    if (bytes === null || offset + bytes > until) return;
    const rawBytes = bytes - FRAME_OVERHEAD;
    yield { offset, bytes, rawOffset, rawBytes };
    offset += bytes;
    rawOffset += rawBytes;
  }
}

async function isWhole(access: FileAccess, path: string, { offset, bytes }: FrameSpan): Promise<boolean> {
  const frame = await access.read(path, offset, bytes);
  return frame?.length === bytes && isIntact(frame);
}

function behind({ offset, bytes, rawOffset, rawBytes }: FrameSpan): FrameMark {
  return { offset: offset + bytes, rawOffset: rawOffset + rawBytes };
}
