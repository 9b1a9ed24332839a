/**
 * The writing side of one stream: segments that are only ever added to at the end.
 *
 * Invariants: the newest segment ends with an intact record that has a position, or is cut back to one before anything
 * is added, so that whatever a crash or a full disk left half written is as if never written. A segment never changes
 * once there is a newer one or a packed one of it. Together the segments stay below the size limit; the oldest go first.
 */
import type { Clock } from "../../ports/clock.ts";
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import { SealBroken } from "../../ports/vault.ts";
import { linesBackward } from "./line-scan.ts";
import type { LogDisk } from "./log-disk.ts";
import { type EncodedText, encodeMark, hasPosition, parseRecord } from "./log-record.ts";
import { openSegment } from "./open-segment.ts";
import { FrameBroken, sealTexts } from "./sealed-frame.ts";
import type { Seal } from "./sealed-segments.ts";
import type { Place } from "./place.ts";
import { recordsBackward } from "./records.ts";
import { SerialQueue } from "./serial-queue.ts";
import {
  listSegments,
  packedPath,
  segmentPath,
  type Segment,
  type SegmentForm,
  type StreamFiles,
} from "./stream-files.ts";

const MIB = 1024 * 1024;
/** What goes at once when the limit of a small stream is reached is a quarter of it. */
const SEGMENTS_PER_STREAM = 4;
/** Of raw text: four seconds of 20,000 lines each; packed in a tenth of a second. */
const LARGEST_SEGMENT_BYTES = 16 * MIB;
/** A slow stream begins a new segment this often within its age limit, so that old lines can go in good time. */
const SEGMENTS_PER_AGE = 14;
/** Smaller ones would hardly shrink. */
export const MIN_PACKED_BYTES = 64 * 1024;
/** What is written at once, and what a crash may take back before it is copied again. */
const LARGEST_TEXT_LENGTH = 64 * 1024;

export interface StreamLimits {
  readonly maxBytes: number;
  readonly maxAgeMs: number;
}

interface StreamLogContext extends LogDisk {
  readonly files: StreamFiles;
  readonly limits: StreamLimits;
  readonly clock: Pick<Clock, "now">;
  /** A segment was closed that is worth packing. Quick, and never throws. */
  readonly onClosed?: (form: SegmentForm) => void;
  /** Text was written at an offset of a segment. Quick, and never throws. */
  readonly onWritten?: (place: Place, text: Buffer) => void;
}

/** A packed segment under another name. */
export interface PackedDraft {
  readonly draft: string;
  /** Of the one it was made from. */
  readonly plainBytes: number;
}

/** What is on disk; unknown (null) before the first act and after a failed one. */
interface Tail {
  closed: ClosedSegment[];
  number: number;
  isSealed: boolean;
  /** Of a sealed one that has begun. */
  seal: Seal | null;
  /** Of text. */
  rawBytes: number;
  /** On disk. */
  bytes: number;
  startedAtMs: number;
}

type ClosedSegment = Pick<Segment, "number" | "isSealed" | "bytes">;

export class StreamLog {
  /** While an instance is copied its last position is kept, however old it is. */
  isFollowed = false;
  /** A text of about this length is written at once; longer ones are too, but fill segments badly. */
  readonly maxTextLength: number;
  readonly #context: StreamLogContext;
  readonly #segmentBytes: number;
  readonly #queue = new SerialQueue();
  #tail: Tail | null = null;

  constructor(context: StreamLogContext) {
    this.#context = context;
    this.#segmentBytes = Math.min(
      LARGEST_SEGMENT_BYTES,
      Math.ceil(context.limits.maxBytes / SEGMENTS_PER_STREAM),
    );
    this.maxTextLength = Math.min(LARGEST_TEXT_LENGTH, Math.ceil(this.#segmentBytes / 8));
  }

  /** Cuts off what a crash left half written. Positions read afterwards are true. */
  async repair(): Promise<void> {
    await this.#queue.run(async () => this.#known());
  }

  /**
   * Adds texts of encoded lines, each of which ends with a position and stays in one segment. After a failure some of them may
   * be written: read the last position to know.
   */
  async append(texts: readonly EncodedText[]): Promise<void> {
    await this.#act(async (tail) => {
      const spanMs = this.#context.limits.maxAgeMs / SEGMENTS_PER_AGE;
      if (tail.bytes > 0 && this.#context.clock.now() - tail.startedAtMs > spanMs) await this.#rotate(tail);
      const bytes = texts.map((text) => (typeof text === "string" ? Buffer.from(text) : text));
      for (let from = 0; from < bytes.length;) from = await this.#appendSome(tail, bytes, from);
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
    for await (const batch of recordsBackward(this.#context, this.#context.files)) {
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
      if (tail.bytes > 0) await this.#context.access.sync(this.#path(tail));
    });
  }

  /** Nothing more comes for now: the newest segment is closed too if it is worth packing. */
  async close(): Promise<void> {
    await this.#act(async (tail) => {
      if (tail.bytes >= MIN_PACKED_BYTES) await this.#rotate(tail);
    });
  }

