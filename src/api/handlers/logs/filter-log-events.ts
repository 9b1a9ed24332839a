import { compileFilterPattern } from "../../../domain/filter-pattern/filter-pattern.ts";
import type { LogQuery, LogStream } from "../../../ports/service-log.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { toWireEvent } from "../../resources/log-event.ts";
import {
  assertWritten,
  findLogGroup,
  invalidLogs,
  logStreamName,
  type NamedLogGroup,
  parseLogStream,
  streamsOf,
} from "../../resources/log-group.ts";

type Input = Parameters<Handler<"Logs_20140328.FilterLogEvents">>[0];

const DEFAULT_LIMIT = 10_000;
const STREAMS_MAX = 100;
/** A page is answered after this long with what was found; its token leads on. */
const TIME_LIMIT_MS = 5_000;
/** A search that does not even end then is broken. */
const DEADLINE_MS = 25_000;

/**
 * CloudWatch Logs API, FilterLogEvents: lines of many streams in the order of their times, those that the pattern wants.
 * A page may be empty and have a token: then not everything has been looked at.
 */
export const filterLogEvents: Handler<"Logs_20140328.FilterLogEvents"> = async (input, context) => {
  const { nextToken, limit = DEFAULT_LIMIT, ...question } = input;
  const group = await findLogGroup(input, context);
  const { required, matches } = compileFilterPattern(input.filterPattern ?? "");
  const binding = ["Logs_20140328.FilterLogEvents", question];
  const query: LogQuery = {
    owner: group.owner,
    group: group.group,
    streams: await streamsAsked(input, group, context),
    startTimeMs: input.startTime ?? 0,
    // AWS's is inclusive here.
    endTimeMs: (input.endTime ?? Number.MAX_SAFE_INTEGER - 1) + 1,
    required,
    matches,
    cursor: nextToken === undefined ? null : await context.pageTokens.open(nextToken, binding),
    limit,
    timeLimitMs: TIME_LIMIT_MS,
  };
  const page = await context.logs.search(query, AbortSignal.timeout(DEADLINE_MS));
  if (page.lines.length === 0 && nextToken === undefined) await assertWritten(group, [], context.logs);
  return {
    events: page.lines.map((line) => ({
      ...toWireEvent(line),
      logStreamName: logStreamName(line.stream),
      eventId: line.id,
    })),
    searchedLogStreams: [],
    ...(page.cursor !== null && { nextToken: await context.pageTokens.seal(page.cursor, binding) }),
  };
};

/** Null: all. */
async function streamsAsked(
  { logStreamNames: names, logStreamNamePrefix: prefix, nextToken }: Input,
  group: NamedLogGroup,
  { logs }: Pick<HandlerContext, "logs">,
): Promise<readonly LogStream[] | null> {
  if (names !== undefined && prefix !== undefined) {
    throw invalidLogs("logStreamNames", "give either logStreamNames or logStreamNamePrefix");
  }
  if (prefix !== undefined) {
    const streams = (await streamsOf(group, logs)).map(({ stream }) => stream);
    return streams.filter((stream) => logStreamName(stream).startsWith(prefix));
  }
  if (names === undefined) return null;
  if (names.length === 0 || names.length > STREAMS_MAX) {
    throw invalidLogs("logStreamNames", `has ${names.length} names; it must have 1 to ${STREAMS_MAX}`);
  }
  const streams = names.map((name) => parseLogStream(name, group));
  if (nextToken === undefined) await assertWritten(group, names, logs);
  return streams;
}
