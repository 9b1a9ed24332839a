/**
 * The form of a closed segment: independent zstd frames, one for each block, and behind them a frame that decompressors skip
 * and that holds the blocks' places and times. `zstdcat` shows the plain text of such a file.
 *
 *     frame … frame | magic (4) length (4) [ blocks as JSON | length of it (4) mark (4) ]
 */
import type { Block } from "./segment-block.ts";

export const PACKED_SUFFIX = ".zst";
/** Zstd's first magic number of frames to be skipped. */
const SKIPPABLE = 0x184d2a50;
const MARK = 0x31676f6c; // "log1"
const HEAD_BYTES = 8;
const TRAILER_BYTES = 8;
/** The whole index of most segments: one read. */
export const INDEX_READ_BYTES = 8 * 1024;

type Row = readonly [
  offset: number,
  bytes: number,
  rawOffset: number,
  rawBytes: number,
  minTimeMs: number | null,
  maxTimeMs: number | null,
  lineCount: number,
];

/** What follows the frames. */
export function encodeIndex(blocks: readonly Block[]): Buffer {
  const json = Buffer.from(JSON.stringify(blocks.map(toRow)));
  const index = Buffer.alloc(HEAD_BYTES + json.length + TRAILER_BYTES);
  index.writeUInt32LE(SKIPPABLE, 0);
  index.writeUInt32LE(json.length + TRAILER_BYTES, 4);
  json.copy(index, HEAD_BYTES);
  index.writeUInt32LE(json.length, HEAD_BYTES + json.length);
  index.writeUInt32LE(MARK, HEAD_BYTES + json.length + 4);
  return index;
}

/**
 * The blocks from the last bytes of a file, or how many of the last bytes are needed. Throws for what is no packed segment.
 */
export function decodeIndex(tail: Buffer): readonly Block[] | { readonly neededBytes: number } {
  const end = tail.length - TRAILER_BYTES;
  if (end < 0 || tail.readUInt32LE(end + 4) !== MARK) throw new Error("a packed log has no index");
  const length = tail.readUInt32LE(end);
  if (length > end) return { neededBytes: length + TRAILER_BYTES };
  const rows = JSON.parse(tail.toString("utf8", end - length, end)) as readonly Row[];
  return rows.map(toBlock);
}

/** The infinite times of a block without any record become null in JSON. */
function toRow(block: Block): Row {
  const { offset, bytes, rawOffset, rawBytes, minTimeMs, maxTimeMs, lineCount } = block;
  return [offset, bytes, rawOffset, rawBytes, minTimeMs, maxTimeMs, lineCount];
}

function toBlock([offset, bytes, rawOffset, rawBytes, minTimeMs, maxTimeMs, lineCount]: Row): Block {
  const times = { minTimeMs: minTimeMs ?? Infinity, maxTimeMs: maxTimeMs ?? -Infinity };
  return { offset, bytes, rawOffset, rawBytes, ...times, lineCount };
}
