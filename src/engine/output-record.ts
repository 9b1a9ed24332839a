/**
 * What the engine stored of an instance's output, piece by piece, and where each piece ends. A line above 16 KiB is
 * several records, of which only the last ends with a newline.
 */
import type { OutputLine } from "../ports/container-engine.ts";

export type OutputStream = OutputLine["stream"];

/** The end of a record: by file and offset where the log file can be read, always by time as well. */
export interface Mark {
  /** Inode of the log file; "0" when the record came through the API. */
  readonly inode: string;
  readonly offset: number;
  /** As the engine wrote it: RFC 3339 with nanoseconds. Empty: the beginning. */
  readonly time: string;
  /** How many records with this time there are up to here, this one included. */
  readonly ordinal: number;
}

export interface RecordFields {
  readonly stream: OutputStream;
  /** Without the newline that ends it. */
  readonly text: string;
  readonly endsLine: boolean;
  readonly mark: Mark;
}

/** A record, and the line that it is when it is all of one, as nearly all are. */
export class OutputRecord implements OutputLine {
  readonly stream: OutputStream;
  readonly text: string;
  readonly endsLine: boolean;
  readonly mark: Mark;

  constructor({ stream, text, endsLine, mark }: RecordFields) {
    this.stream = stream;
    this.text = text;
    this.endsLine = endsLine;
    this.mark = mark;
  }

  get timestampMs(): number {
    return Date.parse(this.mark.time);
  }

  /** Of a line that ends with it, where no other has begun. */
  get cursor(): string {
    return formatCursor({ at: this.mark, lag: null });
  }
}

export const beginning: Mark = { inode: "0", offset: 0, time: "", ordinal: 0 };

/** Where to go on: after `at`. An unfinished line of the other stream may have begun before that: after `lag.mark`. */
export interface Cursor {
  readonly at: Mark;
  readonly lag: { readonly stream: OutputStream; readonly mark: Mark } | null;
}

/** Neither a number nor an RFC 3339 time holds this. */
const SEPARATOR = "~";

export function formatCursor({ at, lag }: Cursor): string {
  const fields = ({ inode, offset, time, ordinal }: Mark) => [inode, offset, time, ordinal];
  return [...fields(at), ...(lag === null ? [] : [lag.stream, ...fields(lag.mark)])].join(SEPARATOR);
}

/** A cursor that is not ours means the beginning: lines may come twice then, but none is lost. */
export function parseCursor(text: string | null): Cursor | null {
  const fields = (text ?? "").split(SEPARATOR);
  const at = markFrom(fields.slice(0, 4));
  if (at === null) return null;
  const stream = fields[4];
  const lag = markFrom(fields.slice(5, 9));
  if (lag === null || (stream !== "stdout" && stream !== "stderr")) return { at, lag: null };
  return { at, lag: { stream, mark: lag } };
}

function markFrom([inode, offset, time, ordinal]: readonly string[]): Mark | null {
  if (inode === undefined || time === undefined || ordinal === undefined) return null;
  return { inode, offset: Number(offset), time, ordinal: Number(ordinal) };
}

/** Where reading begins for a cursor: the earlier of its two places. */
export function startOf(cursor: Cursor | null): Mark {
  return cursor?.lag?.mark ?? cursor?.at ?? beginning;
}

/** Gives records their ordinals, in the order in which they are read. */
export class OrdinalCounter {
  #time: string;
  #ordinal: number;

  constructor({ time, ordinal }: Pick<Mark, "time" | "ordinal">) {
    this.#time = time;
    this.#ordinal = ordinal;
  }

  next(time: string): number {
    this.#ordinal = time === this.#time ? this.#ordinal + 1 : 1;
    this.#time = time;
    return this.#ordinal;
  }

  /** Others were counted up to here. */
  goTo({ time, ordinal }: Pick<Mark, "time" | "ordinal">): void {
    this.#time = time;
    this.#ordinal = ordinal;
  }
}

/** What entries of a log file are made records with. */
export interface ReadFrom {
  readonly inode: string;
  /** Of the first byte, in the file. */
  readonly offset: number;
  readonly ordinals: OrdinalCounter;
}

/** Drops the records that a cursor has behind it. */
export class ResumeFilter {
  readonly #start: Mark;
  readonly #cursor: Cursor | null;
  #isBeforeStart: boolean;
  #isBeforeAt: boolean;

  /** `isPositioned`: the source begins right after the cursor's start; otherwise it begins somewhere before it. */
  constructor(cursor: Cursor | null, isPositioned: boolean) {
    this.#cursor = cursor;
    this.#start = startOf(cursor);
    this.#isBeforeStart = !isPositioned;
    this.#isBeforeAt = cursor?.lag !== undefined && cursor.lag !== null;
  }

  get acceptsAll(): boolean {
    return !this.#isBeforeStart && !this.#isBeforeAt;
  }

  accepts(record: OutputRecord): boolean {
    return this.acceptsAll || this.#isPast(record);
  }

  #isPast({ stream, mark }: OutputRecord): boolean {
    if (this.#isBeforeStart && !isLater(mark, this.#start)) return false;
    this.#isBeforeStart = false;
    if (!this.#isBeforeAt || this.#cursor === null) return true;
    const { at, lag } = this.#cursor;
    if (isLater(mark, at)) {
      this.#isBeforeAt = false;
      return true;
    }
    // Up to `at` everything but the unfinished line has been given out.
    if (mark.time === at.time && mark.ordinal === at.ordinal) this.#isBeforeAt = false;
    return stream === lag?.stream;
  }
}

/** Times of one engine have the same length and zone once padded, so that text order is time order. */
function isLater(mark: Mark, than: Mark): boolean {
  const [time, other] = [comparable(mark.time), comparable(than.time)];
  return time > other || (time === other && mark.ordinal > than.ordinal);
}

/** The engine drops trailing zeros of the fraction: "…05.1Z" is later than "…05.05Z" but sorts so only when padded. */
function comparable(time: string): string {
  const [whole = "", fraction = ""] = time.replace(/Z$/, "").split(".");
  return `${whole}.${fraction.padEnd(9, "0")}`;
}
