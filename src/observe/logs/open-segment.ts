/**
 * The text of a segment, plain or packed alike: offsets count the raw text. A plain segment that is packed while it is read
 * goes on being read from the packed one; one that is removed ends.
 */
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import type { FileAccess, FileFacts } from "./file-access.ts";
import { decodeIndex, INDEX_READ_BYTES, isDamage, lostBlock, unreadable } from "./packed-segment.ts";
import type { Block } from "./segment-block.ts";
import { packedPath, segmentPath, type Segment, type StreamFiles } from "./stream-files.ts";

const decompress = promisify(zstdDecompress);

export interface SegmentText {
  /** As far as it went when it was opened. */
  readonly rawBytes: number;
  /** Of a packed one; null where times are not known. */
  readonly blocks: readonly Block[] | null;
  /** Up to `length` bytes; none at the end, or when it is gone. Fewer before the end only from a packed one. */
  read(offset: number, length: number): Promise<Buffer>;
}

/** Null when it is gone. */
export async function openSegment(
  access: FileAccess,
  files: StreamFiles,
  segment: Segment,
): Promise<SegmentText | null> {
  return segment.isPacked
    ? openPacked(access, packedPath(files, segment.number))
    : new PlainText(access, files, segment);
}

class PlainText implements SegmentText {
  readonly rawBytes: number;
  readonly blocks = null;
  readonly #access: FileAccess;
  readonly #files: StreamFiles;
  readonly #number: number;
  #packed: SegmentText | null = null;

  constructor(access: FileAccess, files: StreamFiles, { number, bytes }: Segment) {
    this.#access = access;
    this.#files = files;
    this.#number = number;
    this.rawBytes = bytes;
  }

  async read(offset: number, length: number): Promise<Buffer> {
    if (this.#packed === null) {
      const text = await this.#access.read(segmentPath(this.#files, this.#number), offset, length);
      if (text !== null) return text;
      this.#packed = await openPacked(this.#access, packedPath(this.#files, this.#number));
    }
    return (await this.#packed?.read(offset, length)) ?? Buffer.alloc(0);
  }
}

async function openPacked(access: FileAccess, path: string): Promise<SegmentText | null> {
  const blocks = await readIndex(access, path);
  return blocks === null ? null : new PackedText(access, path, blocks);
}

/** Null when the file is missing. */
export async function readIndex(access: FileAccess, path: string): Promise<readonly Block[] | null> {
  const facts = await access.facts(path);
  if (facts === null) return null;
  try {
    return await indexOf(access, path, facts);
  } catch (error) {
    if (isDamage(error)) return [lostBlock(facts.modifiedAtMs)];
    throw error;
  }
}

async function indexOf(access: FileAccess, path: string, facts: FileFacts): Promise<readonly Block[] | null> {
  for (let length = Math.min(facts.bytes, INDEX_READ_BYTES); ;) {
    const tail = await access.read(path, facts.bytes - length, length);
    if (tail === null) return null;
    const found = decodeIndex(tail);
    if (!("neededBytes" in found)) return found;
    length = found.neededBytes;
  }
}

class PackedText implements SegmentText {
  readonly rawBytes: number;
  readonly blocks: readonly Block[];
  readonly #access: FileAccess;
  readonly #path: string;
  /** The block that was read last: most readers go through a segment in order. */
  #last: { readonly block: Block; readonly text: Buffer } | null = null;

  constructor(access: FileAccess, path: string, blocks: readonly Block[]) {
    this.#access = access;
    this.#path = path;
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

  async #unpacked(packed: Buffer, block: Block): Promise<Buffer> {
    try {
      const text = await decompress(packed);
      return text.length === block.rawBytes ? text : unreadable(block);
    } catch (error) {
      if (isDamage(error)) return unreadable(block);
      throw error;
    }
  }
}
