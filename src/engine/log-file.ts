/**
 * Reads an instance's json-file log with its rotated predecessors. An open file goes on being read after it has been
 * renamed or removed, so that neither rotation nor removal of the container loses what is not read yet.
 */
import { open, stat, type FileHandle } from "node:fs/promises";
import type { EscapedPage } from "./escaped-page.ts";
import { parseEntries, timeOfEntry } from "./log-entries.ts";
import { OrdinalCounter, beginning, type Mark, type OutputRecord } from "./output-record.ts";
import { PageReader } from "./page-reader.ts";
import { ReadTurns } from "./read-turns.ts";

/** As many as `max-file` of hardening.ts, oldest first. */
const SUFFIXES = [".2", ".1", ""] as const;
/**
 * What is read at once: hundreds of lines, which hold the event loop for less than a millisecond, of each of hundreds of instances
 * perhaps. A record is at most 16 KiB of text, 96 KiB when all of it is escaped.
 */
const CHUNK_BYTES = 128 * 1_024;
const NEWLINE = "\n";
/** No buffer for each: hundreds of followed logs are silent most of the time. */
const turns = new ReadTurns(CHUNK_BYTES);

export class LogFile {
  readonly #path: string;
  readonly #ordinals: OrdinalCounter;
  readonly #pages = new PageReader();
  /** True when reading begins right after the mark asked for, false when that place is gone. */
  readonly isPositioned: boolean;
  /** There was more than was read at once. */
  isBehind = false;
  #handle: FileHandle;
  #inode: string;
  #offset: number;
  #seenBytes = 0;

  private constructor(path: string, opened: OpenedFile, start: Mark, isPositioned: boolean) {
    this.#path = path;
    this.#handle = opened.handle;
    this.#inode = opened.inode;
    this.#offset = isPositioned ? start.offset : 0;
    this.isPositioned = isPositioned;
    this.#ordinals = new OrdinalCounter(isPositioned ? start : beginning);
  }

  /** Opens at the mark, or at the oldest record there is. Fails when the files cannot be read. */
  static async open(path: string, start: Mark): Promise<LogFile> {
    const files = await openAll(path);
    const found = await findMark(files, start);
    const chosen = found ?? files[0];
    await Promise.all(files.filter((file) => file !== chosen).map(({ handle }) => handle.close()));
    if (chosen === undefined) throw Object.assign(new Error(`no log file at ${path}`), { code: "ENOENT" });
    return new LogFile(path, chosen, start, found !== undefined || start === beginning);
  }

  /** The next complete records, none when there is nothing new. */
  async next(): Promise<FoundRecords> {
    for (;;) {
      const records = await this.#readChunk();
      if (records.length > 0) return records;
      if (!(await this.#moveToNewerFile())) return [];
    }
  }

  /** Whether there is something that `next` has not looked at yet. */
  async hasChanged(): Promise<boolean> {
    const { size } = await this.#handle.stat();
    return size > this.#seenBytes || (await this.#isRotated());
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #readChunk(): Promise<FoundRecords> {
    const { records, isWaste } = await turns.next(async (buffer) => this.#readInto(buffer));
    return isWaste ? this.#readChunk() : records;
  }

  async #readInto(buffer: Buffer): Promise<Chunk> {
    const { bytesRead } = await this.#handle.read(buffer, 0, CHUNK_BYTES, this.#offset);
    this.#seenBytes = this.#offset + bytesRead;
    this.isBehind = bytesRead === CHUNK_BYTES;
    const whole = buffer.subarray(0, buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE) + 1);
    const from = { inode: this.#inode, offset: this.#offset, ordinals: this.#ordinals };
    const records = this.#pages.read(whole, from) ?? parseEntries(whole, from);
    // A chunk without any newline is no log: zeros that a crash of the machine left.
    const used = whole.length === 0 && this.isBehind ? CHUNK_BYTES : whole.length;
    this.#offset += used;
    return { records, isWaste: records.length === 0 && used > 0 };
  }

  /** False when this is the newest file. What was written to the old one just before its renaming is read first. */
  async #moveToNewerFile(): Promise<boolean> {
    if (!(await this.#isRotated())) return false;
    const { size } = await this.#handle.stat();
    if (size > this.#seenBytes) return true;
    const files = await openAll(this.#path);
    const current = files.findIndex(({ inode }) => inode === this.#inode);
    const newer = files[current + 1];
    await Promise.all(files.filter((file) => file !== newer).map(({ handle }) => handle.close()));
    if (newer === undefined) return false;
    await this.#handle.close();
    this.#handle = newer.handle;
    this.#inode = newer.inode;
    this.#offset = 0;
    this.#seenBytes = 0;
    return true;
  }

  async #isRotated(): Promise<boolean> {
    const newest = await inodeAt(this.#path);
    return newest !== null && newest !== this.#inode;
  }
}

/** Whole lines where all are, else records one by one. */
export type FoundRecords = EscapedPage | readonly OutputRecord[];

interface Chunk {
  readonly records: FoundRecords;
  /** Something was passed over, and nothing of it is a record. */
  readonly isWaste: boolean;
}

interface OpenedFile {
  readonly handle: FileHandle;
  readonly inode: string;
}

async function openAll(path: string): Promise<readonly OpenedFile[]> {
  const files: OpenedFile[] = [];
  for (const suffix of SUFFIXES) {
    const file = await openOne(`${path}${suffix}`, suffix !== "");
    // A rotation between two of these calls shows the same file under two names.
    if (file !== null && files.some(({ inode }) => inode === file.inode)) await file.handle.close();
    else if (file !== null) files.push(file);
  }
  return files;
}

async function openOne(path: string, mayBeMissing: boolean): Promise<OpenedFile | null> {
  try {
    const handle = await open(path, "r");
    const { ino } = await handle.stat({ bigint: true });
    return { handle, inode: String(ino) };
  } catch (error) {
    if (mayBeMissing && (error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

async function inodeAt(path: string): Promise<string | null> {
  try {
    return String((await stat(path, { bigint: true })).ino);
  } catch {
    return null; // removed with its container, or in the middle of a rotation
  }
}

/** Inodes are used again after a rotation: the record that ends at the offset must have the mark's time. */
async function findMark(files: readonly OpenedFile[], start: Mark): Promise<OpenedFile | undefined> {
  const file = files.find(({ inode }) => inode === start.inode);
  if (file === undefined) return undefined;
  const length = Math.min(start.offset, CHUNK_BYTES);
  const { buffer, bytesRead } = await file.handle.read(
    Buffer.alloc(length),
    0,
    length,
    start.offset - length,
  );
  const before = buffer.toString("utf8", 0, bytesRead);
  if (bytesRead !== length || !before.endsWith("\n")) return undefined;
  const lastRecord = before.slice(before.lastIndexOf("\n", before.length - 2) + 1, -1);
  return timeOfEntry(lastRecord) === start.time ? file : undefined;
}
