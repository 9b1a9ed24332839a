import type { LogsType } from "../../../contract/index.ts";
import type { AccountScope } from "../../../domain/arn.ts";
import type { LogStreamSummary } from "../../../ports/service-log.ts";
import type { Handler } from "../../handler.ts";
import {
  findLogGroup,
  invalidLogs,
  logStreamArn,
  logStreamName,
  streamsOf,
} from "../../resources/log-group.ts";
import { ascending, pageByKey, readLogPage } from "../../resources/log-paging.ts";

/**
 * CloudWatch Logs API, DescribeLogStreams. By time, a stream that is written to between two pages moves; it may be on
 * neither.
 */
export const describeLogStreams: Handler<"Logs_20140328.DescribeLogStreams"> = async (input, context) => {
  const { orderBy = "LogStreamName", descending = false, logStreamNamePrefix: prefix = "" } = input;
  if (orderBy === "LastEventTime" && prefix !== "") {
    throw invalidLogs("orderBy", "cannot order by LastEventTime with a logStreamNamePrefix");
  }
  const group = await findLogGroup(input, context);
  const streams = (await streamsOf(group, context.logs)).filter(({ stream }) =>
    logStreamName(stream).startsWith(prefix),
  );
  const page = await readLogPage(
    { operation: "Logs_20140328.DescribeLogStreams", input },
    context,
    pageByKey(streams, {
      keyOf: orderBy === "LastEventTime" ? timeKey : ({ stream }) => logStreamName(stream),
      compare: descending ? (a, b) => ascending(b, a) : ascending,
    }),
  );
  return {
    logStreams: page.rows.map((stream) => toWire(stream, group.name, context.scope)),
    ...page.nextToken,
  };
};

const TIME_DIGITS = 16;

/** Sorts as text like the times. */
function timeKey({ stream, lastEventMs }: LogStreamSummary): string {
  return `${String(lastEventMs ?? 0).padStart(TIME_DIGITS, "0")} ${logStreamName(stream)}`;
}

function toWire(
  { stream, firstEventMs, lastEventMs, storedBytes }: LogStreamSummary,
  group: string,
  scope: AccountScope,
): LogsType<"LogStream"> {
  const name = logStreamName(stream);
  return {
    logStreamName: name,
    creationTime: firstEventMs ?? undefined,
    firstEventTimestamp: firstEventMs ?? undefined,
    lastEventTimestamp: lastEventMs ?? undefined,
    lastIngestionTime: lastEventMs ?? undefined,
    arn: logStreamArn(group, name, scope),
    storedBytes,
  };
}
