/**
 * What takes processor time: packing a segment, finding where a plain one has which times, looking for lines. It runs in
 * threads of its own (log-worker.ts), so it may wait for files and compute as long as it likes; it knows paths and nothing else.
 */
import type { KeyObject } from "node:crypto";
import { closeSync, fsyncSync, openSync, readSync, fstatSync, futimesSync, writeSync } from "node:fs";
import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import {
  decodeIndex,
  encodeIndex,
  INDEX_READ_BYTES,
  isDamage,
  PACKED_SUFFIX,
  unreadable,
} from "./packed-segment.ts";
import { type FrameMark, framesIn } from "./frame-table.ts";
import { type FramePlace, type FrameSpan, openFrame, sealFrame } from "./sealed-frame.ts";
import { openLines } from "./sealed-text.ts";
import { type Block, BLOCK_BYTES, cutBlocks, mergeBlocks, type RawBlock, timeAt } from "./segment-block.ts";

const NEWLINE = 10;
/** Everything from here on in a record is what was said. */
const TEXT_MEMBER = Buffer.from('"text":"');
const FILE_MODE = 0o600;
/** With room for all of a block at once it takes half the time. */
const DECOMPRESSION_SLACK = 64;
/** Six times smaller in a fifth of the time that the default level takes for a little less. */
const COMPRESSION = {
  params: { [constants.ZSTD_c_compressionLevel]: 1, [constants.ZSTD_c_checksumFlag]: 1 },
};

/** Of a sealed segment. Keys come in jobs, and are gone with them. */
export interface Sealing {
  readonly key: KeyObject;
  readonly headBytes: number;
}

export interface PackJob {
  readonly kind: "pack";
  readonly path: string;
  readonly draft: string;
  readonly sealing: Sealing | null;
}

/** Blocks of a plain segment from a place on. */
export interface IndexJob {
  readonly kind: "index";
  readonly path: string;
  readonly offset: number;
  readonly rawOffset: number;
  readonly sealing: Sealing | null;
}

export interface ScanJob {
  readonly kind: "scan";
  readonly parts: readonly ScannedPart[];
  readonly startTimeMs: number;
  readonly endTimeMs: number;
  /** As records have them, escaped. */
  readonly literals: readonly string[];
}

export interface ScannedPart {
  readonly path: string;
  readonly block: Block;
  readonly isPacked: boolean;
  /** Of a sealed segment. */
  readonly key: KeyObject | null;
}

export interface FoundRecord {
  /** Index of the part. */
  readonly part: number;
  readonly rawOffset: number;
  readonly line: string;
}

export type Job = PackJob | IndexJob | ScanJob;

export interface JobResults {
  /** How long the file was that was packed. */
  readonly pack: number;
  /** Null when the segment is gone. */
  readonly index: readonly Block[] | null;
  readonly scan: readonly FoundRecord[];
}

export function work(job: Job): JobResults[Job["kind"]] {
  if (job.kind === "pack") return pack(job);
  return job.kind === "index" ? index(job) : scan(job);
}

/** The draft is complete and on disk when this returns. It keeps the time of the last line, by which logs are removed. */
function pack({ path, draft, sealing }: PackJob): number {
  const { bytes, modifiedAtMs } = withFile(path, "r", (file) => ({
    bytes: readAll(file, 0),
    modifiedAtMs: fstatSync(file).mtimeMs,
  }));
  const head = bytes.subarray(0, sealing?.headBytes ?? 0);
  const text = sealing === null ? bytes : unsealed(bytes, sealing);
  withFile(draft, "w", (file) => {
    const blocks: Block[] = [];
    let offset = writeSync(file, head);
    for (const block of cutBlocks(text, 0)) {
      const compressed = zstdCompressSync(rawTextOf(text, block), COMPRESSION);
      const frame = sealing === null ? compressed : sealFrame(sealing.key, placeOf(block), compressed);
      writeSync(file, frame);
      blocks.push({ ...block, offset, bytes: frame.length });
      offset += frame.length;
    }
    writeSync(file, encodeIndex(blocks, sealing?.key ?? null));
    futimesSync(file, modifiedAtMs / 1000, modifiedAtMs / 1000);
    fsyncSync(file);
  });
  return bytes.length;
}

/** The text of all whole frames. */
function unsealed(bytes: Buffer, { key, headBytes }: Sealing): Buffer {
  const frames = framesIn(bytes.subarray(headBytes), { offset: headBytes, rawOffset: 0 });
  return Buffer.concat(frames.map((span) => openLines(bytes, 0, span, key)));
}

function index({ path, offset, rawOffset, sealing }: IndexJob): readonly Block[] | null {
  return nullIfMissing(() =>
    withFile(path, "r", (file) => {
      const bytes = readAll(file, offset);
      return sealing === null
        ? cutBlocks(bytes, rawOffset).map((block) => asPlain(block))
        : sealedBlocks(bytes, { offset, rawOffset }, sealing.key);
    }),
  );
}

/** Blocks of whole frames: each can be opened without what is before it. */
function sealedBlocks(bytes: Buffer, from: FrameMark, key: KeyObject): readonly Block[] {
  const blocks: Block[] = [];
  let frames: FrameSpan[] = [];
  const close = () => {
    const [first] = frames;
    const last = frames.at(-1);
    if (first === undefined || last === undefined) return;
    const text = Buffer.concat(frames.map((span) => openLines(bytes, from.offset, span, key)));
    const length = last.offset + last.bytes - first.offset;
    blocks.push({
      ...mergeBlocks(cutBlocks(text, first.rawOffset), first.rawOffset, text.length),
      offset: first.offset,
      bytes: length,
    });
    frames = [];
  };
  for (const span of framesIn(bytes, from)) {
    frames.push(span);
    if (span.rawOffset + span.rawBytes - (frames[0]?.rawOffset ?? 0) >= BLOCK_BYTES) close();
  }
  close();
  return blocks;
}

