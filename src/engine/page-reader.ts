/**
 * Reads entries of a json-file log that are whole lines, as nearly all are, in one pass over their bytes. A text comes out as
 * `JSON.stringify` would write it; of what that would take a parser for, and of remains of a crash, this knows only that it is none.
 */
import { isUtf8 } from "node:buffer";
import { type Columns, EscapedPage } from "./escaped-page.ts";
import type { ReadFrom } from "./output-record.ts";

/** How the engine writes an entry. */
const BEFORE_TEXT = Buffer.from('{"log":"');
const BEFORE_STREAM = Buffer.from(',"stream":"std');
const BEFORE_TIME = { stdout: Buffer.from('out","time":"'), stderr: Buffer.from('err","time":"') };
const AFTER_TIME = Buffer.from('"}\n');
const SHORTEST_ENTRY = String.raw`{"log":"\n","stream":"stdout","time":"2026-11-20T21:00:00Z"}`.length + 1;
const SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
const SECOND_LENGTH = 19;
const FRACTION_DIGITS_MAX = 9;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const POINT = 0x2e;
const DIGIT_0 = 0x30;
const LETTER_N = 0x6e;
const LETTER_U = 0x75;
const LETTER_Z = 0x5a;
/** Escapes of one letter that `JSON.stringify` writes so too. */
const SAME_ESCAPES = new Set(Buffer.from('"\\nrtbf'));
/** A newline, escaped. */
const NEWLINE_LENGTH = 2;
const NUMBER = /^[\da-f]{4}$/;
const NUMBER_DIGITS = 4;
const FIRST_SURROGATE = 0xd800;
const LAST_SURROGATE = 0xdfff;
const NOTHING = Buffer.alloc(0);

export class PageReader {
  /** The second that was read last: thousands of entries may be of it. */
  readonly #second = Buffer.alloc(SECOND_LENGTH);
  #secondMs = 0;
  /** Held only while they are read: hundreds of readers wait for a line, each with what its last page took otherwise. */
  #input: Buffer = NOTHING;
  #output: Buffer = NOTHING;
  #at = 0;
  #written = 0;
  #timestampMs = 0;

  /** All entries of these bytes; null when one of them is not a whole line as the engine writes it. */
  read(input: Buffer, from: ReadFrom): EscapedPage | null {
    if (!isUtf8(input)) return null;
    const columns = emptyColumns(input.length);
    this.#input = input;
    this.#output = columns.bytes;
    this.#at = 0;
    this.#written = 0;
    const length = this.#readEntries(columns);
    this.#input = NOTHING;
    this.#output = NOTHING;
    if (length === 0) return null;
    const page = new EscapedPage(columns, length, from);
    countOrdinals(columns, length, from);
    from.ordinals.goTo(page.lastMark);
    return page;
  }

  /** How many there are; 0 when one of them is not as the engine writes it. */
  #readEntries(columns: Columns): number {
    let count = 0;
    for (; this.#at < this.#input.length; count++) {
      if (!this.#readEntry(columns, count)) return 0;
    }
    return count;
  }

