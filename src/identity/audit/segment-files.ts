/**
 * The files of the trail: `<sequence of the first record>-<day>.log`, one or more for each day (UTC). Only the newest is
 * written to, only at its end; older ones are packed (`.log.zst`). A file holds records of its day alone, whatever the clock does.
 */
import { type FileHandle, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

const NAME = /^(?<sequence>\d{12})-(?<day>\d{4}-\d\d-\d\d)\.log(?<packed>\.zst)?$/;
const PACKED = ".zst";
/** A segment is at most so long, and a little: a packed one that claims to be more is not read. */
const READ_BYTES_MAX = 64 * 1024 ** 2;

export interface Segment {
  /** Without the ending of a packed one. */
  readonly name: string;
  readonly firstSequence: number;
  /** `2026-11-21`. */
  readonly day: string;
}

export function segmentFor(firstSequence: number, day: string): Segment {
  return { name: `${String(firstSequence).padStart(12, "0")}-${day}.log`, firstSequence, day };
}

export function dayOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, 10);
}

/** Oldest first. What a crash left half packed is taken away. */
export async function listSegments(directory: string): Promise<readonly Segment[]> {
  const segments = new Map<string, Segment>();
  for (const file of await readdir(directory)) {
    const { sequence, day } = NAME.exec(file)?.groups ?? {};
    if (sequence === undefined || day === undefined) continue;
    const segment = segmentFor(Number(sequence), day);
    segments.set(segment.name, segment);
  }
  return [...segments.values()].sort((one, other) => one.firstSequence - other.firstSequence);
}

/** Its lines; empty where it is not there any more. Throws when it is packed and damaged. */
export async function readSegment(directory: string, { name }: Pick<Segment, "name">): Promise<Buffer> {
  const path = join(directory, name);
  const packed = await readIfThere(path + PACKED);
  if (packed !== null) return decompress(packed, { maxOutputLength: READ_BYTES_MAX });
  // It may have been packed in between.
  return (await readIfThere(path)) ?? unpackIfThere(path);
}

async function unpackIfThere(path: string): Promise<Buffer> {
  const packed = await readIfThere(path + PACKED);
  return packed === null ? Buffer.alloc(0) : decompress(packed, { maxOutputLength: READ_BYTES_MAX });
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Complete before it has its name. Idempotent. */
export async function packSegment(directory: string, { name }: Pick<Segment, "name">): Promise<void> {
  const path = join(directory, name);
  const plain = await readIfThere(path);
  if (plain === null) return;
  const unfinished = `${path}.tmp`;
  await writeWhole(unfinished, await compress(plain));
  await rename(unfinished, path + PACKED);
  await syncDirectory(directory);
  await rm(path);
}

async function writeWhole(path: string, bytes: Buffer): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(bytes);
    await file.datasync();
  } finally {
    await file.close();
  }
}

/** What was made or renamed must not lose its name when the power fails. */
export async function syncDirectory(path: string): Promise<void> {
  const directory: FileHandle = await open(path, "r");
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

export async function removeSegment(directory: string, { name }: Pick<Segment, "name">): Promise<void> {
  for (const ending of ["", PACKED, ".tmp"]) await rm(join(directory, name + ending), { force: true });
}

/** Segment → bytes on disk; what is not there is none. */
export async function segmentBytes(directory: string, { name }: Pick<Segment, "name">): Promise<number> {
  let bytes = 0;
  for (const ending of ["", PACKED]) {
    const file = await open(join(directory, name + ending), "r").catch(() => null);
    bytes += (await file?.stat())?.size ?? 0;
    await file?.close();
  }
  return bytes;
}

/** Lines of a segment, last first; with a needle those that contain it. What follows the last line end is torn. */
export function* linesBackward(bytes: Buffer, needle: string | null): Generator<string> {
  const wanted = Buffer.from(needle ?? "\n");
  let end = bytes.lastIndexOf(10) + 1;
  while (end > 0) {
    // The line's own end is no end of the line before it.
    const hit = needle === null ? end - 1 : bytes.subarray(0, end - 1).lastIndexOf(wanted);
    if (hit === -1) return;
    const start = hit === 0 ? 0 : bytes.subarray(0, hit).lastIndexOf(10) + 1;
    const stop = needle === null ? end - 1 : bytes.indexOf(10, hit);
    yield bytes.toString("utf8", start, stop);
    end = start;
  }
}
