/** What can be said of a stream from its ends: its last lines, its times. */
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { LogStreamSummary } from "../../ports/service-log.ts";
import type { LogDisk } from "./log-disk.ts";
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
  disk: LogDisk,
  files: StreamFiles,
  lineCount: number,
): Promise<readonly string[]> {
  const texts: string[] = [];
  if (lineCount <= 0) return texts;
  let room = MAX_TAIL_LENGTH;
  for await (const batch of recordsBackward(disk, files)) {
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
  disk: LogDisk,
  { files, segments }: StreamSegments,
): Promise<LogStreamSummary> {
  const storedBytes = segments.reduce((sum, { bytes }) => sum + bytes, 0);
  return { stream: files.stream, ...(await timesOf(disk, { files, segments })), storedBytes };
}

type Times = Pick<LogStreamSummary, "firstEventMs" | "lastEventMs">;

/** What cannot be read is there all the same: its files tell about when it was written. */
async function timesOf(disk: LogDisk, { files, segments }: StreamSegments): Promise<Times> {
  try {
    const { lines } = await readPage(disk, files, { cursor: null }, 1);
    const firstEventMs = lines[0]?.timestampMs ?? null;
    return { firstEventMs, lastEventMs: firstEventMs === null ? null : await lastEventMs(disk, files) };
  } catch (error) {
    if (!(error instanceof KeyUnavailable)) throw error;
    const [first] = segments;
    const last = segments.at(-1);
    return {
      firstEventMs: first === undefined ? null : Math.floor(Math.min(first.createdAtMs, first.modifiedAtMs)),
      lastEventMs: last === undefined ? null : Math.floor(last.modifiedAtMs),
    };
  }
}

async function lastEventMs(disk: LogDisk, files: StreamFiles): Promise<number | null> {
  for await (const batch of recordsBackward(disk, files)) {
    const last = batch.find(({ record }) => record.text !== null);
    if (last !== undefined) return last.record.timeMs;
  }
  return null;
}