  #readEntry(columns: Columns, index: number): boolean {
    if (!this.#skip(BEFORE_TEXT) || !this.#copyLine()) return false;
    columns.textEnds[index] = this.#written;
    if (!this.#skip(BEFORE_STREAM)) return false;
    const isError = !this.#skip(BEFORE_TIME.stdout);
    if (isError && !this.#skip(BEFORE_TIME.stderr)) return false;
    columns.errors[index] = isError ? 1 : 0;
    if (!this.#copyTime() || !this.#skip(AFTER_TIME)) return false;
    columns.timestampsMs[index] = this.#timestampMs;
    columns.timeEnds[index] = this.#written;
    columns.entryEnds[index] = this.#at;
    return true;
  }

  #skip(expected: Buffer): boolean {
    const input = this.#input;
    const at = this.#at;
    for (let index = 0; index < expected.length; index++) {
      if (input[at + index] !== expected[index]) return false;
    }
    this.#at = at + expected.length;
    return true;
  }

  /** A text, without the newline that it must end with, and over the quote behind it. */
  #copyLine(): boolean {
    const input = this.#input;
    const output = this.#output;
    let at = this.#at;
    let to = this.#written;
    let newlineEnd = -1;
    for (let byte = input[at++] ?? 0; byte !== QUOTE; byte = input[at++] ?? 0) {
      if (byte < SPACE) return false;
      output[to++] = byte;
      if (byte !== BACKSLASH) continue;
      const letter = input[at++] ?? 0;
      if (SAME_ESCAPES.has(letter)) {
        output[to++] = letter;
        if (letter === LETTER_N) newlineEnd = to;
      } else {
        const escaped = letter === LETTER_U ? this.#numbered(at) : null;
        if (escaped === null) return false;
        to = to - 1 + output.write(escaped, to - 1);
        at += NUMBER_DIGITS;
      }
    }
    this.#at = at;
    this.#written = to - NEWLINE_LENGTH;
    return newlineEnd === to;
  }

  /** What `JSON.stringify` makes of a character that is written as a number; null for what is left to a parser. */
  #numbered(at: number): string | null {
    const digits = this.#input.toString("latin1", at, at + NUMBER_DIGITS);
    if (!NUMBER.test(digits)) return null;
    const code = Number.parseInt(digits, 16);
    if (code >= FIRST_SURROGATE && code <= LAST_SURROGATE) return null;
    return JSON.stringify(String.fromCharCode(code)).slice(1, -1);
  }

  #copyTime(): boolean {
    const input = this.#input;
    const begin = this.#at;
    if (!this.#isSecond(begin) && !this.#learnSecond(begin)) return false;
    let at = begin + SECOND_LENGTH;
    let fractionMs = 0;
    if (input[at] === POINT) {
      const last = ++at + FRACTION_DIGITS_MAX;
      for (let weight = 100; at < last; weight /= 10, at++) {
        const digit = (input[at] ?? 0) - DIGIT_0;
        if (digit < 0 || digit > 9) break;
        if (weight >= 1) fractionMs += digit * weight;
      }
    }
    if (input[at++] !== LETTER_Z) return false;
    this.#timestampMs = this.#secondMs + fractionMs;
    for (let from = begin; from < at; from++) this.#output[this.#written++] = input[from] ?? 0;
    this.#at = at;
    return true;
  }

  #isSecond(begin: number): boolean {
    // The last digits differ first.
    for (let index = SECOND_LENGTH - 1; index >= 0; index--) {
      if (this.#input[begin + index] !== this.#second[index]) return false;
    }
    return true;
  }

  #learnSecond(begin: number): boolean {
    const text = this.#input.toString("latin1", begin, begin + SECOND_LENGTH);
    if (!SECOND.test(text)) return false;
    this.#second.write(text, "latin1");
    this.#secondMs = Date.parse(`${text}Z`);
    return true;
  }
}

function emptyColumns(inputBytes: number): Columns {
  const count = Math.floor(inputBytes / SHORTEST_ENTRY);
  return {
    bytes: Buffer.allocUnsafeSlow(inputBytes),
    textEnds: new Uint32Array(count),
    timeEnds: new Uint32Array(count),
    entryEnds: new Uint32Array(count),
    ordinals: new Uint32Array(count),
    timestampsMs: new Float64Array(count),
    errors: new Uint8Array(count),
  };
}

/** How many entries in a row have the same time. */
function countOrdinals(columns: Columns, length: number, { ordinals: before }: ReadFrom): void {
  const { bytes, textEnds, timeEnds, ordinals } = columns;
  let ordinal = before.next(bytes.toString("latin1", textEnds[0], timeEnds[0]));
  ordinals[0] = ordinal;
  for (let index = 1; index < length; index++) {
    ordinal = hasTimeOfLast(columns, index) ? ordinal + 1 : 1;
    ordinals[index] = ordinal;
  }
}

function hasTimeOfLast({ bytes, textEnds, timeEnds }: Columns, index: number): boolean {
  const length = (timeEnds[index] ?? 0) - (textEnds[index] ?? 0);
  if (length !== (timeEnds[index - 1] ?? 0) - (textEnds[index - 1] ?? 0)) return false;
  // The last digits differ first.
  for (let back = 1; back <= length; back++) {
    if (bytes[(timeEnds[index] ?? 0) - back] !== bytes[(timeEnds[index - 1] ?? 0) - back]) return false;
  }
  return true;
}
