/** Operation → handler, of CloudWatch Logs. */
import type { Handlers } from "../../handler.ts";
import { describeLogGroups } from "./describe-log-groups.ts";
import { describeLogStreams } from "./describe-log-streams.ts";
import { filterLogEvents } from "./filter-log-events.ts";
import { getLogEvents } from "./get-log-events.ts";
import { deleteLogGroup, deleteLogStream, deleteRetentionPolicy, putRetentionPolicy } from "./keep-logs.ts";
import { listLogGroups } from "./list-log-groups.ts";
import { listTagsForResource, listTagsLogGroup } from "./list-log-tags.ts";
import { startLiveTail } from "./start-live-tail.ts";
import { testMetricFilter } from "./test-metric-filter.ts";
import { writtenByPlatform } from "./written-by-platform.ts";

export const logsHandlers = {
  "Logs_20140328.CreateLogGroup": writtenByPlatform("CreateLogGroup"),
  "Logs_20140328.CreateLogStream": writtenByPlatform("CreateLogStream"),
  "Logs_20140328.DeleteLogGroup": deleteLogGroup,
  "Logs_20140328.DeleteLogStream": deleteLogStream,
  "Logs_20140328.DeleteRetentionPolicy": deleteRetentionPolicy,
  "Logs_20140328.DescribeLogGroups": describeLogGroups,
  "Logs_20140328.DescribeLogStreams": describeLogStreams,
  "Logs_20140328.FilterLogEvents": filterLogEvents,
  "Logs_20140328.GetLogEvents": getLogEvents,
  "Logs_20140328.ListLogGroups": listLogGroups,
  "Logs_20140328.ListTagsForResource": listTagsForResource,
  "Logs_20140328.ListTagsLogGroup": listTagsLogGroup,
  "Logs_20140328.PutLogEvents": writtenByPlatform("PutLogEvents"),
  "Logs_20140328.PutRetentionPolicy": putRetentionPolicy,
  "Logs_20140328.StartLiveTail": startLiveTail,
  "Logs_20140328.TestMetricFilter": testMetricFilter,
} satisfies Partial<Handlers>;
