import type * as Wire from "../../contract/index.ts";
import type { LogStreamSummary } from "../../ports/service-log.ts";
import type { Page, PageRequest } from "../../ports/store.ts";
import type { Handler } from "../handler.ts";
import { readPage } from "../paging.ts";
import { findLogGroup, isInGroup, logStreamName } from "../resources/log-group.ts";

/**
 * Ours: the streams of a log group, the one written to last first. A stream that is written to between two pages moves to
 * the front; it may be on neither.
 */
export const describeLogStreams: Handler<"DescribeLogStreams"> = async (input, context) => {
  const group = await findLogGroup(input.LogGroupName, context.store);
  const { Limit, ...others } = input;
  const paged = { ...others, MaxResults: Limit };
  const page = await readPage({ operation: "DescribeLogStreams", input: paged }, context, async (request) => {
    const streams = await context.logReader.streams(group.owner);
    return pageOf(
      streams.filter(({ stream }) => isInGroup(stream, group)),
      request,
    );
  });
  return { LogStreams: page.rows.map(toWireLogStream), ...page.nextToken };
};

/** Where a stream stands in the list. */
interface Position {
  readonly lastEventMs: number;
  readonly name: string;
}

function pageOf(streams: readonly LogStreamSummary[], { after, limit }: PageRequest): Page<LogStreamSummary> {
  const start = after === null ? null : parsePosition(after);
  const ordered = streams.toSorted((a, b) => compare(positionOf(a), positionOf(b)));
  const left = start === null ? ordered : ordered.filter((row) => compare(start, positionOf(row)) < 0);
  const rows = left.slice(0, limit);
  const last = rows.at(-1);
  const isEnd = last === undefined || left.length <= limit;
  return { rows, lastKey: isEnd ? null : JSON.stringify(positionOf(last)) };
}

function positionOf({ stream, lastEventMs }: LogStreamSummary): Position {
  return { lastEventMs: lastEventMs ?? 0, name: logStreamName(stream) };
}

/** Negative when `a` stands before `b`. */
function compare(a: Position, b: Position): number {
  if (a.lastEventMs !== b.lastEventMs) return b.lastEventMs - a.lastEventMs;
  return a.name < b.name ? -1 : Number(a.name > b.name);
}

/** Only ever reads what `pageOf` wrote: the token around it is sealed. */
function parsePosition(key: string): Position {
  return JSON.parse(key) as Position;
}

function toWireLogStream({
  stream,
  firstEventMs,
  lastEventMs,
  storedBytes,
}: LogStreamSummary): Wire.LogStream {
  return {
    LogStreamName: logStreamName(stream),
    FirstEventTimestamp: firstEventMs ?? undefined,
    LastEventTimestamp: lastEventMs ?? undefined,
    StoredBytes: storedBytes,
  };
}
