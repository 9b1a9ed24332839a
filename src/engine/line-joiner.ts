/** Makes lines of records: joins what the engine cut at 16 KiB, for both streams at once. */
import type { OutputLine } from "../ports/container-engine.ts";
import {
  type Cursor,
  formatCursor,
  type Mark,
  type OutputRecord,
  type OutputStream,
} from "./output-record.ts";

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
  #lastMark: Mark;

  constructor(start: Mark) {
    this.#lastMark = start;
  }

  /** The line that this record completes, if it does. */
  add(record: OutputRecord): OutputLine | null {
    // Nearly all records are whole lines.
    if (this.#pending[record.stream] === undefined && record.text.endsWith("\n")) {
      this.#lastMark = record.mark;
      return this.#line(record, record.text.slice(0, -1));
    }
    const pending = (this.#pending[record.stream] ??= {
      texts: [],
      bytes: 0,
      before: this.#lastMark,
      last: record,
    });
    pending.texts.push(record.text);
    pending.bytes += Buffer.byteLength(record.text);
    pending.last = record;
    this.#lastMark = record.mark;
    const isComplete = record.text.endsWith("\n") || pending.bytes > SPLIT_ABOVE_BYTES;
    return isComplete ? this.#complete(record.stream, pending) : null;
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
    return this.#line(last, texts.join("").replace(/\n$/, ""));
  }

  #line({ stream, mark }: OutputRecord, text: string): OutputLine {
    const other: OutputStream = stream === "stdout" ? "stderr" : "stdout";
    const unfinished = this.#pending[other];
    const lag = unfinished === undefined ? null : { stream: other, mark: unfinished.before };
    // At the end of input the two streams are flushed one after the other: `at` is the furthest either has got.
    return new JoinedLine(stream, text, mark.time, { at: this.#lastMark, lag });
  }
}

/** Of many lines only the last one's cursor is ever asked for: it is made then. */
class JoinedLine implements OutputLine {
  readonly stream: OutputStream;
  readonly text: string;
  readonly timestampMs: number;
  readonly #cursor: Cursor;

  constructor(stream: OutputStream, text: string, time: string, cursor: Cursor) {
    this.stream = stream;
    this.text = text;
    this.timestampMs = Date.parse(time);
    this.#cursor = cursor;
  }

  get cursor(): string {
    return formatCursor(this.#cursor);
  }
}
