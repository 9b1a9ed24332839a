/**
 * Packs closed segments in the background, one after another. The copy is made under another name and takes the segment's
 * place only when it is whole and on disk; a crash leaves one or both, never neither.
 */
import { DRAFT_SUFFIX } from "./file-access.ts";
import { packedPath, segmentPath, type StreamFiles } from "./stream-files.ts";
import type { StreamLogs } from "./stream-logs.ts";
import type { WorkerPool } from "./worker-pool.ts";

interface SegmentPackerContext {
  readonly workers: Pick<WorkerPool, "run">;
  readonly logs: StreamLogs;
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

  pack(files: StreamFiles, number: number): void {
    const draft = packedPath(files, number) + DRAFT_SUFFIX;
    if (this.#underWay.has(draft)) return;
    const packing = this.#pack(files, number, draft)
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

  async #pack(files: StreamFiles, number: number, draft: string): Promise<void> {
    const { workers, logs, onPacked } = this.#context;
    const path = segmentPath(files, number);
    const rawBytes = await workers.run({ kind: "pack", path, draft }).catch(nullIfMissing);
    if (rawBytes === null) return;
    const log = logs.take(files);
    try {
      await log.takePacked(number, { draft, rawBytes });
    } finally {
      logs.release(files);
    }
    onPacked(files);
  }
}

function nullIfMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}
