/** The records of a stream across its segments, in batches, without loading a whole file. */
import type { LogDisk } from "./log-disk.ts";
import { linesBackward, type ScannedLine } from "./line-scan.ts";
import { type LogRecord, parseRecord } from "./log-record.ts";
import { openSegment } from "./open-segment.ts";
import { listSegments, type StreamFiles } from "./stream-files.ts";

export interface SizedRecord {
  readonly record: LogRecord;
  readonly bytes: number;
}

/** Newest first. */
export async function* recordsBackward(
  disk: LogDisk,
  files: StreamFiles,
): AsyncGenerator<readonly SizedRecord[]> {
  for (const segment of (await listSegments(disk.access, files)).toReversed()) {
    const text = await openSegment(disk, files, segment);
    if (text === null) continue;
    for await (const batch of linesBackward(text, { start: 0, end: text.rawBytes })) {
      yield batch.flatMap((line) => sized(line) ?? []);
    }
  }
}

function sized({ text, start, end }: ScannedLine): SizedRecord | null {
  const record = parseRecord(text);
  return record === null ? null : { record, bytes: end - start };
}
