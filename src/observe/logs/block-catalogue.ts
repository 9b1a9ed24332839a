/**
 * Which blocks the streams of a search have, and which times are in them. Packed segments say it themselves; plain ones are
 * looked through once and then only where they have grown.
 */
import type { FileAccess } from "./file-access.ts";
import { readIndex } from "./open-segment.ts";
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
}

interface Remembered {
  readonly blocks: readonly Block[];
  readonly modifiedAtMs: number;
  readonly rawBytes: number;
}

export class BlockCatalogue {
  readonly #access: FileAccess;
  readonly #workers: Pick<WorkerPool, "run">;
  /** Least recently used first. */
  readonly #remembered = new Map<string, Remembered>();

  constructor(access: FileAccess, workers: Pick<WorkerPool, "run">) {
    this.#access = access;
    this.#workers = workers;
  }

  async blocks({ files, segments }: StreamSegments): Promise<readonly PlacedBlock[]> {
    const found = await Promise.all(segments.map(async (segment) => this.#ofSegment(files, segment)));
    return found.flat();
  }

  /** A plain segment may have been packed since it was listed. */
  async #ofSegment(files: StreamFiles, segment: Segment): Promise<readonly PlacedBlock[]> {
    const { number, isPacked } = segment;
    const path = isPacked ? packedPath(files, number) : segmentPath(files, number);
    const blocks = isPacked ? await this.#packed(path, segment) : await this.#plain(path, segment);
    if (blocks !== null) return blocks.map((block) => ({ files, segment: number, path, isPacked, block }));
    return isPacked ? [] : this.#ofSegment(files, { ...segment, isPacked: true });
  }

  async #packed(path: string, { modifiedAtMs, bytes }: Segment): Promise<readonly Block[] | null> {
    const known = this.#recall(path);
    if (known?.modifiedAtMs === modifiedAtMs && known.rawBytes === bytes) return known.blocks;
    const blocks = await readIndex(this.#access, path);
    if (blocks === null) return null;
    this.#remember(path, { blocks, modifiedAtMs, rawBytes: bytes });
    return blocks;
  }

  /** The last block grows: it is looked through again. Null when the segment is gone. */
  async #plain(path: string, { modifiedAtMs, bytes }: Segment): Promise<readonly Block[] | null> {
    const known = this.#recall(path);
    if (known?.rawBytes === bytes && known.modifiedAtMs === modifiedAtMs) return known.blocks;
    // One that is shorter than it was has been cut back, or is another one.
    const kept = known === null || known.rawBytes > bytes ? [] : known.blocks.slice(0, -1);
    const last = kept.at(-1);
    const rawOffset = last === undefined ? 0 : last.rawOffset + last.rawBytes;
    const more = await this.#workers.run({ kind: "index", path, rawOffset });
    if (more === null) return null;
    const blocks = [...kept, ...more];
    this.#remember(path, { blocks, modifiedAtMs, rawBytes: bytes });
    return blocks;
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
