/**
 * Finds lines in all streams of a group, in the order of their times. Blocks are looked at in the order of their earliest
 * times: a line is certain once every block that is left begins later. Only blocks that overlap the wished time are read, and
 * only lines that hold the required texts leave the thread that looks for them.
 */
import type { FoundLine, LogQuery, LogSearchPage } from "../../ports/service-log.ts";
import type { PlacedBlock } from "./block-catalogue.ts";
import {
  beginOf,
  FoundLines,
  formatOrder,
  type LineOrder,
  type OrderedLine,
  parseOrder,
} from "./found-lines.ts";
import { parseRecord } from "./log-record.ts";
import type { SealedSegments } from "./sealed-segments.ts";
import { overlaps } from "./segment-block.ts";
import type { FoundRecord, ScannedPart } from "./segment-work.ts";
import { lineId, streamKey } from "./stream-key.ts";
import type { Turns } from "./turns.ts";
import type { WorkerPool } from "./worker-pool.ts";

/** As many as there are threads, so that none waits for us. */
const JOBS_AT_ONCE = 3;
/** A search for something rare goes through thousands of blocks. Where each gives many lines, more at once would be too much. */
const MOST_BLOCKS = 16;
const MANY_RECORDS = 256;
/** What is parsed and matched in one turn of the event loop, in UTF-16 units: some milliseconds, whatever the pattern. */
const LENGTH_PER_TURN = 64 * 1024;

export interface SearchContext {
  readonly sealed: Pick<SealedSegments, "keyOf">;
  readonly workers: Pick<WorkerPool, "run">;
  readonly turns: Pick<Turns, "next">;
  readonly now: () => number;
}

/** `blocks` are those of all streams that are asked. Rejects when the signal is aborted. */
export async function searchBlocks(
  context: SearchContext,
  blocks: readonly PlacedBlock[],
  query: LogQuery,
  signal: AbortSignal,
): Promise<LogSearchPage> {
  const after = query.cursor === null ? beginOf(-Infinity) : parseOrder(query.cursor);
  const search = new Search(query, after, blocks);
  const deadline = context.now() + query.timeLimitMs;
  while (!search.isDone) {
    signal.throwIfAborted();
    if (context.now() >= deadline && search.hasAdvanced) break;
    search.launch(context);
    await search.untilProgress();
  }
  signal.throwIfAborted();
  return search.page();
}

class Search {
  readonly #query: LogQuery;
  readonly #after: LineOrder;
  readonly #found: FoundLines;
  /** By earliest time. */
  readonly #left: readonly PlacedBlock[];
  #next = 0;
  #blocksPerJob = 1;
  /** Each job's earliest time. */
  readonly #running = new Map<Promise<void>, number>();

  constructor(query: LogQuery, after: LineOrder, blocks: readonly PlacedBlock[]) {
    this.#query = query;
    this.#after = after;
    this.#found = new FoundLines(after, query.limit);
    const startTimeMs = Math.max(query.startTimeMs, after.timeMs);
    this.#left = blocks
      .filter(({ block }) => overlaps(block, startTimeMs, query.endTimeMs))
      .sort((left, right) => left.block.minTimeMs - right.block.minTimeMs);
  }

  /** From here on there may be lines that were not looked at. */
  get #frontierMs(): number {
    return Math.min(this.#left[this.#next]?.block.minTimeMs ?? Infinity, ...this.#running.values());
  }

  get isDone(): boolean {
    return this.#frontierMs === Infinity || this.#found.isSettled(this.#frontierMs);
  }

  /** A page that ends now leads on: the next one begins later. */
  get hasAdvanced(): boolean {
    return this.#frontierMs > this.#after.timeMs && this.#next > 0;
  }

  launch(context: SearchContext): void {
    while (this.#running.size < JOBS_AT_ONCE && this.#next < this.#left.length) {
      const first = this.#left[this.#next];
      if (first === undefined || this.#found.isSettled(first.block.minTimeMs)) return;
      const blocks = this.#left.slice(this.#next, this.#next + this.#blocksPerJob);
      this.#next += blocks.length;
      const job = this.#scan(context, blocks).finally(() => this.#running.delete(job));
      this.#running.set(job, first.block.minTimeMs);
    }
  }

  async untilProgress(): Promise<void> {
    await Promise.race(this.#running.keys());
  }

  page(): LogSearchPage {
    const frontierMs = this.#frontierMs;
    const isSettled = frontierMs === Infinity || this.#found.isSettled(frontierMs);
    const certain = this.#found.before(isSettled ? Infinity : frontierMs);
    const lines = certain.map(({ line }) => line);
    if (!isSettled) return { lines, cursor: formatOrder(beginOf(frontierMs)) };
    const last = certain.at(-1);
    const isEnd = last === undefined || (frontierMs === Infinity && !this.#found.isCut);
    return { lines, cursor: isEnd ? null : formatOrder(last.order) };
  }

  async #scan({ workers, turns, sealed }: SearchContext, blocks: readonly PlacedBlock[]): Promise<void> {
    const { startTimeMs, endTimeMs, required } = this.#query;
    const records = await workers.run({
      kind: "scan",
      parts: await Promise.all(blocks.map(async (placed) => partOf(placed, sealed))),
      startTimeMs: Math.max(startTimeMs, this.#after.timeMs),
      endTimeMs,
      literals: required.filter((text) => text !== "").map(asWritten),
    });
    const isMuch = records.length > MANY_RECORDS;
    this.#blocksPerJob = isMuch ? 1 : Math.min(MOST_BLOCKS, this.#blocksPerJob * 2);
    let room = 0;
    const found: OrderedLine[] = [];
    for (const record of records) {
      if (room <= 0) {
        await turns.next();
        room = LENGTH_PER_TURN;
      }
      room -= record.line.length;
      const line = this.#match(record, blocks[record.part]);
      if (line !== null) found.push(line);
    }
    this.#found.add(found);
  }

  #match({ line, rawOffset }: FoundRecord, placed: PlacedBlock | undefined): OrderedLine | null {
    const record = parseRecord(line);
    if (placed === undefined || record?.text === null || record?.text === undefined) return null;
    const { text, timeMs } = record;
    if (!this.#query.required.every((literal) => text.includes(literal))) return null;
    if (!this.#query.matches(text)) return null;
    const { stream } = placed.files;
    const place = { segment: placed.segment, offset: rawOffset };
    const found: FoundLine = { stream, id: lineId(stream, place), timestampMs: timeMs, text };
    return { order: { timeMs, stream: streamKey(stream), ...place }, line: found };
  }
}

async function partOf(
  { path, block, isPacked, seal }: PlacedBlock,
  sealed: SearchContext["sealed"],
): Promise<ScannedPart> {
  return { path, block, isPacked, key: seal === null ? null : await sealed.keyOf(seal) };
}

/** A text as records hold it: escaped letter by letter, so that a part of a line is a part of its record. */
function asWritten(text: string): string {
  return JSON.stringify(text.toWellFormed()).slice(1, -1);
}
