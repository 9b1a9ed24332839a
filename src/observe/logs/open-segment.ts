/**
 * The text of a segment, plain, packed or sealed alike: offsets count the raw text. A plain segment that is packed while it is read
 * goes on being read from the packed one; one that is removed ends.
 */
import type { KeyObject } from "node:crypto";
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { FileAccess, FileFacts } from "./file-access.ts";
import { decodeIndex, INDEX_READ_BYTES, isDamage, lostBlock, unreadable } from "./packed-segment.ts";
import type { LogDisk } from "./log-disk.ts";
import { openFrame } from "./sealed-frame.ts";
import type { Seal } from "./sealed-segments.ts";
import { SealedText } from "./sealed-text.ts";
import type { Block } from "./segment-block.ts";
import { packedPath, segmentPath, type Segment, type SegmentForm, type StreamFiles } from "./stream-files.ts";

const decompress = promisify(zstdDecompress);

export interface SegmentText {
  /** As far as it went when it was opened. */
  readonly rawBytes: number;
  /** Of a packed one; null where times are not known. */
  readonly blocks: readonly Block[] | null;
  /** Up to `length` bytes; none at the end, or when it is gone. Fewer before the end not from a plain one. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Null when it is gone. Throws KeyUnavailable. */
export async function openSegment(
  disk: LogDisk,
  files: StreamFiles,
  segment: Segment,
): Promise<SegmentText | null> {
  if (segment.isPacked) return openPacked(disk, files, segment);
  const goOn = async () => openPacked(disk, files, segment);
  if (!segment.isSealed) return new UnpackedText(new PlainText(disk.access, files, segment), goOn);
  const sealed = await openSealed(disk, files, segment);
  if (sealed === null) return goOn();
  return sealed instanceof SealedText ? new UnpackedText(sealed, goOn) : sealed;
}

/** Goes on being read from the packed segment when the file is gone. */
class UnpackedText implements SegmentText {
  readonly rawBytes: number;
  readonly blocks = null;
  readonly #text: PlainText | SealedText;
  readonly #openPacked: () => Promise<SegmentText | null>;
  #packed: SegmentText | null = null;

  constructor(text: PlainText | SealedText, packed: () => Promise<SegmentText | null>) {
    this.#text = text;
    this.#openPacked = packed;
    this.rawBytes = text.rawBytes;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (this.#packed === null) {
      const text = await this.#text.read(offset, length);
      if (text !== null) return text;
      this.#packed = await this.#openPacked();
    }
    return (await this.#packed?.read(offset, length)) ?? Buffer.alloc(0);
  }
}

class PlainText {
  readonly rawBytes: number;
  readonly #access: FileAccess;
  readonly #path: string;

  constructor(access: FileAccess, files: StreamFiles, segment: Segment) {
    this.#access = access;
    this.#path = segmentPath(files, segment);
    this.rawBytes = segment.bytes;
  }

  /** Null when the file is gone. */
  async read(offset: number, length: number): Promise<Buffer | null> {
    return this.#access.read(this.#path, offset, length);
  }
}

/** Null when the file is missing. */
async function openSealed(
  { access, sealed }: LogDisk,
  files: StreamFiles,
  segment: Segment,
): Promise<SealedText | PackedText | null> {
  const path = segmentPath(files, segment);
  try {
    const seal = await sealed.sealOf(path, files, segment.number);
    if (seal === "missing") return null;
    if (seal === "torn") return new PackedText(access, path, { blocks: [], seal: null, key: null });
    const key = await sealed.keyOf(seal);
    return new SealedText(access, { path, key, table: await sealed.tableOf(path, seal, segment.bytes) });
  } catch (error) {
    if (isDamage(error)) return lostText(access, path, segment.modifiedAtMs);
    throw error;
  }
}

async function openPacked(disk: LogDisk, files: StreamFiles, form: SegmentForm): Promise<SegmentText | null> {
  const index = await readIndex(disk, files, form);
  return index === null ? null : new PackedText(disk.access, packedPath(files, form), index);
}

export interface PackedIndex {
  readonly blocks: readonly Block[];
  /** Of a sealed segment. */
  readonly seal: Seal | null;
  readonly key: KeyObject | null;
}

/** Null when the file is missing. Throws KeyUnavailable. */
export async function readIndex(
  { access, sealed }: LogDisk,
  files: StreamFiles,
  form: SegmentForm,
): Promise<PackedIndex | null> {
  const path = packedPath(files, form);
  const facts = await access.facts(path);
  if (facts === null) return null;
  try {
    const seal = form.isSealed ? await sealed.sealOf(path, files, form.number) : null;
    if (seal === "missing") return null;
    if (seal === "torn") return lostIndex(facts.modifiedAtMs);
    const key = seal === null ? null : await sealed.keyOf(seal);
    const blocks = await indexOf(access, { path, facts, key });
    return blocks === null ? null : { blocks, seal, key };
  } catch (error) {
    if (isDamage(error)) return lostIndex(facts.modifiedAtMs);
    throw error;
  }
}

function lostIndex(modifiedAtMs: number): PackedIndex {
  return { blocks: [lostBlock(modifiedAtMs)], seal: null, key: null };
}

function lostText(access: FileAccess, path: string, modifiedAtMs: number): PackedText {
  return new PackedText(access, path, lostIndex(modifiedAtMs));
}

interface PackedFile {
  readonly path: string;
  readonly facts: FileFacts;
  readonly key: KeyObject | null;
}

async function indexOf(
  access: FileAccess,
  { path, facts, key }: PackedFile,
): Promise<readonly Block[] | null> {
  for (let length = Math.min(facts.bytes, INDEX_READ_BYTES); ;) {
    const tail = await access.read(path, facts.bytes - length, length);
    if (tail === null) return null;
    const found = decodeIndex(tail, key, facts.bytes);
    if (!("neededBytes" in found)) return found;
    length = found.neededBytes;
  }
}

class PackedText implements SegmentText {
  readonly rawBytes: number;
  readonly blocks: readonly Block[];
  readonly #access: FileAccess;
  readonly #path: string;
  readonly #key: KeyObject | null;
  /** The block that was read last: most readers go through a segment in order. */
  #last: { readonly block: Block; readonly text: Buffer } | null = null;

  constructor(access: FileAccess, path: string, { blocks, key }: PackedIndex) {
    this.#access = access;
    this.#path = path;
    this.#key = key;
    this.blocks = blocks;
    this.rawBytes = blocks.reduce((sum, { rawBytes }) => sum + rawBytes, 0);
  }

  async read(offset: number, length: number): Promise<Buffer> {
    const block = this.blocks.find(({ rawOffset, rawBytes }) => offset < rawOffset + rawBytes);
    if (block === undefined) return Buffer.alloc(0);
    const text = await this.#textOf(block);
    const start = offset - block.rawOffset;
    return text.subarray(start, start + length);
  }

  async #textOf(block: Block): Promise<Buffer> {
    if (this.#last?.block === block) return this.#last.text;
    const packed = await this.#access.read(this.#path, block.offset, block.bytes);
    if (packed === null) return Buffer.alloc(0);
    const text = await this.#unpacked(packed, block);
    this.#last = { block, text };
    return text;
  }

  async #unpacked(found: Buffer, block: Block): Promise<Buffer> {
    try {
      const place = { kind: "block", rawOffset: block.rawOffset } as const;
      const text = await decompress(this.#key === null ? found : openFrame(this.#key, place, found));
      return text.length === block.rawBytes ? text : unreadable(block);
    } catch (error) {
      if (isDamage(error)) return unreadable(block);
      throw error;
    }
  }
}
