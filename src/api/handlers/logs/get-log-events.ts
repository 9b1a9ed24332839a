import { SlipwayError } from "../../../domain/error.ts";
import type { LogLine, LogReadFrom } from "../../../ports/service-log.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { assertWritten, findLogGroup, parseLogStream } from "../../resources/log-group.ts";
import { toWireEvent } from "../../resources/log-event.ts";

type GetLogEvents = Handler<"Logs_20140328.GetLogEvents">;
type Input = Parameters<GetLogEvents>[0];

/** Lines in one reply unless the caller says otherwise; fewer when they are long. */
const DEFAULT_LIMIT = 10_000;

type Direction = "f" | "b";

/** The place before the first line, whichever that is when it is read. */
const BEGINNING = "";

/** Where a page begins and which way it goes. Null: behind the last line. */
interface Start {
  readonly direction: Direction;
  readonly cursor: string | null;
}

/** A page and the places at its two ends. */
interface ReadPage {
  readonly lines: readonly LogLine[];
  readonly forward: string;
  readonly backward: string;
}

/**
 * CloudWatch Logs API, GetLogEvents: one stream, oldest line first. Its two tokens lead on in both directions; a token
 * that comes back unchanged says that nothing more is there, now.
 */
export const getLogEvents: GetLogEvents = async (input, context) => {
  const group = await findLogGroup(input, context);
  const stream = parseLogStream(input.logStreamName, group);
  const binding = ["Logs_20140328.GetLogEvents", group.name, input.logStreamName];
  const start = await startOf(input, { context, binding });
  const page = await read(start, {
    limit: input.limit ?? DEFAULT_LIMIT,
    forward: (from, limit) => context.logs.read(group.owner, stream, { ...from, ...spanOf(input) }, limit),
    backward: (from, limit) =>
      context.logs.readBackward(group.owner, stream, { ...from, ...spanOf(input) }, limit),
  });
  if (page.lines.length === 0 && input.nextToken === undefined) {
    await assertWritten(group, [input.logStreamName], context.logs);
  }
  const token = async (direction: Direction, cursor: string) =>
    input.nextToken !== undefined && direction === start.direction && cursor === start.cursor
      ? input.nextToken
      : `${direction}/${await context.pageTokens.seal(cursor, [...binding, direction])}`;
  return {
    events: page.lines.map(toWireEvent),
    nextForwardToken: await token("f", page.forward),
    nextBackwardToken: await token("b", page.backward),
  };
};

interface Reading {
  readonly limit: number;
  readonly forward: (from: LogReadFrom, limit: number) => ReturnType<HandlerContext["logs"]["read"]>;
  readonly backward: (from: LogReadFrom, limit: number) => ReturnType<HandlerContext["logs"]["readBackward"]>;
}

async function read({ direction, cursor }: Start, { limit, forward, backward }: Reading): Promise<ReadPage> {
  if (direction === "f") {
    const page = await forward({ cursor: cursor === BEGINNING ? null : cursor }, limit);
    return { lines: page.lines, forward: page.cursor, backward: cursor ?? BEGINNING };
  }
  if (cursor === BEGINNING) return { lines: [], forward: BEGINNING, backward: BEGINNING };
  const page = await backward({ cursor }, limit);
  return { lines: page.lines, forward: page.forwardCursor, backward: page.cursor };
}

async function startOf(
  { nextToken, startFromHead = false }: Input,
  { context, binding }: { readonly context: HandlerContext; readonly binding: readonly unknown[] },
): Promise<Start> {
  if (nextToken === undefined) {
    return startFromHead ? { direction: "f", cursor: BEGINNING } : { direction: "b", cursor: null };
  }
  const [direction, sealed] = [nextToken.slice(0, 1), nextToken.slice(2)];
  if ((direction !== "f" && direction !== "b") || nextToken[1] !== "/")
    throw new SlipwayError("ForeignToken");
  return { direction, cursor: await context.pageTokens.open(sealed, [...binding, direction]) };
}

function spanOf({ startTime, endTime }: Input): Omit<LogReadFrom, "cursor"> {
  return {
    ...(startTime !== undefined && { startTimeMs: startTime }),
    ...(endTime !== undefined && { endTimeMs: endTime }),
  };
}
