/**
 * Whole lines of a json-file log as bytes: texts stay escaped, as they are kept again, and no string is made of a line that nobody
 * asks for. Twenty thousand come each second; what would be made of them in the heap costs more than reading them.
 */
import type { EscapedLines, OutputBatch } from "../ports/container-engine.ts";
import { type Mark, OutputRecord, type OutputStream } from "./output-record.ts";

/** Of each line, in its order. */
export interface Columns {
  /** The texts, and after each its time. */
  readonly bytes: Buffer;
  readonly textEnds: Uint32Array;
  readonly timeEnds: Uint32Array;
  /** In what was read. */
  readonly entryEnds: Uint32Array;
  readonly ordinals: Uint32Array;
  readonly timestampsMs: Float64Array;
  readonly errors: Uint8Array;
}

const emptied: Columns = {
  bytes: Buffer.alloc(0),
  textEnds: new Uint32Array(),
  timeEnds: new Uint32Array(),
  entryEnds: new Uint32Array(),
  ordinals: new Uint32Array(),
  timestampsMs: new Float64Array(),
  errors: new Uint8Array(),
};

/** Where the first entry begins. */
export type PagePlace = Pick<Mark, "inode" | "offset">;

export class EscapedPage implements OutputBatch, EscapedLines {
  length: number;
  bytes: Buffer;
  #columns: Columns;
  readonly #place: PagePlace;

  constructor(columns: Columns, length: number, { inode, offset }: PagePlace) {
    this.#columns = columns;
    this.length = length;
    this.bytes = columns.bytes.subarray(0, columns.timeEnds[length - 1]);
    this.#place = { inode, offset };
  }

  /** Empties it. A loop that waits for the next page still refers to the last one, and hundreds of silent instances are followed. */
  letGo(): void {
    this.length = 0;
    this.bytes = emptied.bytes;
    this.#columns = emptied;
  }

  get escaped(): EscapedLines {
    return this;
  }

  get lastMark(): Mark {
    return this.#markOf(this.length - 1);
  }

  begin(index: number): number {
    return index === 0 ? 0 : (this.#columns.timeEnds[index - 1] ?? 0);
  }

  end(index: number): number {
    return this.#columns.textEnds[index] ?? 0;
  }

  timestampMs(index: number): number {
    return this.#columns.timestampsMs[index] ?? 0;
  }

  stream(index: number): OutputStream {
    return this.#columns.errors[index] === 1 ? "stderr" : "stdout";
  }

  cursor(index: number): string {
    return this.#recordOf(index).cursor;
  }

  *[Symbol.iterator](): Generator<OutputRecord> {
    for (let index = 0; index < this.length; index++) yield this.#recordOf(index);
  }

  #recordOf(index: number): OutputRecord {
    const json = this.bytes.toString("utf8", this.begin(index), this.end(index));
    const text = JSON.parse(`"${json}"`) as string;
    return new OutputRecord({ stream: this.stream(index), text, endsLine: true, mark: this.#markOf(index) });
  }

  #markOf(index: number): Mark {
    const { textEnds, timeEnds, entryEnds, ordinals } = this.#columns;
    return {
      inode: this.#place.inode,
      offset: this.#place.offset + (entryEnds[index] ?? 0),
      time: this.bytes.toString("latin1", textEnds[index], timeEnds[index]),
      ordinal: ordinals[index] ?? 0,
    };
  }
}
