/**
 * One line of a log file: a JSON object with time, source, text and a position. The position is the key of a line of
 * ours, or the engine's cursor of an application line; after a crash the last one tells where to go on.
 *
 * A text too long for one event becomes several records of which only the last has a position, so that a crash in
 * between leaves none of them behind (StreamLog cuts what follows the last position).
 */
import type { OutputLine } from "../../ports/container-engine.ts";
import type { LogLine } from "../../ports/service-log.ts";

export interface LogRecord {
  readonly timeMs: number;
  /** Null: only a position, nothing to read. */
  readonly text: string | null;
  readonly key: string | null;
  readonly cursor: string | null;
}

/** Whole records, the last with a position. */
export type EncodedText = string | Buffer;

/** Longest text of one record, in UTF-16 units: CloudWatch's 256 KiB for plain ASCII. */
export const MAX_TEXT_LENGTH = 262_144;

const HIGH_SURROGATE = /[\uD800-\uDBFF]$/;

/** An application's line, as one or more lines of the file. */
export function encodeOutput({ timestampMs, stream, text, cursor }: OutputLine): string {
  return encode(outputHead(timestampMs, stream), text, `"cursor":${JSON.stringify(cursor)}`);
}

export function outputHead(timestampMs: number, stream: OutputLine["stream"]): string {
  return `{"time":${timestampMs},"stream":"${stream}"`;
}

/**
 * Many lines as few texts, each to be written whole: only the last line of a text has a position, since nothing goes on
 * between them. That saves a third of the bytes, and the time to make the positions.
 */
export function encodeOutputs(lines: readonly OutputLine[], maxTextLength: number): readonly string[] {
  return joined(lines, maxTextLength, (line, isLast) => {
    const head = outputHead(line.timestampMs, line.stream);
    return encode(head, line.text, isLast ? `"cursor":${JSON.stringify(line.cursor)}` : null);
  });
}

/** Lines of requests. Nothing goes on after them either, but what has no position is taken for half written. */
export function encodeRequests(lines: readonly LogLine[], maxTextLength: number): readonly string[] {
  return joined(lines, maxTextLength, ({ timestampMs, text }, isLast) =>
    encode(`{"time":${timestampMs},"stream":"access"`, text, isLast ? '"key":"requests"' : null),
  );
}

function joined<Line extends { readonly text: string }>(
  lines: readonly Line[],
  maxTextLength: number,
  encodeOne: (line: Line, isLast: boolean) => string,
): readonly string[] {
  const texts: string[] = [];
  let text = "";
  for (const [index, line] of lines.entries()) {
    const next = lines[index + 1];
    const isLast = next === undefined || text.length + line.text.length + next.text.length > maxTextLength;
    text += encodeOne(line, isLast);
    if (!isLast) continue;
    texts.push(text);
    text = "";
  }
  return texts;
}

/** A line of ours, as one or more lines of the file. */
export function encodeWritten(timeMs: number, key: string, text: string): string {
  return encode(`{"time":${timeMs},"stream":"slipway"`, text, `"key":${JSON.stringify(key)}`);
}

/** A line of ours without a position. */
export function encodeNotice(timeMs: number, text: string): string {
  return encode(`{"time":${timeMs},"stream":"slipway"`, text, null);
}

/** A position alone: keeps the place when the lines before it are removed. */
export function encodeMark(timeMs: number, cursor: string): string {
  return `{"time":${timeMs},"cursor":${JSON.stringify(cursor)}}\n`;
}

/** Null for anything that is not a whole record. */
export function parseRecord(line: string): LogRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    return isRecordShape(value) ? toRecord(value) : null;
  } catch {
    return null;
  }
}

export function hasPosition(record: LogRecord | null): record is LogRecord {
  return record !== null && (record.key !== null || record.cursor !== null);
}

/** Half surrogates become U+FFFD: the file and every answer made from it are valid UTF-8. */
function encode(head: string, text: string, position: string | null): string {
  const wellFormed = text.isWellFormed() ? text : text.toWellFormed();
  const end = position === null ? "}\n" : `,${position}}\n`;
  if (wellFormed.length <= MAX_TEXT_LENGTH) return `${head},"text":${JSON.stringify(wellFormed)}${end}`;
  const pieces = piecesOf(wellFormed).map((piece) => `${head},"text":${JSON.stringify(piece)}`);
  return pieces.join("}\n") + end;
}

function piecesOf(text: string): readonly string[] {
  const pieces: string[] = [];
  for (let start = 0; start < text.length; start += pieces.at(-1)?.length ?? 0) {
    const piece = text.slice(start, start + MAX_TEXT_LENGTH);
    pieces.push(HIGH_SURROGATE.test(piece) ? piece.slice(0, -1) : piece);
  }
  return pieces;
}

interface RecordShape {
  readonly time: number;
  readonly text?: unknown;
  readonly key?: unknown;
  readonly cursor?: unknown;
}

function isRecordShape(value: unknown): value is RecordShape {
  return typeof value === "object" && value !== null && "time" in value && typeof value.time === "number";
}

function toRecord({ time, text, key, cursor }: RecordShape): LogRecord {
  return { timeMs: time, text: stringOrNull(text), key: stringOrNull(key), cursor: stringOrNull(cursor) };
}

function stringOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
