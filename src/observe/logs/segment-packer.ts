/**
 * Packs closed segments in the background, one after another. The copy is made under another name and takes the segment's
 * place only when it is whole and on disk; a crash leaves one or both, never neither.
 */
import { DRAFT_SUFFIX } from "./file-access.ts";
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { SealedSegments } from "./sealed-segments.ts";
import { packedPath, segmentPath, type SegmentForm, type StreamFiles } from "./stream-files.ts";
import type { Sealing } from "./segment-work.ts";
import type { StreamLogs } from "./stream-logs.ts";
import type { WorkerPool } from "./worker-pool.ts";

interface SegmentPackerContext {
  readonly workers: Pick<WorkerPool, "run">;
  readonly logs: StreamLogs;
  readonly sealed: SealedSegments;
  /** A segment of the stream was packed. */
  readonly onPacked: (files: StreamFiles) => void;
  readonly onError: (error: unknown) => void;
}

export class SegmentPacker {
  readonly #context: SegmentPackerContext;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(context: SegmentPackerContext) {
    this.#context = context;
  }

  pack(files: StreamFiles, form: SegmentForm): void {
    const draft = packedPath(files, form) + DRAFT_SUFFIX;
    if (this.#underWay.has(draft)) return;
    const packing = this.#pack(files, form, draft)
      .catch((error: unknown) => this.#context.onError(error))
      .finally(() => this.#underWay.delete(draft));
    this.#underWay.set(draft, packing);
  }

  isMaking(draft: string): boolean {
    return this.#underWay.has(draft);
  }

  /** Resolves when what is under way now has ended. */
  async settled(): Promise<void> {
    await Promise.all(this.#underWay.values());
  }

  async #pack(files: StreamFiles, { number, isSealed }: SegmentForm, draft: string): Promise<void> {
    const { workers, logs, onPacked } = this.#context;
    const path = segmentPath(files, { number, isSealed });
    const sealing = isSealed ? await this.#sealing(path, files, number) : null;
    if (isSealed && sealing === null) return;
    const plainBytes = await workers.run({ kind: "pack", path, draft, sealing }).catch(nullIfMissing);
    if (plainBytes === null) return;
    const log = logs.take(files);
    try {
      await log.takePacked(number, { draft, plainBytes });
    } finally {
      logs.release(files);
    }
    onPacked(files);
  }

  /** Null: the segment is gone or empty, or its key cannot be used; it is packed when it can again. */
  async #sealing(path: string, files: StreamFiles, number: number): Promise<Sealing | null> {
    const { sealed } = this.#context;
    try {
      const seal = await sealed.sealOf(path, files, number);
      return typeof seal === "string" ? null : { key: await sealed.keyOf(seal), headBytes: seal.headBytes };
    } catch (error) {
      if (error instanceof KeyUnavailable) return null;
      throw error;
    }
  }
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
