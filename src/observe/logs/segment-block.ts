/**
 * A segment in blocks: whole lines, about 256 KiB of them, with the span of their times. A block is what is packed, passed
 * over and searched as one. Times are the least and the greatest, not the first and the last: clocks jump.
 */

export const BLOCK_BYTES = 256 * 1024;
const NEWLINE = 10;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
/** Each record begins so; its time follows. */
const HEAD = '{"time":';

export interface Block {
  /** Where it lies in the file, and how long: of a plain segment the same as raw. */
  readonly offset: number;
  readonly bytes: number;
  /** Where it lies in the text: what cursors count. */
  readonly rawOffset: number;
  readonly rawBytes: number;
  readonly minTimeMs: number;
  readonly maxTimeMs: number;
  readonly lineCount: number;
}

export type RawBlock = Omit<Block, "offset" | "bytes">;

/** Cuts text that begins at `rawOffset` of its segment; what lacks a newline is left out. */
export function cutBlocks(text: Buffer, rawOffset: number): readonly RawBlock[] {
  const blocks: RawBlock[] = [];
  for (let start = 0; ;) {
    const block = blockAt(text, start);
    if (block === null) return blocks;
    blocks.push({ ...block, rawOffset: rawOffset + start });
    start += block.rawBytes;
  }
}

/** All of these as one. */
export function mergeBlocks(blocks: readonly RawBlock[], rawOffset: number, rawBytes: number): RawBlock {
  return {
    rawOffset,
    rawBytes,
    minTimeMs: Math.min(...blocks.map(({ minTimeMs }) => minTimeMs)),
    maxTimeMs: Math.max(...blocks.map(({ maxTimeMs }) => maxTimeMs)),
    lineCount: blocks.reduce((sum, { lineCount }) => sum + lineCount, 0),
  };
}

function blockAt(text: Buffer, start: number): RawBlock | null {
  let end = start;
  let minTimeMs = Infinity;
  let maxTimeMs = -Infinity;
  let lineCount = 0;
  while (end - start < BLOCK_BYTES) {
    const newline = text.indexOf(NEWLINE, end);
    if (newline === -1) break;
    const timeMs = timeAt(text, end);
    if (timeMs !== null) {
      minTimeMs = Math.min(minTimeMs, timeMs);
      maxTimeMs = Math.max(maxTimeMs, timeMs);
    }
    lineCount++;
    end = newline + 1;
  }
  return lineCount === 0
    ? null
    : { rawOffset: start, rawBytes: end - start, minTimeMs, maxTimeMs, lineCount };
}

/** The time of the record that begins here, without parsing the rest; null for what is none. */
export function timeAt(text: Buffer, start: number): number | null {
  let at = start + HEAD.length;
  if (text[at - 1] !== HEAD.charCodeAt(HEAD.length - 1)) return null;
  let timeMs = 0;
  for (let digit = text[at] ?? 0; digit >= DIGIT_0 && digit <= DIGIT_9; digit = text[++at] ?? 0) {
    timeMs = timeMs * 10 + digit - DIGIT_0;
  }
  return at === start + HEAD.length ? null : timeMs;
}

export function overlaps({ minTimeMs, maxTimeMs }: RawBlock, startMs: number, endMs: number): boolean {
  return maxTimeMs >= startMs && minTimeMs < endMs;
}
