import type { Handler } from "../handler.ts";
import { findLogGroup, isInGroup, logStreamName } from "../resources/log-group.ts";

/** Ours: the streams of a log group, the one written to last first. */
export const describeLogStreams: Handler<"DescribeLogStreams"> = async (input, { store, logReader }) => {
  const group = await findLogGroup(input.LogGroupName, store);
  const streams = (await logReader.streams(group.owner)).filter(({ stream }) => isInGroup(stream, group));
  return {
    LogStreams: streams
      .toSorted((a, b) => (b.lastEventMs ?? 0) - (a.lastEventMs ?? 0))
      .map(({ stream, firstEventMs, lastEventMs, storedBytes }) => ({
        LogStreamName: logStreamName(stream),
        FirstEventTimestamp: firstEventMs ?? undefined,
        LastEventTimestamp: lastEventMs ?? undefined,
        StoredBytes: storedBytes,
      })),
  };
};
