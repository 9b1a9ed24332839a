/** The records of a stream across its segments, in batches, without loading a whole file. */
import type { FileAccess } from "./file-access.ts";
import { linesBackward, linesForward } from "./line-scan.ts";
import { type LogRecord, parseRecord } from "./log-record.ts";
import { listSegments, segmentPath, type StreamFiles } from "./stream-files.ts";

export interface SizedRecord {
  readonly record: LogRecord;
  readonly bytes: number;
}

/** Newest first. */
export async function* recordsBackward(
  access: FileAccess,
  files: StreamFiles,
): AsyncGenerator<readonly SizedRecord[]> {
  for (const { number, bytes } of (await listSegments(access, files)).toReversed()) {
    for await (const batch of linesBackward(access, segmentPath(files, number), bytes)) {
      yield batch.map(({ text }) => sized(text)).filter((found) => found !== null);
    }
  }
}

/** The first record of a segment that can be read; null when there is none. */
export async function firstRecord(
  access: FileAccess,
  files: StreamFiles,
  number: number,
): Promise<LogRecord | null> {
  for await (const batch of linesForward(access, segmentPath(files, number), 0)) {
    const first = batch.map(({ text }) => parseRecord(text)).find((record) => record !== null);
    if (first !== undefined) return first;
  }
  return null;
}

function sized(text: string): SizedRecord | null {
  const record = parseRecord(text);
  return record === null ? null : { record, bytes: text.length };
}
