/** Reads entries of a json-file log one by one with a parser: parts of long lines, and lines among remains of a crash. */
import { OutputRecord, type ReadFrom } from "./output-record.ts";

const NEWLINE = "\n";
const NEWLINE_CODE = 0x0a;
/** No text holds this: its quotes are escaped. */
const BEGINNING = '{"log":"';

interface Entry {
  readonly log: string;
  readonly stream: string;
  readonly time: string;
}

/** Of whole lines of the file. What is no entry is passed over. */
export function parseEntries(bytes: Buffer, from: ReadFrom): readonly OutputRecord[] {
  const records: OutputRecord[] = [];
  for (let begin = 0; begin < bytes.length;) {
    const end = bytes.indexOf(NEWLINE_CODE, begin) + 1;
    const entry = parseEntry(bytes.toString("utf8", begin, end));
    if (entry !== null) records.push(toRecord(entry, { ...from, offset: from.offset + end }));
    begin = end;
  }
  return records;
}

function toRecord({ log, stream, time }: Entry, { inode, offset, ordinals }: ReadFrom): OutputRecord {
  const endsLine = log.endsWith(NEWLINE);
  return new OutputRecord({
    stream: stream === "stderr" ? "stderr" : "stdout",
    text: endsLine ? log.slice(0, -1) : log,
    endsLine,
    mark: { inode, offset, time, ordinal: ordinals.next(time) },
  });
}

/** What a crash left half written has no newline: the entry that was written next stands behind it, in the same line. */
function parseEntry(line: string): Entry | null {
  return parseWhole(line) ?? parseWhole(line.slice(Math.max(line.lastIndexOf(BEGINNING), 0)));
}

function parseWhole(line: string): Entry | null {
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
