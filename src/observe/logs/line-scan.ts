/** Whole lines of a segment in batches, forwards or backwards, without loading it. What lacks a newline is left out. */
import type { SegmentText } from "./open-segment.ts";

/** Most readers want a few lines at one end: chunks begin small and double. */
const FIRST_CHUNK_BYTES = 4 * 1024;
const LARGEST_CHUNK_BYTES = 128 * 1024;
const NEWLINE = 10;

type Text = Pick<SegmentText, "read">;

/** Of the raw text. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

export interface ScannedLine {
  /** Without its newline. */
  readonly text: string;
  /** Offset of its first byte. */
  readonly start: number;
  /** Offset right behind the newline. */
  readonly end: number;
}

/** Oldest first. */
export async function* linesForward(
  segment: Text,
  { start, end }: TextRange,
): AsyncGenerator<readonly ScannedLine[]> {
  let position = start;
  let rest: Buffer = Buffer.alloc(0);
  for (let chunkBytes = FIRST_CHUNK_BYTES; position < end; chunkBytes = larger(chunkBytes)) {
    const chunk = await segment.read(position, Math.min(chunkBytes, end - position));
    if (chunk.length === 0) return;
    position += chunk.length;
    const buffer = join(rest, chunk);
    const lines = cut(buffer, position - buffer.length);
    rest = buffer.subarray(buffer.lastIndexOf(NEWLINE) + 1);
    yield lines;
  }
}

/** Newest first; the range begins with a line. */
export async function* linesBackward(
  segment: Text,
  { start: first, end }: TextRange,
): AsyncGenerator<readonly ScannedLine[]> {
  let position = end;
  let rest: Buffer = Buffer.alloc(0);
  for (let chunkBytes = FIRST_CHUNK_BYTES; position > first; chunkBytes = larger(chunkBytes)) {
    const start = Math.max(first, position - chunkBytes);
    const chunk = await readWhole(segment, { start, end: position });
    if (chunk === null) return; // removed or cut meanwhile
    const buffer = join(chunk, rest);
    // The line at the left edge may have begun in the chunk before.
    const head = start === first ? 0 : buffer.indexOf(NEWLINE) + 1;
    rest = head === 0 ? buffer : buffer.subarray(0, head);
    position = start;
    if (head > 0 || start === first) yield cut(buffer.subarray(head), start + head).toReversed();
  }
}

async function readWhole(segment: Text, { start, end }: TextRange): Promise<Buffer | null> {
  let text: Buffer = Buffer.alloc(0);
  while (text.length < end - start) {
    const more = await segment.read(start + text.length, end - start - text.length);
    if (more.length === 0) return null;
    text = join(text, more);
  }
  return text;
}

function larger(chunkBytes: number): number {
  return Math.min(chunkBytes * 2, LARGEST_CHUNK_BYTES);
}

function join(left: Buffer, right: Buffer): Buffer {
  if (left.length === 0) return right;
  return right.length === 0 ? left : Buffer.concat([left, right]);
}

function cut(buffer: Buffer, offset: number): readonly ScannedLine[] {
  const lines: ScannedLine[] = [];
  let start = 0;
  for (let end = buffer.indexOf(NEWLINE); end !== -1; end = buffer.indexOf(NEWLINE, start)) {
    lines.push({ text: buffer.toString("utf8", start, end), start: offset + start, end: offset + end + 1 });
    start = end + 1;
  }
  return lines;
}