function asPlain({ rawOffset, rawBytes, minTimeMs, maxTimeMs, lineCount }: RawBlock): Block {
  return { offset: rawOffset, bytes: rawBytes, rawOffset, rawBytes, minTimeMs, maxTimeMs, lineCount };
}

function scan({ parts, literals, startTimeMs, endTimeMs }: ScanJob): readonly FoundRecord[] {
  const needles = literals.map((literal) => Buffer.from(literal)).sort((a, b) => b.length - a.length);
  const found: FoundRecord[] = [];
  for (const [part, scanned] of parts.entries()) {
    const { block } = scanned;
    const text = readBlock(scanned);
    if (text === null) continue;
    for (const { start, end } of needles.length === 0 ? allLines(text) : linesWith(text, needles)) {
      const timeMs = timeAt(text, start);
      if (timeMs === null || timeMs < startTimeMs || timeMs >= endTimeMs) continue;
      found.push({ part, rawOffset: block.rawOffset + start, line: text.toString("utf8", start, end) });
    }
  }
  return found;
}

interface LineRange {
  readonly start: number;
  readonly end: number;
}

function* allLines(text: Buffer): Generator<LineRange> {
  let start = 0;
  for (let end = text.indexOf(NEWLINE); end !== -1; end = text.indexOf(NEWLINE, start)) {
    yield { start, end };
    start = end + 1;
  }
}

/** Lines whose text holds all needles. The first, the longest, finds the lines. */
function* linesWith(text: Buffer, [first, ...others]: readonly Buffer[]): Generator<LineRange> {
  if (first === undefined) return;
  for (let hit = text.indexOf(first); hit !== -1;) {
    const start = text.lastIndexOf(NEWLINE, hit) + 1;
    const end = text.indexOf(NEWLINE, hit);
    if (end === -1) return;
    const line = text.subarray(start, end);
    const said = line.indexOf(TEXT_MEMBER) + TEXT_MEMBER.length;
    if ([first, ...others].every((needle) => line.indexOf(needle, said) !== -1)) yield { start, end };
    hit = text.indexOf(first, end + 1);
  }
}

/** Null when the segment is gone. */
function readBlock(part: ScannedPart): Buffer | null {
  // Of a segment that cannot be opened (packed-segment.ts).
  if (part.block.bytes === 0) return unreadable(part.block);
  try {
    return part.isPacked ? readPacked(part) : readPlain(part);
  } catch (error) {
    if (isDamage(error)) return unreadable(part.block);
    throw error;
  }
}

function readPacked({ path, block, key }: ScannedPart): Buffer | null {
  return nullIfMissing(() => withFile(path, "r", (file) => decompressed(file, block, key)));
}

/** A plain segment may have been packed since it was looked at: the same raw text is in its packed one then. */
function readPlain({ path, block, key }: ScannedPart): Buffer | null {
  const text = nullIfMissing(() => withFile(path, "r", (file) => textAt(file, block, key)));
  return (
    text ??
    nullIfMissing(() => withFile(path + PACKED_SUFFIX, "r", (file) => readFromPacked(file, block, key)))
  );
}

function textAt(file: number, { offset, bytes, rawOffset }: Block, key: KeyObject | null): Buffer {
  const found = readAt(file, offset, bytes);
  if (key === null) return found;
  const frames = framesIn(found, { offset, rawOffset });
  return Buffer.concat(frames.map((span) => openLines(found, offset, span, key)));
}

function readFromPacked(file: number, { rawOffset, rawBytes }: Block, key: KeyObject | null): Buffer {
  const end = rawOffset + rawBytes;
  const blocks = indexOf(file, key).filter(
    (block) => block.rawOffset < end && block.rawOffset + block.rawBytes > rawOffset,
  );
  const text = Buffer.concat(blocks.map((block) => decompressed(file, block, key)));
  const start = rawOffset - (blocks[0]?.rawOffset ?? rawOffset);
  return text.subarray(start, start + rawBytes);
}

function decompressed(file: number, block: Block, key: KeyObject | null): Buffer {
  const { offset, bytes, rawBytes } = block;
  const found = readAt(file, offset, bytes);
  const packed = key === null ? found : openFrame(key, placeOf(block), found);
  const text = zstdDecompressSync(packed, { chunkSize: rawBytes + DECOMPRESSION_SLACK });
  if (text.length !== rawBytes) throw new Error("a packed log is shorter than its index says");
  return text;
}

function placeOf({ rawOffset }: RawBlock): FramePlace {
  return { kind: "block", rawOffset };
}

function indexOf(file: number, key: KeyObject | null): readonly Block[] {
  const { size } = fstatSync(file);
  for (let length = Math.min(size, INDEX_READ_BYTES); ;) {
    const found = decodeIndex(readAt(file, size - length, length), key, size);
    if (!("neededBytes" in found)) return found;
    length = found.neededBytes;
  }
}

function rawTextOf(text: Buffer, { rawOffset, rawBytes }: RawBlock): Buffer {
  return text.subarray(rawOffset, rawOffset + rawBytes);
}

function readAll(file: number, offset: number): Buffer {
  return readAt(file, offset, Math.max(0, fstatSync(file).size - offset));
}

function readAt(file: number, offset: number, length: number): Buffer {
  const buffer = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const bytesRead = readSync(file, buffer, filled, length - filled, offset + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

function withFile<Result>(path: string, flags: "r" | "w", use: (file: number) => Result): Result {
  const file = openSync(path, flags, FILE_MODE);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function nullIfMissing<Result>(act: () => Result): Result | null {
  try {
    return act();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
