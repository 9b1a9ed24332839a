/**
 * The lines that are on the page: a stretch of the log, bounded in number and length, that grows at both ends as somebody
 * scrolls and gives up at the other end what is too much. It follows the log's end by asking every second for what is new.
 */
import type { LogLine, LogSource, NewerLines } from "./log-source.ts";

/** What is kept: some 10 MiB of ordinary lines, and so much of long ones. */
export const LINES_MAX = 20_000;
export const LENGTH_MAX = 24 * 1024 * 1024;
/** Lines of other instances may come in this much later than one that is as old. */
const OVERLAP_MS = 2_000;
/** A search that finds nothing new goes on from the last time it looked, as far as this browser's clock can be trusted. */
const CLOCK_MARGIN_MS = 15_000;

/** So many lines before an edge the next page is asked for. */
const AHEAD_LINES = 200;

/** Fewer where few lines are kept, for they are very long: what one edge brings the other gives up, and both would ask forever. */
export function aheadOf(lines: number): number {
  return Math.max(1, Math.min(AHEAD_LINES, Math.floor(lines / 4)));
}

export interface FeedState {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  readonly hasOlder: boolean;
  /** There is more than is shown; false at the log's end. */
  readonly hasNewer: boolean;
  readonly isLoadingOlder: boolean;
  readonly isLoadingNewer: boolean;
  /** How far back a search has looked without finding enough. */
  readonly lookedSinceMs: number | null;
  /** Lines that came while the end was not seen. */
  readonly unseen: number;
  /** Another number: another stretch, which the view begins anew at its end or at the target. */
  readonly opening: number;
  /** The line that was jumped to. */
  readonly targetId: string | null;
  readonly error: Error | null;
}

const UNOPENED: FeedState = {
  lines: [],
  hasOlder: false,
  hasNewer: false,
  isLoadingOlder: false,
  isLoadingNewer: false,
  lookedSinceMs: null,
  unseen: 0,
  opening: 0,
  targetId: null,
  error: null,
};

interface Bounds {
  readonly lines: number;
  readonly length: number;
}

export class LogFeed {
  readonly #source: LogSource;
  readonly #now: () => number;
  readonly #bounds: Bounds;
  /** Of what is being asked for: another opening ends it. */
  #over = new AbortController();
  readonly #listeners = new Set<() => void>();
  #state = UNOPENED;
  /** Where reading backwards goes on. */
  #olderUntilMs: number;
  /** When the end was last seen, by this browser's clock. */
  #sawEndMs = 0;
  #isAsking = false;

