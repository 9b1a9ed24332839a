/** Streams that we write to ourselves: open while they are written to, the least recently used closed first. */
import { streamPath, type StreamFiles } from "./stream-files.ts";
import type { StreamLog } from "./stream-log.ts";
import type { StreamLogs } from "./stream-logs.ts";

/** More than ever have an operation under way. */
const MAX_OPEN = 256;
/** Those that wait for a disk or a key are kept open; more of them would fill the memory. */
const MAX_WAITING = 1_024;

interface Entry<Writer> {
  readonly files: StreamFiles;
  readonly writer: Writer;
}

interface StreamWriter {
  readonly isIdle: boolean;
  /** What waits is lost; it is idle soon after. */
  giveUp?(): void;
}

export class OpenStreams<Writer extends StreamWriter> {
  readonly #logs: StreamLogs;
  readonly #create: (log: StreamLog) => Writer;
  /** Least recently used first. */
  readonly #open = new Map<string, Entry<Writer>>();

  constructor(logs: StreamLogs, create: (log: StreamLog) => Writer) {
    this.#logs = logs;
    this.#create = create;
  }

  get(files: StreamFiles): Writer {
    const path = streamPath(files);
    const entry = this.#open.get(path) ?? { files, writer: this.#create(this.#logs.take(files)) };
    this.#open.delete(path);
    this.#open.set(path, entry);
    if (this.#open.size > MAX_OPEN) this.#closeOldest(path);
    if (this.#open.size > MAX_WAITING) this.#oldestWaiting()?.giveUp?.();
    return entry.writer;
  }

  *writers(): Generator<Writer> {
    for (const { writer } of this.#open.values()) yield writer;
  }

  #oldestWaiting(): Writer | undefined {
    for (const { writer } of this.#open.values()) if (!writer.isIdle) return writer;
    return undefined;
  }

  #closeOldest(except: string): void {
    for (const [path, { files, writer }] of this.#open) {
      if (path === except || !writer.isIdle) continue;
      this.#open.delete(path);
      this.#logs.release(files);
      return;
    }
  }
}
