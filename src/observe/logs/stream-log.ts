/**
 * The writing side of one stream: segments that are only ever added to at the end.
 *
 * Invariants: the newest segment ends with an intact record that has a position, or is cut back to one before anything
 * is added, so that whatever a crash or a full disk left half written is as if never written. A segment never changes
 * once there is a newer one. Together the segments stay below the size limit; the oldest go first.
 */
import type { Clock } from "../../ports/clock.ts";
import type { FileAccess } from "./file-access.ts";
import { linesBackward } from "./line-scan.ts";
import { encodeMark, hasPosition, parseRecord } from "./log-record.ts";
import { recordsBackward } from "./records.ts";
import { SerialQueue } from "./serial-queue.ts";
import { listSegments, segmentPath, type Segment, type StreamFiles } from "./stream-files.ts";

/** What goes at once when the limit is reached is a quarter of a stream. */
const SEGMENTS_PER_STREAM = 4;
/** A slow stream begins a new segment this often within its age limit, so that old lines can go in good time. */
const SEGMENTS_PER_AGE = 14;

export interface StreamLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

interface StreamLogContext {
  readonly access: FileAccess;
  readonly files: StreamFiles;
  readonly limits: StreamLimits;
  readonly clock: Pick<Clock, "now">;
}

/** What is on disk; unknown (null) before the first act and after a failed one. */
interface Tail {
  readonly closed: { readonly number: number; readonly bytes: number }[];
  number: number;
  bytes: number;
  startedAtMs: number;
}

export class StreamLog {
  /** While an instance is copied its last position is kept, however old it is. */
  isFollowed = false;
  readonly #context: StreamLogContext;
  readonly #segmentBytes: number;
  readonly #queue = new SerialQueue();
  #tail: Tail | null = null;

  constructor(context: StreamLogContext) {
    this.#context = context;
    this.#segmentBytes = Math.ceil(context.limits.maxBytes / SEGMENTS_PER_STREAM);
  }

  /** Cuts off what a crash left half written. Positions read afterwards are true. */
  async repair(): Promise<void> {
    await this.#queue.run(async () => this.#known());
  }

  /** Adds encoded lines. After a failure some of them may be written: read the last position to know. */
  async append(lines: readonly string[]): Promise<void> {
    await this.#act(async (tail) => {
      const spanMs = this.#context.limits.maxAgeMs / SEGMENTS_PER_AGE;
      if (tail.bytes > 0 && this.#context.clock.now() - tail.startedAtMs > spanMs) await this.#rotate(tail);
      for (let from = 0; from < lines.length;) from = await this.#appendSome(tail, lines, from);
    });
  }

  /** Where copying goes on. */
  async lastCursor(): Promise<string | null> {
    await this.repair();
    return this.#readCursor();
  }

  /** The keys written last, newest first. */
  async lastKeys(limits: { readonly count: number; readonly bytes: number }): Promise<readonly string[]> {
    await this.repair();
    const keys: string[] = [];
    let left = limits.bytes;
    for await (const batch of recordsBackward(this.#context.access, this.#context.files)) {
      for (const { record, bytes } of batch) {
        left -= bytes;
        if (keys.length >= limits.count || left < 0) return keys;
        if (record.key !== null) keys.push(record.key);
      }
    }
    return keys;
  }

  async sync(): Promise<void> {
    await this.#act(async (tail) => {
      if (tail.bytes > 0) await this.#context.access.sync(this.#path(tail.number));
    });
  }

  /** Removes segments unless they were written to since they were looked at. */
  async expire(victims: readonly Segment[]): Promise<void> {
    await this.#act(async (tail) => {
      for (const { number, modifiedAtMs } of victims) {
        const facts = await this.#context.access.facts(this.#path(number));
        if (facts === null || facts.modifiedAtMs > modifiedAtMs) continue;
        if (number === tail.number) await this.#leave(tail);
        await this.#context.access.remove(this.#path(number));
      }
      this.#tail = null;
    });
  }

  /** The newest segment is about to go. */
  async #leave(tail: Tail): Promise<void> {
    const cursor = this.isFollowed ? await this.#readCursor() : null;
    if (cursor === null) return;
    await this.#rotate(tail);
    await this.#appendSome(tail, [encodeMark(this.#context.clock.now(), cursor)], 0);
  }

  async #readCursor(): Promise<string | null> {
    for await (const batch of recordsBackward(this.#context.access, this.#context.files)) {
      const found = batch.find(({ record }) => record.cursor !== null);
      if (found !== undefined) return found.record.cursor;
    }
    return null;
  }

  /** Serially, on a known tail; a failure makes it unknown. */
  async #act(act: (tail: Tail) => Promise<void>): Promise<void> {
    await this.#queue.run(async () => {
      try {
        await act(await this.#known());
      } catch (error) {
        this.#tail = null;
        throw error;
      }
    });
  }

  /** Adds as many lines as the newest segment has room for; says where to go on. */
  async #appendSome(tail: Tail, lines: readonly string[], from: number): Promise<number> {
    let bytes = 0;
    let end = from;
    for (; end < lines.length; end++) {
      const more = Buffer.byteLength(lines[end] ?? "");
      if (tail.bytes + bytes > 0 && tail.bytes + bytes + more > this.#segmentBytes) break;
      bytes += more;
    }
    if (end === from) {
      await this.#rotate(tail);
      return from;
    }
    await this.#context.access.append(this.#path(tail.number), lines.slice(from, end).join(""));
    tail.bytes += bytes;
    return end;
  }

  async #rotate(tail: Tail): Promise<void> {
    tail.closed.push({ number: tail.number, bytes: tail.bytes });
    tail.number++;
    tail.bytes = 0;
    tail.startedAtMs = this.#context.clock.now();
    let kept = tail.closed.reduce((sum, { bytes }) => sum + bytes, 0);
    while (kept + this.#segmentBytes > this.#context.limits.maxBytes) {
      const oldest = tail.closed.shift();
      if (oldest === undefined) return;
      await this.#context.access.remove(this.#path(oldest.number));
      kept -= oldest.bytes;
    }
  }

  async #known(): Promise<Tail> {
    this.#tail ??= await this.#readTail();
    return this.#tail;
  }

  async #readTail(): Promise<Tail> {
    const { access, files, clock } = this.#context;
    const segments = await listSegments(access, files);
    const newest = segments.at(-1);
    if (newest === undefined) return { closed: [], number: 0, bytes: 0, startedAtMs: clock.now() };
    const bytes = await this.#intactBytes(newest);
    if (bytes < newest.bytes) await access.truncate(this.#path(newest.number), bytes);
    return {
      closed: segments.slice(0, -1).map(({ number, bytes }) => ({ number, bytes })),
      number: newest.number,
      bytes,
      startedAtMs: newest.createdAtMs,
    };
  }

  async #intactBytes({ number, bytes }: Segment): Promise<number> {
    for await (const batch of linesBackward(this.#context.access, this.#path(number), bytes)) {
      const last = batch.find(({ text }) => hasPosition(parseRecord(text)));
      if (last !== undefined) return last.end;
    }
    return 0;
  }

  #path(number: number): string {
    return segmentPath(this.#context.files, number);
  }
}