  constructor(
    source: LogSource,
    now: () => number,
    bounds: Bounds = { lines: LINES_MAX, length: LENGTH_MAX },
  ) {
    this.#source = source;
    this.#now = now;
    this.#bounds = bounds;
    this.#olderUntilMs = source.query.endMs ?? now();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): FeedState => this.#state;

  /** What is being asked for is not taken any more. */
  close(): void {
    this.#over.abort();
  }

  /** The end of the log. */
  async openAtEnd(): Promise<void> {
    this.#olderUntilMs = this.#source.query.endMs ?? this.#now() + OVERLAP_MS;
    this.#sawEndMs = this.#now();
    this.#reopen({ hasOlder: true });
    await this.loadOlder();
  }

  /** What was written from a moment on, and of it one line that is meant; what was before it can be scrolled to. */
  async openAt(atMs: number, lineId: string | null = null): Promise<void> {
    this.#olderUntilMs = atMs - 1;
    this.#reopen({ hasNewer: true, isLoadingNewer: true });
    await this.#try(async (signal) => {
      const before = await this.#source.older(atMs - 1, new Set(), signal);
      const after = await this.#source.newer(atMs, new Set(), signal);
      signal.throwIfAborted();
      this.#olderUntilMs = before.lookedSinceMs - 1;
      this.#set({
        lines: [...before.lines, ...after.lines],
        hasOlder: !before.isBeginning,
        hasNewer: !after.isEnd,
        isLoadingNewer: false,
        targetId: (after.lines.find(({ id }) => id === lineId) ?? after.lines[0])?.id ?? null,
      });
    });
  }

  async loadOlder(): Promise<void> {
    const { hasOlder, isLoadingOlder, isLoadingNewer } = this.#state;
    if (!hasOlder || isLoadingOlder || isLoadingNewer) return;
    this.#set({ isLoadingOlder: true });
    await this.#try(async (signal) => {
      const known = this.#idsUntil(this.#olderUntilMs);
      const page = await this.#source.older(this.#olderUntilMs, known, signal);
      signal.throwIfAborted();
      this.#olderUntilMs = page.lookedSinceMs - 1;
      const done = {
        error: null,
        lookedSinceMs: page.isBeginning ? null : page.lookedSinceMs,
        hasOlder: !page.isBeginning,
        isLoadingOlder: false,
      };
      if (this.#state.lines.length === 0) {
        this.#set(done);
        this.#set({ lines: this.#append(page.lines) });
        return;
      }
      const lines = [...page.lines, ...this.#state.lines];
      const kept = this.#firstThatFit(lines);
      this.#set({ ...done, lines: kept, hasNewer: this.#state.hasNewer || kept.length < lines.length });
    });
  }

  async loadNewer(): Promise<void> {
    const { lines, hasNewer, isLoadingNewer, isLoadingOlder } = this.#state;
    if (!hasNewer || isLoadingNewer || isLoadingOlder) return;
    this.#set({ isLoadingNewer: true });
    await this.#try(async (signal) => {
      const fromMs = lines.at(-1)?.atMs ?? this.#olderUntilMs + 1;
      const page = await this.#source.newer(fromMs, this.#idsFrom(fromMs), signal);
      signal.throwIfAborted();
      const kept = this.#append(page.lines);
      this.#set({ lines: kept, hasNewer: !page.isEnd, isLoadingNewer: false, error: null });
    });
  }

  /** Asks for what is new. `isEndSeen`: what is too much at the beginning goes; else what is seen stays where it is. */
  async poll(isEndSeen: boolean): Promise<void> {
    const { lines, hasNewer, isLoadingOlder, isLoadingNewer, error } = this.#state;
    if (this.#isAsking || hasNewer || isLoadingOlder || isLoadingNewer || isForGood(error)) return;
    this.#isAsking = true;
    await this.#try(async (signal) => {
      const beganMs = this.#now();
      const fromMs = this.#pollFrom();
      const page = await this.#source.newer(fromMs, this.#idsFrom(fromMs), signal);
      signal.throwIfAborted();
      if (this.#state.lines !== lines) return;
      if (page.isEnd) this.#sawEndMs = beganMs;
      if (page.isEnd || !isEndSeen) this.#takeNew(page, isEndSeen);
      else await this.#passOver(signal);
      if (this.#state.error !== null) this.#set({ error: null });
    }).finally(() => {
      this.#isAsking = false;
    });
  }

  markSeen(): void {
    if (this.#state.unseen > 0 && !this.#state.hasNewer) this.#set({ unseen: 0 });
  }

  /** Never what reading backwards has still to bring, be it all of it because the opening failed: it would come twice. */
  #pollFrom(): number {
    const { startMs, pattern } = this.#source.query;
    const unreadMs = this.#state.hasOlder ? this.#olderUntilMs + 1 : startMs;
    const newestMs = this.#state.lines.at(-1)?.atMs ?? 0;
    const lookedMs = pattern === "" ? 0 : this.#sawEndMs - CLOCK_MARGIN_MS;
    return Math.max(startMs, unreadMs, newestMs - OVERLAP_MS, lookedMs);
  }

  /** More came at once than a page holds: whoever follows the end sees the end, and finds the rest above it. */
  async #passOver(signal: AbortSignal): Promise<void> {
    let page = await this.#source.older(this.#now() + CLOCK_MARGIN_MS, new Set(), signal);
    // Where very many lines are in a moment, the first look may only have found how short a time to look at.
    while (page.lines.length === 0 && !page.isBeginning) {
      page = await this.#source.older(page.lookedSinceMs - 1, new Set(), signal);
    }
    signal.throwIfAborted();
    this.#olderUntilMs = page.lookedSinceMs - 1;
    const opening = this.#state.opening + 1;
    this.#set({ lines: [], hasOlder: !page.isBeginning, opening, unseen: 0 });
    this.#set({ lines: this.#append(page.lines) });
  }

  #takeNew({ lines: fresh, isEnd }: NewerLines, isEndSeen: boolean): void {
    if (fresh.length === 0) return;
    const { lines, unseen } = this.#state;
    const isFull = !isEnd || lines.length + fresh.length > this.#bounds.lines;
    if (isEndSeen) this.#set({ lines: this.#append(fresh), unseen: 0 });
    else if (isFull) this.#set({ hasNewer: true, unseen: unseen + fresh.length });
    else this.#set({ lines: this.#append(fresh), unseen: unseen + fresh.length });
  }

  /** Late lines go where their time says; the oldest go where there are too many. */
  #append(fresh: readonly LogLine[]): readonly LogLine[] {
    const { lines } = this.#state;
    const firstMs = fresh[0]?.atMs ?? Infinity;
    let end = lines.length;
    while (end > 0 && (lines[end - 1]?.atMs ?? 0) > firstMs) end--;
    const tail = [...lines.slice(end), ...fresh].sort((left, right) => left.atMs - right.atMs);
    const all = [...lines.slice(0, end), ...tail];
    const kept = this.#lastThatFit(all);
    if (kept.length < all.length) {
      this.#olderUntilMs = kept[0]?.atMs ?? this.#olderUntilMs;
      this.#set({ hasOlder: true });
    }
    return kept;
  }

  #lastThatFit(lines: readonly LogLine[]): readonly LogLine[] {
    const count = countThatFit(lines.toReversed(), this.#bounds);
    return count === lines.length ? lines : lines.slice(lines.length - count);
  }

  #firstThatFit(lines: readonly LogLine[]): readonly LogLine[] {
    const count = countThatFit(lines, this.#bounds);
    return count === lines.length ? lines : lines.slice(0, count);
  }

  /** Ids that a page until this moment may bring again. */
  #idsUntil(untilMs: number): ReadonlySet<string> {
    const { lines } = this.#state;
    const end = lines.findIndex(({ atMs }) => atMs > untilMs);
    return idsOf(end === -1 ? lines : lines.slice(0, end));
  }

  /** Ids that a page from this moment on may bring again. */
  #idsFrom(fromMs: number): ReadonlySet<string> {
    const { lines } = this.#state;
    return idsOf(lines.slice(lines.findLastIndex(({ atMs }) => atMs < fromMs) + 1));
  }

  #reopen(changes: Partial<FeedState>): void {
    this.#over.abort();
    this.#over = new AbortController();
    this.#set({ ...UNOPENED, opening: this.#state.opening + 1, ...changes });
  }

  async #try(act: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this.#over;
    try {
      await act(signal);
    } catch (error) {
      if (signal.aborted) return;
      this.#set({ error: error as Error, isLoadingOlder: false, isLoadingNewer: false });
    }
  }

  #set(changes: Partial<FeedState>): void {
    this.#state = { ...this.#state, ...changes };
    for (const listener of this.#listeners) listener();
  }
}

/** A pattern that is none stays none; a right, a key or the control plane may come back. The code of a key that is off is the same. */
function isForGood(error: Error | null): boolean {
  return /^Invalid filter pattern\b/.test(error?.message ?? "");
}

function idsOf(lines: readonly LogLine[]): ReadonlySet<string> {
  return new Set(lines.map(({ id }) => id));
}

function countThatFit(lines: readonly LogLine[], bounds: Bounds): number {
  let room = bounds.length;
  for (const [count, { text }] of lines.entries()) {
    room -= text.length;
    if (count >= bounds.lines || (room < 0 && count > 0)) return count;
  }
  return lines.length;
}
