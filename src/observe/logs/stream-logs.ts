/** One StreamLog per stream at a time, however many use it: two would write into each other's lines. */
import { streamPath, type StreamFiles } from "./stream-files.ts";
import type { StreamLog } from "./stream-log.ts";

export class StreamLogs {
  readonly #create: (files: StreamFiles) => StreamLog;
  readonly #inUse = new Map<string, { readonly log: StreamLog; users: number }>();

  constructor(create: (files: StreamFiles) => StreamLog) {
    this.#create = create;
  }

  /** Every `take` needs a `release`. */
  take(files: StreamFiles): StreamLog {
    const path = streamPath(files);
    const entry = this.#inUse.get(path) ?? { log: this.#create(files), users: 0 };
    entry.users++;
    this.#inUse.set(path, entry);
    return entry.log;
  }

  release(files: StreamFiles): void {
    const path = streamPath(files);
    const entry = this.#inUse.get(path);
    if (entry !== undefined && --entry.users === 0) this.#inUse.delete(path);
  }
}
