/**
 * The form of a closed segment: independent zstd frames, one for each block, and behind them a frame that decompressors skip
 * and that holds the blocks' places and times. `zstdcat` shows the plain text of such a file.
 *
 *     frame … frame | magic (4) length (4) [ blocks as JSON | length of it (4) mark (4) ]
 *
 * Of a sealed one frames and blocks' places are sealed each (sealed-frame.ts), and nothing but Slipway reads it.
 */
import type { KeyObject } from "node:crypto";
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import { encodeNotice } from "./log-record.ts";
import { openFrame, sealFrame } from "./sealed-frame.ts";
import type { Block } from "./segment-block.ts";

export const PACKED_SUFFIX = ".zst";
/** Zstd's first magic number of frames to be skipped. */
const SKIPPABLE = 0x184d2a50;
const MARK = 0x31676f6c; // "log1"
const HEAD_BYTES = 8;
const TRAILER_BYTES = 8;
/** Room for a notice. */
const LOST_BYTES = 1024;
const INDEX_PLACE = { kind: "index", rawOffset: 0 } as const;
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

/** What follows the frames; `key` is that of a sealed segment. */
export function encodeIndex(blocks: readonly Block[], key: KeyObject | null): Buffer {
  if (key !== null) return encodeSealedIndex(blocks, key);
  const json = Buffer.from(JSON.stringify(blocks.map(toRow)));
  const index = Buffer.alloc(HEAD_BYTES + json.length + TRAILER_BYTES);
  index.writeUInt32LE(SKIPPABLE, 0);
  index.writeUInt32LE(json.length + TRAILER_BYTES, 4);
  json.copy(index, HEAD_BYTES);
  index.writeUInt32LE(json.length, HEAD_BYTES + json.length);
  index.writeUInt32LE(MARK, HEAD_BYTES + json.length + 4);
  return index;
}

function encodeSealedIndex(blocks: readonly Block[], key: KeyObject): Buffer {
  const frame = sealFrame(key, INDEX_PLACE, Buffer.from(JSON.stringify(blocks.map(toRow))));
  const trailer = Buffer.alloc(TRAILER_BYTES);
  trailer.writeUInt32LE(frame.length, 0);
  trailer.writeUInt32LE(MARK, 4);
  return Buffer.concat([frame, trailer]);
}

/**
 * The blocks from the last bytes of a file, or how many of the last bytes are needed. Throws for what is no packed segment.
 */
export function decodeIndex(
  tail: Buffer,
  key: KeyObject | null,
  fileBytes: number,
): readonly Block[] | { readonly neededBytes: number } {
  const end = tail.length - TRAILER_BYTES;
  if (end < 0 || tail.readUInt32LE(end + 4) !== MARK) throw new Error("a packed log has no index");
  const length = tail.readUInt32LE(end);
  if (length + TRAILER_BYTES > fileBytes)
    throw new Error("the index of a packed log is longer than its file");
  if (length > end) return { neededBytes: length + TRAILER_BYTES };
  const index = tail.subarray(end - length, end);
  const json = key === null ? index : openFrame(key, INDEX_PLACE, index);
  const rows = JSON.parse(json.toString("utf8")) as readonly Row[];
  return rows.map(toBlock);
}

/** Of a segment whose index is damaged: nothing is known but when it was written to last. Nothing is read for it. */
export function lostBlock(modifiedAtMs: number): Block {
  const times = { minTimeMs: modifiedAtMs, maxTimeMs: modifiedAtMs };
  return { offset: 0, bytes: 0, rawOffset: 0, rawBytes: LOST_BYTES, ...times, lineCount: 0 };
}

/** The file is not what was written: zlib's errors, and ours. */
export function isDamage(error: unknown): boolean {
  if (error instanceof KeyUnavailable) return false;
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || code.startsWith("Z");
}

/**
 * What stands for a block that cannot be read any more: a line that says so, and newlines up to the length that it had, so
 * that places in the text stay what they are. Everything else of the log can be read on.
 */
export function unreadable({ rawBytes, minTimeMs, lineCount }: Block): Buffer {
  const which = lineCount === 0 ? "Lines" : `${lineCount} lines`;
  const timeMs = Number.isFinite(minTimeMs) ? minTimeMs : 0;
  const line = encodeNotice(timeMs, `[Slipway] ${which} cannot be read any more: their file is damaged.`);
  const text = Buffer.alloc(rawBytes, "\n");
  if (line.length <= rawBytes) text.write(line);
  return text;
}

/** The same for lines of which nothing is known but how long they were. */
export function lostLines(rawBytes: number): Buffer {
  return unreadable({ ...lostBlock(0), rawBytes });
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
