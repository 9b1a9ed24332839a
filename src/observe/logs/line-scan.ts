/** Whole lines of a file in batches, forwards or backwards, without loading the file. What lacks a newline is left out. */
import type { FileAccess } from "./file-access.ts";

/** Most readers want a few lines at one end: chunks begin small and double. */
const FIRST_CHUNK_BYTES = 4 * 1024;
const LARGEST_CHUNK_BYTES = 128 * 1024;
const NEWLINE = 10;

export interface ScannedLine {
  /** Without its newline. */
  readonly text: string;
  /** Offset right behind the newline. */
  readonly end: number;
}

/** Oldest first, from an offset on, as far as the file goes. */
export async function* linesForward(
  access: FileAccess,
  path: string,
  offset: number,
): AsyncGenerator<readonly ScannedLine[]> {
  let position = offset;
  let rest: Buffer = Buffer.alloc(0);
  for (let chunkBytes = FIRST_CHUNK_BYTES; ; chunkBytes = larger(chunkBytes)) {
    const chunk = await access.read(path, position, chunkBytes);
    if (chunk.length === 0) return;
    position += chunk.length;
    const buffer = join(rest, chunk);
    const lines = cut(buffer, position - buffer.length);
    rest = buffer.subarray(buffer.lastIndexOf(NEWLINE) + 1);
    yield lines;
  }
}

/** Newest first, from an offset back to the beginning. */
export async function* linesBackward(
  access: FileAccess,
  path: string,
  end: number,
): AsyncGenerator<readonly ScannedLine[]> {
  let position = end;
  let rest: Buffer = Buffer.alloc(0);
  for (let chunkBytes = FIRST_CHUNK_BYTES; position > 0; chunkBytes = larger(chunkBytes)) {
    const start = Math.max(0, position - chunkBytes);
    const chunk = await access.read(path, start, position - start);
    if (chunk.length < position - start) return; // removed or cut meanwhile
    const buffer = join(chunk, rest);
    // The line at the left edge may have begun in the chunk before.
    const head = start === 0 ? 0 : buffer.indexOf(NEWLINE) + 1;
    rest = head === 0 ? buffer : buffer.subarray(0, head);
    position = start;
    if (head > 0 || start === 0) yield cut(buffer.subarray(head), start + head).toReversed();
  }
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
    lines.push({ text: buffer.toString("utf8", start, end), end: offset + end + 1 });
    start = end + 1;
  }
  return lines;
}
