/** Streams that we write to ourselves: open while they are written to, the least recently used closed first. */
import { segmentPath, type StreamFiles } from "./stream-files.ts";
import type { StreamLog } from "./stream-log.ts";
import type { StreamLogs } from "./stream-logs.ts";

/** More than ever have an operation under way. */
const MAX_OPEN = 256;

interface Entry<Writer> {
  readonly files: StreamFiles;
  readonly writer: Writer;
}

export class OpenStreams<Writer extends { readonly isIdle: boolean }> {
  readonly #logs: StreamLogs;
  readonly #create: (log: StreamLog) => Writer;
  /** Least recently used first. */
  readonly #open = new Map<string, Entry<Writer>>();

  constructor(logs: StreamLogs, create: (log: StreamLog) => Writer) {
    this.#logs = logs;
    this.#create = create;
  }

  get(files: StreamFiles): Writer {
    const path = segmentPath(files, 0);
    const entry = this.#open.get(path) ?? { files, writer: this.#create(this.#logs.take(files)) };
    this.#open.delete(path);
    this.#open.set(path, entry);
    if (this.#open.size > MAX_OPEN) this.#closeOldest(path);
    return entry.writer;
  }

  *writers(): Generator<Writer> {
    for (const { writer } of this.#open.values()) yield writer;
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
