/**
 * Lines of one log, in the order of their times, read both ways. The API reads forwards only when it reads many streams, so
 * what is older is asked for by spans of time that grow while they are empty and shrink where they hold too much.
 */
import type { ApiError } from "../../../api/call.ts";
import type { Input, Output } from "../../../api/wire.ts";

const TARGET = "Logs_20140328.FilterLogEvents";
type Ask = (input: Input<typeof TARGET>, signal?: AbortSignal) => Promise<Output<typeof TARGET>>;

export interface LogLine {
  /** The same each time it is read. */
  readonly id: string;
  readonly atMs: number;
  readonly stream: string;
  readonly text: string;
}

export interface LogQuery {
  readonly group: string;
  /** Null: all of the group. */
  readonly stream: string | null;
  /** CloudWatch's filter pattern; empty: every line. */
  readonly pattern: string;
  readonly startMs: number;
  /** Null: on and on. */
  readonly endMs: number | null;
}

export interface OlderLines {
  /** Oldest first. */
  readonly lines: readonly LogLine[];
  /** Before this moment nothing has been looked at. */
  readonly lookedSinceMs: number;
  readonly isBeginning: boolean;
}

export interface NewerLines {
  readonly lines: readonly LogLine[];
  readonly isEnd: boolean;
}

/** A page of the API; more in one moment than this is taken page by page. */
export const PAGE_LINES = 2_000;
/** The same of very long lines: a span that holds more is made shorter. */
const PAGE_LENGTH = 8 * 1024 * 1024;
/** What of a page is enough for somebody who scrolls. */
const ENOUGH_LINES = 300;
const ENOUGH_LENGTH = PAGE_LENGTH / 2;
const FIRST_SPAN_MS = 60_000;
const GROWTH = 8;
/** Once a span held too much, the next ones feel their way. */
const SLOW_GROWTH = 2;
/** How far one call of `older` looks: then it says so, and may be called again. */
const STEPS_MAX = 12;

export class LogSource {
  readonly query: LogQuery;
  readonly #ask: Ask;
  #spanMs = FIRST_SPAN_MS;

  constructor(query: LogQuery, ask: Ask) {
    this.query = query;
    this.#ask = ask;
  }

  /** The last lines until `untilMs` (inclusive) that are not in `known`. */
  async older(untilMs: number, known: ReadonlySet<string>, signal?: AbortSignal): Promise<OlderLines> {
    const { startMs } = this.query;
    let endMs = untilMs;
    const spans: (readonly LogLine[])[] = [];
    let [count, length] = [0, 0];
    let growth = GROWTH;
    const isEnough = () => count >= ENOUGH_LINES || length >= ENOUGH_LENGTH;
    for (let step = 0; step < STEPS_MAX && !isEnough() && endMs >= startMs; step++) {
      const fromMs = Math.max(startMs, endMs - this.#spanMs + 1);
      const found = await this.#span(fromMs, endMs, signal);
      if ("tooManyMs" in found) {
        this.#spanMs = Math.max(1, Math.min(found.tooManyMs, Math.floor((endMs - fromMs + 1) / GROWTH)));
        growth = SLOW_GROWTH;
        continue;
      }
      const fresh = found.filter(({ id }) => !known.has(id));
      spans.push(fresh);
      count += fresh.length;
      length += lengthOf(fresh);
      endMs = fromMs - 1;
      if (found.length < ENOUGH_LINES) this.#spanMs = Math.min(this.#spanMs * growth, endMs - startMs + 2);
    }
    return { lines: spans.toReversed().flat(), lookedSinceMs: endMs + 1, isBeginning: endMs < startMs };
  }

  /** The first lines from `fromMs` on (inclusive) that are not in `known`. */
  async newer(fromMs: number, known: ReadonlySet<string>, signal?: AbortSignal): Promise<NewerLines> {
    let token: string | undefined;
    for (;;) {
      const page = await this.#page({ startMs: fromMs, endMs: this.query.endMs }, token, signal);
      const lines = page.lines.filter(({ id }) => !known.has(id));
      if (lines.length > 0 || page.token === undefined) return { lines, isEnd: page.token === undefined };
      token = page.token;
    }
  }

  /** All of it, page by page. */
  async *all(signal: AbortSignal, pageLines: number): AsyncGenerator<readonly LogLine[]> {
    let token: string | undefined;
    do {
      const page = await this.#page({ ...this.query, limit: pageLines }, token, signal);
      yield page.lines;
      token = page.token;
    } while (token !== undefined);
  }

  /** Everything of a span. A moment cannot be divided: all of it is taken. */
  async #span(
    startMs: number,
    endMs: number,
    signal: AbortSignal | undefined,
  ): Promise<readonly LogLine[] | TooMany> {
    const lines: LogLine[] = [];
    let length = 0;
    let token: string | undefined;
    do {
      const page = await this.#page({ startMs, endMs }, token, signal);
      lines.push(...page.lines);
      length += lengthOf(page.lines);
      token = page.token;
      const isTooMuch = lines.length >= PAGE_LINES || length >= PAGE_LENGTH;
      if (token !== undefined && isTooMuch && endMs > startMs) return tooMany(lines);
    } while (token !== undefined);
    return lines;
  }

  async #page(
    {
      startMs,
      endMs,
      limit = PAGE_LINES,
    }: { readonly startMs: number; readonly endMs: number | null; readonly limit?: number },
    nextToken: string | undefined,
    signal: AbortSignal | undefined,
  ): Promise<{ readonly lines: readonly LogLine[]; readonly token: string | undefined }> {
    const { group, stream, pattern } = this.query;
    const input = {
      logGroupName: group,
      startTime: Math.max(0, startMs),
      limit,
      ...(endMs !== null && { endTime: endMs }),
      ...(stream !== null && { logStreamNames: [stream] }),
      ...(pattern !== "" && { filterPattern: pattern }),
      ...(nextToken !== undefined && { nextToken }),
    };
    try {
      const { events, nextToken: token } = await this.#ask(input, signal);
      return { lines: events.map(toLine), token };
    } catch (error) {
      // A group and a stream come into being with their first line.
      if ((error as Partial<ApiError>).code === "ResourceNotFoundException") {
        return { lines: [], token: undefined };
      }
      throw error;
    }
  }
}

/** How long a span may be that holds a page's lines, if they are written as fast all the time. */
interface TooMany {
  readonly tooManyMs: number;
}

function tooMany(lines: readonly LogLine[]): TooMany {
  const lengthMs = (lines.at(-1)?.atMs ?? 0) - (lines[0]?.atMs ?? 0) + 1;
  return { tooManyMs: Math.floor((lengthMs * PAGE_LINES) / lines.length / 2) };
}

function lengthOf(lines: readonly LogLine[]): number {
  return lines.reduce((sum, { text }) => sum + text.length, 0);
}

function toLine(event: Output<typeof TARGET>["events"][number]): LogLine {
  return {
    id: event.eventId,
    atMs: event.timestamp,
    stream: event.logStreamName,
    text: event.message,
  };
}
