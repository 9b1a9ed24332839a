/**
 * Copies one instance's output into its stream until it ends. Every try begins at the last cursor in the file, so that
 * nothing is lost or doubled whoever failed: the reader, the disk, or the control plane. An instance that says nothing
 * costs one suspended loop.
 */
import type { Clock } from "../../ports/clock.ts";
import type { ContainerEngine, OutputBatch } from "../../ports/container-engine.ts";
import { encodeEscaped } from "./escaped-record.ts";
import { encodeOutputs, type EncodedText } from "./log-record.ts";
import type { Mask } from "./secret-mask.ts";
import type { StreamLog } from "./stream-log.ts";
import type { Turns } from "./turns.ts";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;

export interface OutputCopyContext {
  readonly instanceId: string;
  readonly log: StreamLog;
  readonly engine: Pick<ContainerEngine, "readOutput">;
  readonly clock: Pick<Clock, "sleep">;
  /** What must not be kept of the output. Known before the first line is read: failing to know it is tried again. */
  readonly findMask: () => Promise<Mask>;
  /** Lines are about to be written. */
  readonly beforeWriting: () => Promise<void>;
  /** Of all copies together. */
  readonly turns: Turns;
  readonly onError: (error: unknown) => void;
}

export class OutputCopy {
  /** Settles when nothing more will be copied; never rejects. */
  readonly done: Promise<void>;
  readonly #context: OutputCopyContext;
  readonly #stop = new AbortController();
  readonly #lastTry = new AbortController();

  constructor(context: OutputCopyContext) {
    this.#context = context;
    this.done = this.#run();
  }

  /** At once, after the batch in hand. */
  stop(): void {
    this.#stop.abort();
    this.#lastTry.abort();
  }

  /** Copies on as long as the reader works, but does not try again after an error. */
  tryNoMore(): void {
    this.#lastTry.abort();
  }

  async #run(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    const onProgress = () => (pauseMs = FIRST_PAUSE_MS);
    for (;;) {
      try {
        await this.#copy(onProgress);
        return;
      } catch (error) {
        if (!this.#stop.signal.aborted) this.#context.onError(error);
      }
      if (this.#lastTry.signal.aborted) return;
      await this.#context.clock.sleep(pauseMs, this.#lastTry.signal).catch(() => undefined);
      if (this.#lastTry.signal.aborted) return;
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  }

  async #copy(onProgress: () => void): Promise<void> {
    const { engine, instanceId, log, findMask, beforeWriting, turns } = this.#context;
    const { signal } = this.#stop;
    const mask = await findMask();
    const cursor = await log.lastCursor();
    for await (const batch of engine.readOutput(instanceId, cursor, signal)) {
      if (batch.length > 0) {
        await beforeWriting();
        await turns.next();
        await log.append(encoded(batch, mask, log.maxTextLength));
      }
      onProgress();
      if (signal.aborted) return;
    }
    await log.sync();
    await log.close();
  }
}

/** Lines are only made of what a secret may be in. */
function encoded(batch: OutputBatch, mask: Mask, maxTextLength: number): readonly EncodedText[] {
  const { escaped } = batch;
  return escaped === undefined || mask.mayBeIn(escaped.bytes)
    ? encodeOutputs(mask.hide([...batch]), maxTextLength)
    : encodeEscaped(escaped, maxTextLength);
}
