/**
 * Lines of ours in one stream. A key is written once: the keys written last are remembered, and read from the end of
 * the file after a start. Lines that could not be written wait here and go first when there is space again.
 */
import { SerialQueue } from "./serial-queue.ts";
import type { StreamLog } from "./stream-log.ts";

/** A crash repeats the last step of an operation, a few lines; this is plenty and bounds memory. */
const REMEMBERED = { count: 2_000, bytes: 1024 * 1024 };
const MAX_WAITING_LINES = 1_000;

export class WrittenStream {
  readonly #log: StreamLog;
  readonly #queue = new SerialQueue();
  readonly #waiting = new Map<string, string>();
  /** Oldest first; null while unknown. */
  #keys: Set<string> | null = null;
  #hasFailed = false;

  constructor(log: StreamLog) {
    this.#log = log;
  }

  get isIdle(): boolean {
    return this.#waiting.size === 0;
  }

  /** Resolves when the line is in the file; rejects when it could not be written yet. */
  async write(key: string, line: string): Promise<void> {
    if (!this.#waiting.has(key)) this.#waiting.set(key, line);
    if (this.#hasFailed) this.#dropOldest();
    await this.flush();
  }

  async flush(): Promise<void> {
    await this.#queue.run(async () => {
      try {
        await this.#writeWaiting();
        this.#hasFailed = false;
      } catch (error) {
        this.#keys = null;
        this.#hasFailed = true;
        throw error;
      }
    });
  }

  /** All that wait go in one append: many writers at once cost one act. */
  async #writeWaiting(): Promise<void> {
    if (this.#waiting.size === 0) return;
    this.#keys ??= new Set((await this.#log.lastKeys(REMEMBERED)).toReversed());
    const keys = this.#keys;
    const lines = [...this.#waiting];
    const fresh = lines.filter(([key]) => !keys.has(key));
    if (fresh.length > 0) await this.#log.append(fresh.map(([, line]) => line));
    for (const [key] of lines) this.#waiting.delete(key);
    for (const [key] of fresh) keys.add(key);
    forgetOldest(keys, REMEMBERED.count);
  }

  #dropOldest(): void {
    forgetOldest(this.#waiting, MAX_WAITING_LINES);
  }
}

function forgetOldest(
  entries: { readonly size: number; keys(): Iterator<string>; delete(key: string): boolean },
  max: number,
): void {
  const keys = entries.keys();
  for (let excess = entries.size - max; excess > 0; excess--) {
    const oldest = keys.next();
    if (oldest.done !== true) entries.delete(oldest.value);
  }
}
