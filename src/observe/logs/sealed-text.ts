/** The text of a sealed segment that is not packed. Frames are opened as they are read, about a chunk of them at a time. */
import type { KeyObject } from "node:crypto";
import type { FileAccess } from "./file-access.ts";
import { type FrameTable, framesIn, markBefore } from "./frame-table.ts";
import { lostLines } from "./packed-segment.ts";
import { FRAME_OVERHEAD, FrameBroken, type FrameSpan, openFrame } from "./sealed-frame.ts";

/** More than lies between two marks, so that one read is enough unless a frame is large. */
const CHUNK_BYTES = 128 * 1024;

export interface SealedFile {
  readonly path: string;
  readonly key: KeyObject;
  readonly table: FrameTable;
}

export class SealedText {
  readonly rawBytes: number;
  readonly blocks = null;
  readonly #access: FileAccess;
  readonly #file: SealedFile;
  /** What was opened last: most readers go on next to it. */
  #last: { readonly rawOffset: number; readonly text: Buffer } | null = null;

  constructor(access: FileAccess, file: SealedFile) {
    this.#access = access;
    this.#file = file;
    this.rawBytes = file.table.end.rawOffset;
  }

  /** Null when the file is gone. */
  async read(offset: number, length: number): Promise<Buffer | null> {
    if (offset >= this.rawBytes) return Buffer.alloc(0);
    const last = this.#last;
    const opened = last !== null && contains(last, offset) ? last : await this.#open(offset, length);
    if (opened === null) return null;
    this.#last = opened;
    const start = offset - opened.rawOffset;
    return opened.text.subarray(start, start + length);
  }

  async #open(
    offset: number,
    length: number,
  ): Promise<{ readonly rawOffset: number; readonly text: Buffer } | null> {
    const { table, path, key } = this.#file;
    const mark = markBefore(table, offset);
    for (let bytes = CHUNK_BYTES; ; bytes *= 2) {
      const chunk = await this.#access.read(path, mark.offset, bytes);
      if (chunk === null) return null;
      const wanted = framesIn(chunk, mark).filter(
        ({ rawOffset, rawBytes }) => rawOffset + rawBytes > offset && rawOffset < offset + length,
      );
      const [first] = wanted;
      if (first !== undefined) {
        const texts = wanted.map((span) => openLines(chunk, mark.offset, span, key));
        return { rawOffset: first.rawOffset, text: Buffer.concat(texts) };
      }
      if (chunk.length < bytes) return { rawOffset: offset, text: Buffer.alloc(0) };
    }
  }
}

/** The text of a frame in a part of the file that begins at `from`; what was changed reads as a line that says so. */
export function openLines(part: Buffer, from: number, span: FrameSpan, key: KeyObject): Buffer {
  const { offset, bytes, rawOffset } = span;
  const frame = part.subarray(offset - from, offset - from + bytes);
  try {
    return openFrame(key, { kind: "lines", rawOffset }, frame);
  } catch (error) {
    if (error instanceof FrameBroken) return lostLines(bytes - FRAME_OVERHEAD);
    throw error;
  }
}

function contains(
  { rawOffset, text }: { readonly rawOffset: number; readonly text: Buffer },
  offset: number,
): boolean {
  return offset >= rawOffset && offset < rawOffset + text.length;
}
