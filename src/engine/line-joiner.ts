/** Makes lines of records: joins what the engine cut at 16 KiB, for both streams at once. */
import type { OutputLine } from "../ports/container-engine.ts";
import { formatCursor, type Mark, type OutputRecord, type OutputStream } from "./output-record.ts";

/** Lines are given out before they pass 256 KiB; a record has at most 16 KiB. */
const SPLIT_ABOVE_BYTES = (256 - 16) * 1_024;

interface PendingLine {
  readonly texts: string[];
  bytes: number;
  /** Where its first record begins. */
  readonly before: Mark;
  last: OutputRecord;
}

export class LineJoiner {
  readonly #pending: Partial<Record<OutputStream, PendingLine>> = {};
  #hasPending = false;
  /** Of the records that are being added. */
  #last: OutputRecord | null = null;
  #lastMark: Mark;

  constructor(start: Mark) {
    this.#lastMark = start;
  }

  /** Whole lines may pass without being looked at. */
  get isBetweenLines(): boolean {
    return !this.#hasPending;
  }

  /** Whole lines passed, up to here. */
  goTo(mark: Mark): void {
    this.#lastMark = mark;
  }

  /** The lines that these records complete. */
  add(records: readonly OutputRecord[]): readonly OutputLine[] {
    const lines: OutputLine[] = [];
    for (const record of records) {
      const line = this.#hasPending ? this.#join(record) : this.#begin(record);
      if (line !== null) lines.push(line);
      this.#last = record;
    }
    // What a record was cut out of is not held on to while nothing comes.
    this.#lastMark = this.#markOfLast();
    this.#last = null;
    return lines;
  }

  /** Nearly all records are whole lines. */
  #begin(record: OutputRecord): OutputLine | null {
    return record.endsLine ? record : this.#join(record);
  }

  #join(record: OutputRecord): OutputLine | null {
    const { stream, text, endsLine } = record;
    const pending = (this.#pending[stream] ??= {
      texts: [],
      bytes: 0,
      before: this.#markOfLast(),
      last: record,
    });
    this.#hasPending = true;
    this.#last = record;
    pending.texts.push(text);
    pending.bytes += Buffer.byteLength(text);
    pending.last = record;
    return endsLine || pending.bytes > SPLIT_ABOVE_BYTES ? this.#complete(stream, pending) : null;
  }

  #markOfLast(): Mark {
    return this.#last?.mark ?? this.#lastMark;
  }

  /** What has no newline when nothing more will come. */
  flush(): readonly OutputLine[] {
    return (["stdout", "stderr"] as const).flatMap((stream) => {
      const pending = this.#pending[stream];
      return pending === undefined ? [] : [this.#complete(stream, pending)];
    });
  }

  #complete(stream: OutputStream, { texts, last }: PendingLine): OutputLine {
    delete this.#pending[stream];
    const other: OutputStream = stream === "stdout" ? "stderr" : "stdout";
    const unfinished = this.#pending[other];
    this.#hasPending = unfinished !== undefined;
    const lag = unfinished === undefined ? null : { stream: other, mark: unfinished.before };
    // At the end of input the two streams are flushed one after the other: `at` is the furthest either has got.
    return {
      stream,
      text: texts.join(""),
      timestampMs: last.timestampMs,
      cursor: formatCursor({ at: this.#markOfLast(), lag }),
    };
  }
}
