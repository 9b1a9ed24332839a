/** Whoever reads along: lines are handed over as they are written. A slow reader loses the newest and is told how many. */
import type { FoundLine, LogGroupKind, LogStream, WatchedLines } from "../../ports/service-log.ts";
import { groupOf } from "../../ports/service-log.ts";
import { parseRecord } from "./log-record.ts";
import type { Place } from "./place.ts";
import { lineId } from "./stream-key.ts";

/** Of one reader; about as much again is in its hands. */
const MAX_WAITING_LINES = 10_000;
const MAX_WAITING_LENGTH = 4 * 1024 * 1024;

interface WrittenText {
  readonly serviceId: string;
  readonly stream: LogStream;
  readonly place: Place;
  /** Encoded lines. */
  readonly text: Buffer;
}

export class Watchers {
  readonly #watchers = new Map<string, Set<Watcher>>();

  /** Ends without an error when the signal is aborted. */
  async *watch(serviceId: string, group: LogGroupKind, signal: AbortSignal): AsyncGenerator<WatchedLines> {
    const key = keyOf(serviceId, group);
    const watcher = new Watcher();
    const watchers = this.#watchers.get(key) ?? new Set();
    this.#watchers.set(key, watchers.add(watcher));
    const onAbort = () => watcher.wake();
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      while (!signal.aborted) {
        const found = watcher.take();
        if (found === null) await watcher.untilWoken();
        else yield found;
      }
    } finally {
      signal.removeEventListener("abort", onAbort);
      watchers.delete(watcher);
      if (watchers.size === 0) this.#watchers.delete(key);
    }
  }

  /** Costs nothing while nobody watches. */
  tell(written: WrittenText): void {
    const watchers = this.#watchers.get(keyOf(written.serviceId, groupOf(written.stream)));
    if (watchers === undefined) return;
    const lines = linesOf(written);
    for (const watcher of watchers) watcher.add(lines);
  }
}

class Watcher {
  #lines: FoundLine[] = [];
  #length = 0;
  #missed = 0;
  #wake = Promise.withResolvers<void>();

  add(lines: readonly FoundLine[]): void {
    for (const line of lines) {
      if (this.#lines.length >= MAX_WAITING_LINES || this.#length > MAX_WAITING_LENGTH) this.#missed++;
      else this.#lines.push(line);
      this.#length += line.text.length;
    }
    if (lines.length > 0) this.wake();
  }

  take(): WatchedLines | null {
    if (this.#lines.length === 0) return null;
    const taken = { lines: this.#lines, missed: this.#missed };
    this.#lines = [];
    this.#length = 0;
    this.#missed = 0;
    return taken;
  }

  wake(): void {
    this.#wake.resolve();
  }

  async untilWoken(): Promise<void> {
    await this.#wake.promise;
    this.#wake = Promise.withResolvers();
  }
}

function linesOf({ stream, place, text }: WrittenText): readonly FoundLine[] {
  const lines: FoundLine[] = [];
  let offset = place.offset;
  for (const line of text.toString().split("\n")) {
    const record = parseRecord(line);
    if (record?.text !== null && record?.text !== undefined) {
      const id = lineId(stream, { segment: place.segment, offset });
      lines.push({ stream, id, timestampMs: record.timeMs, text: record.text });
    }
    offset += Buffer.byteLength(line) + 1;
  }
  return lines;
}

function keyOf(serviceId: string, group: LogGroupKind): string {
  return `${serviceId}/${group}`;
}