  /** Removes segments unless they were written to since they were looked at. */
  async expire(victims: readonly Segment[]): Promise<void> {
    await this.#act(async (tail) => {
      for (const victim of victims) {
        const facts =
          (await this.#context.access.facts(this.#path(victim))) ??
          (await this.#context.access.facts(packedPath(this.#context.files, victim)));
        if (facts === null || facts.modifiedAtMs > victim.modifiedAtMs) continue;
        if (victim.number === tail.number) await this.#leave(tail);
        await this.#remove(victim);
      }
      this.#tail = null;
    });
  }

  /** Removes what was written so far; the place of an instance that is followed stays. */
  async removeAll(): Promise<void> {
    await this.#act(async (tail) => {
      const { access, files } = this.#context;
      const segments = await listSegments(access, files);
      if (segments.some(({ number }) => number === tail.number)) await this.#leave(tail);
      for (const segment of segments) await this.#remove(segment);
      this.#tail = null;
    });
  }

  /**
   * Puts a packed copy of a segment in its place, unless it was removed or written to since. Nothing is ever added to a packed
   * segment.
   */
  async takePacked(number: number, { draft, plainBytes }: PackedDraft): Promise<void> {
    await this.#act(async (tail) => {
      const { access, files } = this.#context;
      const form = [...tail.closed, tail].find((one) => one.number === number);
      const plain = form === undefined ? null : await access.facts(this.#path(form));
      if (form === undefined || plain?.bytes !== plainBytes) {
        await access.remove(draft);
        return;
      }
      await access.rename(draft, packedPath(files, form));
      await access.remove(this.#path(form));
      if (number === tail.number) this.#begin(tail);
      const bytes = (await access.facts(packedPath(files, form)))?.bytes ?? 0;
      tail.closed = tail.closed.map((closed) => (closed.number === number ? { ...closed, bytes } : closed));
    });
  }

  /** The newest segment is about to go. */
  async #leave(tail: Tail): Promise<void> {
    const cursor = this.isFollowed ? await this.#readCursor().catch(nullWithoutKey) : null;
    if (cursor === null) return;
    this.#begin(tail);
    await this.#appendSome(tail, [Buffer.from(encodeMark(this.#context.clock.now(), cursor))], 0);
  }

  async #readCursor(): Promise<string | null> {
    for await (const batch of recordsBackward(this.#context, this.#context.files)) {
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

  /** Adds as many texts as the newest segment has room for; says where to go on. */
  async #appendSome(tail: Tail, texts: readonly Buffer[], from: number): Promise<number> {
    let bytes = 0;
    let end = from;
    for (; end < texts.length; end++) {
      const more = texts[end]?.length ?? 0;
      if (tail.rawBytes + bytes > 0 && tail.rawBytes + bytes + more > this.#segmentBytes) break;
      bytes += more;
    }
    if (end === from) {
      await this.#rotate(tail);
      return from;
    }
    const some = texts.slice(from, end);
    const text = joined(some);
    const written = (await this.#sealed(tail, some)) ?? text;
    const place = { segment: tail.number, offset: tail.rawBytes };
    await this.#context.access.append(this.#path(tail), written);
    tail.rawBytes += bytes;
    tail.bytes += written.length;
    this.#context.onWritten?.(place, text);
    return end;
  }

  /** What goes into the file of a service with a key: frames, and the head before the first one. Null: there is no key. */
  async #sealed(tail: Tail, texts: readonly Buffer[]): Promise<Buffer | null> {
    const { sealed, files } = this.#context;
    if (tail.seal !== null && !(await this.#canOpen(tail.seal))) this.#begin(tail);
    const begun = tail.rawBytes > 0 ? null : await sealed.begin(files, tail.number);
    if (tail.rawBytes === 0) {
      tail.seal = begun?.seal ?? null;
      tail.isSealed = begun !== null;
    }
    if (tail.seal === null) return null;
    const frames = sealTexts(await sealed.keyOf(tail.seal), texts, tail.rawBytes);
    return begun === null ? frames : Buffer.concat([begun.start, frames]);
  }

  /** False: its wrapped key was changed on the disk. Throws KeyUnavailable. */
  async #canOpen(seal: Seal): Promise<boolean> {
    return this.#context.sealed.keyOf(seal).then(
      () => true,
      (error: unknown) => {
        if (error instanceof SealBroken) return false;
        throw error;
      },
    );
  }

  async #rotate(tail: Tail): Promise<void> {
    if (tail.bytes >= MIN_PACKED_BYTES) {
      this.#context.onClosed?.({ number: tail.number, isSealed: tail.isSealed });
    }
    this.#begin(tail);
    let kept = tail.closed.reduce((sum, { bytes }) => sum + bytes, 0);
    while (kept + this.#segmentBytes > this.#context.limits.maxBytes) {
      const oldest = tail.closed.shift();
      if (oldest === undefined) return;
      await this.#remove(oldest);
      kept -= oldest.bytes;
    }
  }

  #begin(tail: Tail): void {
    tail.closed.push({ number: tail.number, isSealed: tail.isSealed, bytes: tail.bytes });
    tail.number++;
    tail.seal = null;
    tail.rawBytes = 0;
    tail.bytes = 0;
    tail.startedAtMs = this.#context.clock.now();
  }

  /** The plain one last: while it is there, the packed one is a copy. */
  async #remove(form: SegmentForm): Promise<void> {
    await this.#context.access.remove(packedPath(this.#context.files, form));
    await this.#context.access.remove(this.#path(form));
  }

  async #known(): Promise<Tail> {
    this.#tail ??= await this.#readTail();
    return this.#tail;
  }

  async #readTail(): Promise<Tail> {
    const { access, files } = this.#context;
    const segments = await listSegments(access, files);
    const newest = segments.at(-1);
    if (newest === undefined) return this.#newTail(segments, 0);
    const found = newest.isPacked ? null : await this.#intactEnd(newest);
    if (found === null) return this.#newTail(segments, newest.number + 1);
    if (found.bytes < newest.bytes) await access.truncate(this.#path(newest), found.bytes);
    const { number, isSealed, createdAtMs: startedAtMs } = newest;
    return { closed: segments.slice(0, -1), number, isSealed, startedAtMs, ...found };
  }

  #newTail(segments: readonly Segment[], number: number): Tail {
    const startedAtMs = this.#context.clock.now();
    return { closed: [...segments], number, isSealed: false, seal: null, rawBytes: 0, bytes: 0, startedAtMs };
  }

  /** How far the newest segment is whole; null: nothing can be added to it. */
  async #intactEnd(newest: Segment): Promise<Pick<Tail, "seal" | "rawBytes" | "bytes"> | null> {
    if (newest.isSealed) return this.#sealedEnd(newest);
    const bytes = await this.#intactBytes(newest);
    return { seal: null, rawBytes: bytes, bytes };
  }

  /** A frame is whole or as if never written, and ends with a position: its text need not be read, nor the key be there. */
  async #sealedEnd(newest: Segment): Promise<Pick<Tail, "seal" | "rawBytes" | "bytes"> | null> {
    const { sealed, files } = this.#context;
    const path = this.#path(newest);
    try {
      const seal = await sealed.sealOf(path, files, newest.number);
      if (typeof seal === "string") return { seal: null, rawBytes: 0, bytes: 0 };
      const { end } = await sealed.tableOf(path, seal, newest.bytes);
      // A head without a frame says nothing: a new one is written.
      return end.rawOffset === 0
        ? { seal: null, rawBytes: 0, bytes: 0 }
        : { seal, rawBytes: end.rawOffset, bytes: end.offset };
    } catch (error) {
      if (error instanceof FrameBroken) return null;
      throw error;
    }
  }

  async #intactBytes(newest: Segment): Promise<number> {
    const text = await openSegment(this.#context, this.#context.files, newest);
    if (text === null) return 0;
    for await (const batch of linesBackward(text, { start: 0, end: newest.bytes })) {
      const last = batch.find((line) => hasPosition(parseRecord(line.text)));
      if (last !== undefined) return last.end;
    }
    return 0;
  }

  #path(form: SegmentForm): string {
    return segmentPath(this.#context.files, form);
  }
}

function joined(texts: readonly Buffer[]): Buffer {
  const [only] = texts;
  return only !== undefined && texts.length === 1 ? only : Buffer.concat(texts);
}

/** A place that cannot be read is given up for a removal: what the engine still has is copied again when it can be. */
function nullWithoutKey(error: unknown): null {
  if (error instanceof KeyUnavailable) return null;
  throw error;
}
