/**
 * Which blocks the streams of a search have, and which times are in them. Packed segments say it themselves; plain ones are
 * looked through once and then only where they have grown.
 */
import { SealBroken } from "../../ports/vault.ts";
import { lostBlock } from "./packed-segment.ts";
import type { LogDisk } from "./log-disk.ts";
import { readIndex } from "./open-segment.ts";
import { FrameBroken } from "./sealed-frame.ts";
import type { Seal } from "./sealed-segments.ts";
import type { Block } from "./segment-block.ts";
import {
  packedPath,
  segmentPath,
  type Segment,
  type StreamFiles,
  type StreamSegments,
} from "./stream-files.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** About 10 KB each: as many as a day of ten million lines has. */
const MAX_REMEMBERED = 512;

export interface PlacedBlock {
  readonly files: StreamFiles;
  readonly segment: number;
  readonly path: string;
  readonly isPacked: boolean;
  readonly block: Block;
  /** Of a sealed segment. */
  readonly seal: Seal | null;
}

interface Catalogued {
  readonly blocks: readonly Block[];
  readonly seal: Seal | null;
}

interface Remembered extends Catalogued {
  readonly modifiedAtMs: number;
  readonly rawBytes: number;
}

export class BlockCatalogue {
  readonly #disk: LogDisk;
  readonly #workers: Pick<WorkerPool, "run">;
  /** Least recently used first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(disk: LogDisk, workers: Pick<WorkerPool, "run">) {
    this.#disk = disk;
    this.#workers = workers;
  }

  /** Throws KeyUnavailable when one of the segments cannot be read. */
  async blocks({ files, segments }: StreamSegments): Promise<readonly PlacedBlock[]> {
    const found = await Promise.all(segments.map(async (segment) => this.#ofSegment(files, segment)));
    return found.flat();
  }

  /** A plain segment may have been packed since it was listed. */
  async #ofSegment(files: StreamFiles, segment: Segment): Promise<readonly PlacedBlock[]> {
    const { number, isPacked } = segment;
    const path = isPacked ? packedPath(files, segment) : segmentPath(files, segment);
    const found = isPacked
      ? await this.#packed(path, files, segment)
      : await this.#plain(path, files, segment).catch((error: unknown) => lostIfDamaged(error, segment));
    if (found === null) return isPacked ? [] : this.#ofSegment(files, { ...segment, isPacked: true });
    const { blocks, seal } = found;
    return blocks.map((block) => ({ files, segment: number, path, isPacked, block, seal }));
  }

  async #packed(path: string, files: StreamFiles, segment: Segment): Promise<Catalogued | null> {
    const { modifiedAtMs, bytes } = segment;
    const known = this.#recall(path);
    if (known?.modifiedAtMs === modifiedAtMs && known.rawBytes === bytes) return this.#usable(known);
    const index = await readIndex(this.#disk, files, segment);
    if (index === null) return null;
    this.#remember(path, { blocks: index.blocks, seal: index.seal, modifiedAtMs, rawBytes: bytes });
    return index;
  }

  /** The last block grows: it is looked through again. Null when the segment is gone. */
  async #plain(path: string, files: StreamFiles, segment: Segment): Promise<Catalogued | null> {
    const { modifiedAtMs, bytes } = segment;
    const known = this.#recall(path);
    if (known?.rawBytes === bytes && known.modifiedAtMs === modifiedAtMs) return this.#usable(known);
    const { sealed } = this.#disk;
    const seal = segment.isSealed ? await sealed.sealOf(path, files, segment.number) : null;
    if (seal === "missing") return null;
    if (seal === "torn") return { blocks: [], seal: null };
    const sealing = seal === null ? null : { key: await sealed.keyOf(seal), headBytes: seal.headBytes };
    // One that is shorter than it was has been cut back, or is another one.
    const isSame =
      known !== null && known.rawBytes <= bytes && known.seal?.head.wrapped === seal?.head.wrapped;
    const kept = isSame ? known.blocks.slice(0, -1) : [];
    const last = kept.at(-1);
    const from =
      last === undefined
        ? { offset: seal?.headBytes ?? 0, rawOffset: 0 }
        : { offset: last.offset + last.bytes, rawOffset: last.rawOffset + last.rawBytes };
    const more = await this.#workers.run({ kind: "index", path, ...from, sealing });
    if (more === null) return null;
    const blocks = [...kept, ...more];
    this.#remember(path, { blocks, seal, modifiedAtMs, rawBytes: bytes });
    return { blocks, seal };
  }

  async #usable(known: Catalogued): Promise<Catalogued> {
    if (known.seal !== null) await this.#disk.sealed.keyOf(known.seal);
    return known;
  }

  #recall(path: string): Remembered | null {
    return this.#remembered.get(path) ?? null;
  }

  #remember(path: string, found: Remembered): void {
    this.#remembered.delete(path);
    this.#remembered.set(path, found);
    const oldest = this.#remembered.keys().next();
    if (this.#remembered.size > MAX_REMEMBERED && oldest.done !== true) this.#remembered.delete(oldest.value);
  }
}

/** One damaged segment does not keep the others from being searched. */
function lostIfDamaged(error: unknown, { modifiedAtMs }: Segment): Catalogued {
  if (!(error instanceof FrameBroken || error instanceof SealBroken)) throw error;
  return { blocks: [lostBlock(modifiedAtMs)], seal: null };
}
