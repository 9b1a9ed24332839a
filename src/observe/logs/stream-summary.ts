/** What can be said of a stream from its ends: its last lines, its times. */
import type { LogStreamSummary } from "../../ports/service-log.ts";
import type { FileAccess } from "./file-access.ts";
import { recordsBackward } from "./records.ts";
import type { StreamFiles, StreamSegments } from "./stream-files.ts";
import { readPage } from "./stream-reader.ts";

/**
 * A tail is evidence: it is kept in the database with the operation that failed, sent in its description and written
 * to its log. The whole lines are in the instance's own stream. In UTF-16 units.
 */
const MAX_TAIL_LINE = 2_000;
const MAX_TAIL_LENGTH = 64 * 1024;

/** The last texts, oldest first, each cut to `MAX_TAIL_LINE`; fewer than asked for when they are long. */
export async function readTail(
  access: FileAccess,
  files: StreamFiles,
  lineCount: number,
): Promise<readonly string[]> {
  const texts: string[] = [];
  if (lineCount <= 0) return texts;
  let room = MAX_TAIL_LENGTH;
  for await (const batch of recordsBackward(access, files)) {
    for (const { record } of batch) {
      if (record.text === null) continue;
      const text = shortened(record.text);
      room -= text.length;
      if (room < 0) return texts.toReversed();
      texts.push(text);
      if (texts.length >= lineCount) return texts.toReversed();
    }
  }
  return texts.toReversed();
}

/** Never cut inside a character. */
function shortened(text: string): string {
  if (text.length <= MAX_TAIL_LINE) return text;
  return `${text
    .slice(0, MAX_TAIL_LINE - 1)
    .toWellFormed()
    .replace(/\uFFFD$/, "")}…`;
}

export async function summarize(
  access: FileAccess,
  { files, segments }: StreamSegments,
): Promise<LogStreamSummary> {
  const { lines } = await readPage(access, files, { cursor: null }, 1);
  return {
    stream: files.stream,
    firstEventMs: lines[0]?.timestampMs ?? null,
    lastEventMs: lines.length === 0 ? null : await lastEventMs(access, files),
    storedBytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

async function lastEventMs(access: FileAccess, files: StreamFiles): Promise<number | null> {
  for await (const batch of recordsBackward(access, files)) {
    const last = batch.find(({ record }) => record.text !== null);
    if (last !== undefined) return last.record.timeMs;
  }
  return null;
}
