import type { Handler } from "../handler.ts";
import { findLogGroup, parseLogStream } from "../resources/log-group.ts";

/** Lines in one reply unless the caller says otherwise. */
const DEFAULT_LIMIT = 1000;

/**
 * Ours: the lines of a stream, oldest first. There is always a NextToken: it goes on where this reply ended, also when
 * new lines come later; the token of the request comes back where nothing new was there. It is tied to the stream; Limit and StartTime may change on the way.
 */
export const getLogEvents: Handler<"GetLogEvents"> = async (input, { store, logReader, pageTokens }) => {
  const {
    LogGroupName,
    LogStreamName,
    NextToken,
    Limit: limit = DEFAULT_LIMIT,
    StartTime: startTimeMs,
  } = input;
  const group = await findLogGroup(LogGroupName, store);
  const stream = parseLogStream(LogStreamName, group);
  const binding = ["GetLogEvents", LogGroupName, LogStreamName];
  const cursor = NextToken === undefined ? null : await pageTokens.open(NextToken, binding);
  const from = { cursor, ...(startTimeMs !== undefined && { startTimeMs }) };
  const page = await logReader.read(group.owner, stream, from, limit);
  return {
    Events: page.lines.map(({ timestampMs, text }) => ({
      Timestamp: timestampMs,
      Message: text,
      IngestionTime: timestampMs,
    })),
    // The same text again says that this was the end for now, as CloudWatch Logs does; a sealed token never repeats.
    NextToken:
      NextToken !== undefined && page.cursor === cursor
        ? NextToken
        : await pageTokens.seal(page.cursor, binding),
  };
};
