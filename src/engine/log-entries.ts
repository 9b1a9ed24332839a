/**
 * Reads entries of a json-file log. Whole lines, which nearly all are, are cut out of one text of all that was read, and parsed only
 * where they have escapes: parsing entry by entry takes twice the time, most of it for what is thrown away at once.
 */
import { isAscii } from "node:buffer";
import {
  type OrdinalCounter,
  OutputRecord,
  type OutputStream,
  type RecordTime,
  recordTime,
  SECOND_LENGTH,
} from "./output-record.ts";

const NEWLINE = "\n";
const BACKSLASH = "\\";
/** How the engine writes them. */
const BEFORE_TEXT = '{"log":"';
const AFTER_TEXT = String.raw`\n","stream":"std`;
const BEFORE_TIME = { stdout: 'out","time":"', stderr: 'err","time":"' };
const AFTER_TIME = '"}\n';
/** Where its quote is. */
const QUOTE_AFTER = 2;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/;
/** Of `2026-11-20T21:00:00.123456789Z`. */
const LONGEST_TIME = 30;
const POINT = 0x2e;
const DIGIT_0 = 0x30;

export interface ReadFrom {
  readonly inode: string;
  /** Of the first byte, in the file. */
  readonly offset: number;
  readonly ordinals: OrdinalCounter;
}

export interface FoundRecords {
  readonly records: readonly OutputRecord[];
  /** How many bytes were whole entries, or are of no use. */
  readonly passed: number;
}

export class EntryReader {
  /** The second that was read last: thousands of records may be of it. */
  #second = "";
  #secondMs = 0;

  /** What is no entry is passed over: remains of a crash. */
  read(bytes: Buffer, from: ReadFrom): FoundRecords {
    const page: Page = { bytes, text: bytes.toString("latin1"), isAscii: isAscii(bytes) };
    const records: OutputRecord[] = [];
    let begin = 0;
    while (begin < bytes.length) {
      const record = this.#wholeLine(page, begin, from);
      if (record !== null) {
        records.push(record);
        begin = record.offset - from.offset;
        continue;
      }
      const end = page.text.indexOf(NEWLINE, begin) + 1;
      if (end === 0) break;
      const parsed = toRecord(bytes.toString("utf8", begin, end), { ...from, offset: from.offset + end });
      if (parsed !== null) records.push(parsed);
      begin = end;
    }
    return { records, passed: begin };
  }

  /** A whole line; null for what is none, or perhaps none. */
  #wholeLine(page: Page, begin: number, { inode, offset, ordinals }: ReadFrom): OutputRecord | null {
    const textBegin = begin + BEFORE_TEXT.length;
    const textEnd = page.text.startsWith(BEFORE_TEXT, begin) ? page.text.indexOf(AFTER_TEXT, textBegin) : -1;
    if (textEnd === -1) return null;
    const streamBegin = textEnd + AFTER_TEXT.length;
    const stream = page.text.startsWith(BEFORE_TIME.stdout, streamBegin) ? "stdout" : "stderr";
    if (!page.text.startsWith(BEFORE_TIME[stream], streamBegin)) return null;
    const timeBegin = streamBegin + BEFORE_TIME[stream].length;
    const timeEnd = page.text.indexOf('"', timeBegin);
    if (timeEnd - timeBegin > LONGEST_TIME || !page.text.startsWith(AFTER_TIME, timeEnd)) return null;
    const text = textAt(page, textBegin, textEnd);
    const time = text === null ? null : this.#time(page.text, timeBegin, timeEnd);
    if (text === null || time === null) return null;
    const end = offset + timeEnd + AFTER_TIME.length;
    const ordinal = ordinals.next(time);
    return new OutputRecord({ stream, text, endsLine: true, time, inode, offset: end, ordinal });
  }

  /** The part after the second is too short to hold on to the page. */
  #time(text: string, begin: number, end: number): RecordTime | null {
    if (this.#second === "" || !text.startsWith(this.#second, begin)) {
      const time = text.substring(begin, end);
      if (!TIME.test(time)) return null;
      this.#second = ownCopy(time.slice(0, SECOND_LENGTH));
      this.#secondMs = Date.parse(`${this.#second}Z`);
    }
    const fractionBegin = begin + SECOND_LENGTH;
    return {
      second: this.#second,
      fraction: text.substring(fractionBegin, end),
      ms:
        this.#secondMs +
        (text.charCodeAt(fractionBegin) === POINT ? millisecondsAt(text, fractionBegin + 1) : 0),
    };
  }
}

interface Page {
  readonly bytes: Buffer;
  /** A character for each byte. */
  readonly text: string;
  readonly isAscii: boolean;
}

/** Null for what is no text: the end that was found is that of another entry. */
function textAt({ bytes, text, isAscii }: Page, begin: number, end: number): string | null {
  // An escaped backslash and an n are no newline.
  if (end > begin && text[end - 1] === BACKSLASH) return null;
  const raw = isAscii ? text.substring(begin, end) : bytes.toString("utf8", begin, end);
  const isPlain = text.indexOf(BACKSLASH, begin) === end && text.indexOf('"', begin) === end + QUOTE_AFTER;
  return isPlain ? raw : unescaped(raw);
}

function unescaped(raw: string): string | null {
  try {
    const text: unknown = JSON.parse(`"${raw}"`);
    return typeof text === "string" ? text : null;
  } catch {
    return null;
  }
}

/** Three digits, or fewer where zeros were left out. */
function millisecondsAt(text: string, at: number): number {
  let ms = 0;
  let weight = 100;
  for (let index = at; weight >= 1; index++, weight /= 10) {
    const digit = text.charCodeAt(index) - DIGIT_0;
    if (!(digit >= 0 && digit <= 9)) break;
    ms += digit * weight;
  }
  return ms;
}

/** A part of a text holds on to all of it. */
function ownCopy(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}

interface Entry {
  readonly log: string;
  readonly stream: string;
  readonly time: string;
}

/** Null for what is no entry. */
function toRecord(line: string, { inode, offset, ordinals }: ReadFrom): OutputRecord | null {
  const entry = parseEntry(line);
  if (entry === null) return null;
  const stream: OutputStream = entry.stream === "stderr" ? "stderr" : "stdout";
  const endsLine = entry.log.endsWith(NEWLINE);
  const text = endsLine ? entry.log.slice(0, -1) : entry.log;
  const time = recordTime(entry.time);
  return new OutputRecord({ stream, text, endsLine, time, inode, offset, ordinal: ordinals.next(time) });
}

function parseEntry(line: string): Entry | null {
  try {
    const { log, stream, time } = JSON.parse(line) as Partial<Entry>;
    return log === undefined || stream === undefined || time === undefined ? null : { log, stream, time };
  } catch {
    return null;
  }
}

/** Null for what is no entry. */
export function timeOfEntry(line: string): string | null {
  return parseEntry(line)?.time ?? null;
}
