/**
 * Lines of ours in one stream. A key is written once: the keys written last are remembered, and read from the end of
 * the file after a start. Lines that could not be written wait here and go first when there is space again.
 */
import { encodeWritten, parseRecord } from "./log-record.ts";
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
  /** Lines that had to go while they waited. */
  #dropped = 0;

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

  /** What waits is lost. In its turn: nothing is being written then. */
  giveUp(): void {
    void this.#queue.run(async () => this.#waiting.clear());
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
    const [first] = this.#waiting;
    if (first === undefined) return;
    this.#keys ??= new Set((await this.#log.lastKeys(REMEMBERED)).toReversed());
    const keys = this.#keys;
    const lines = [...this.#waiting];
    const fresh = lines.filter(([key]) => !keys.has(key));
    const dropped = this.#dropped;
    const lead = dropped === 0 ? [] : [gapBefore(first, dropped)];
    if (fresh.length > 0) await this.#log.append([...lead, ...fresh.map(([, line]) => line)]);
    if (fresh.length > 0) this.#dropped -= dropped;
    for (const [key] of lines) this.#waiting.delete(key);
    for (const [key] of fresh) keys.add(key);
    forgetOldest(keys, REMEMBERED.count);
  }

  #dropOldest(): void {
    this.#dropped += forgetOldest(this.#waiting, MAX_WAITING_LINES);
  }
}

/** Stands where lines are missing. */
function gapBefore([key, line]: readonly [string, string], count: number): string {
  const timeMs = parseRecord(line.slice(0, line.indexOf("\n")))?.timeMs ?? 0;
  return encodeWritten(
    timeMs,
    `gap:${key}`,
    `[Slipway] ${count} lines are missing: they could not be written in time.`,
  );
}

/** Says how many. */
function forgetOldest(
  entries: { readonly size: number; keys(): Iterator<string>; delete(key: string): boolean },
  max: number,
): number {
  const keys = entries.keys();
  const excess = Math.max(0, entries.size - max);
  for (let left = excess; left > 0; left--) {
    const oldest = keys.next();
    if (oldest.done !== true) entries.delete(oldest.value);
  }
  return excess;
}
