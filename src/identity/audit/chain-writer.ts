/**
 * The writing end of the chain. What fails half way is cut off again before the next attempt; what a crash tore, at the
 * start. There is one for a directory, and it is called by one at a time.
 */
import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
import type { KeyObject } from "node:crypto";
import { join } from "node:path";
import type { AuditLink } from "../../ports/audit-trail.ts";
import { nextLink, ORIGIN, readLink } from "./chain-link.ts";
import {
  dayOf,
  linesBackward,
  listSegments,
  readSegment,
  type Segment,
  segmentFor,
  syncDirectory,
} from "./segment-files.ts";

/** Read whole to be searched: some milliseconds. */
const SEGMENT_BYTES_MAX = 8 * 1024 ** 2;

export interface WrittenCall {
  readonly atMs: number;
  readonly json: string;
}

export class ChainWriter {
  readonly #directory: string;
  readonly #key: KeyObject;
  #head: AuditLink = ORIGIN;
  #segment: Segment | null = null;
  #file: FileHandle | null = null;
  #sizeBytes = 0;

  constructor(directory: string, key: KeyObject) {
    this.#directory = directory;
    this.#key = key;
  }

  /** The newest record there is. */
  get head(): AuditLink {
    return this.#head;
  }

  /** The one that is written to. */
  get segment(): Segment | null {
    return this.#segment;
  }

  /** Finds the end. `before`: what the oldest file follows. */
  async open(before: AuditLink): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const segments = await listSegments(this.#directory);
    this.#segment = segments.at(-1) ?? null;
    this.#head = (await this.#lastLink(segments)) ?? before;
    if (this.#segment !== null) this.#sizeBytes = await this.#cutTornEnd(this.#segment);
  }

  /** Goes on behind a record that should be there and is not: the gap stays to be seen. */
  skipTo(link: AuditLink): void {
    this.#head = link;
  }

  /** Adds those of the first one's day, all or none, and says how many. Throws what the disk says. */
  async append(calls: readonly WrittenCall[]): Promise<number> {
    const day = dayOf(calls[0]?.atMs ?? 0);
    const end = calls.findIndex(({ atMs }) => dayOf(atMs) !== day);
    const part = end === -1 ? calls : calls.slice(0, end);
    await this.#appendTo(day, part);
    return part.length;
  }

  async sync(): Promise<void> {
    await this.#file?.datasync();
  }

  /** A file that somebody took away or replaced is not written to any more. */
  async letGoOfLostFile(): Promise<void> {
    const name = this.#segment?.name;
    if (this.#file === null || name === undefined) return;
    const inPlace = await stat(join(this.#directory, name)).catch(() => null);
    if (inPlace?.ino === (await this.#file.stat()).ino) return;
    await this.close();
    this.#segment = null;
  }

  async close(): Promise<void> {
    const file = this.#file;
    this.#file = null;
    await file?.close();
  }

  async #appendTo(day: string, calls: readonly WrittenCall[]): Promise<void> {
    const file = await this.#fileFor(day);
    let head = this.#head;
    const lines = calls.map(({ json }) => {
      const { link, line } = nextLink(this.#key, head, json);
      head = link;
      return line;
    });
    const bytes = Buffer.from(lines.join(""));
    try {
      await writeAll(file, bytes, this.#sizeBytes);
    } catch (error) {
      // What a part of a line would do to the chain is worse than what a second failure here would.
      await file.truncate(this.#sizeBytes).catch(() => undefined);
      throw error;
    }
    this.#sizeBytes += bytes.length;
    this.#head = head;
  }

  async #fileFor(day: string): Promise<FileHandle> {
    const isFull = this.#sizeBytes >= SEGMENT_BYTES_MAX;
    if (this.#segment?.day !== day || isFull) await this.#begin(segmentFor(this.#head.sequence + 1, day));
    this.#file ??= await open(join(this.#directory, this.#segment?.name ?? ""), "r+").catch(
      (error: unknown) =>
        // Packed already, or gone.
        this.#reopen(error, day),
    );
    return this.#file;
  }

  async #reopen(error: unknown, day: string): Promise<FileHandle> {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    await this.#begin(segmentFor(this.#head.sequence + 1, day));
    if (this.#file === null) throw error;
    return this.#file;
  }

  async #begin(segment: Segment): Promise<void> {
    const path = join(this.#directory, segment.name);
    const file = await open(path, "w", 0o600);
    const before = this.#file;
    this.#segment = segment;
    this.#file = file;
    this.#sizeBytes = 0;
    await syncDirectory(this.#directory).catch(() => undefined);
    await before?.datasync().catch(() => undefined);
    await before?.close().catch(() => undefined);
  }

  async #lastLink(segments: readonly Segment[]): Promise<AuditLink | null> {
    for (const segment of segments.toReversed()) {
      // One that was damaged must not keep the control plane from its start; `verify` tells of it.
      const bytes = await readSegment(this.#directory, segment).catch(() => Buffer.alloc(0));
      for (const line of linesBackward(bytes, null)) {
        const link = readLink(line);
        if (link !== null) return { sequence: link.sequence, hash: link.hash };
      }
    }
    return null;
  }

  /** How much is left of it: a line without its end was never promised. */
  async #cutTornEnd({ name }: Segment): Promise<number> {
    const file = await open(join(this.#directory, name), "r+").catch(() => null);
    if (file === null) return SEGMENT_BYTES_MAX;
    try {
      const bytes = await file.readFile();
      const keptBytes = bytes.lastIndexOf(10) + 1;
      if (keptBytes < bytes.length) await file.truncate(keptBytes);
      return keptBytes;
    } finally {
      await file.close();
    }
  }
}

async function writeAll(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
