// Of CloudWatch Logs (X-Amz-Target prefix "Logs_20140328.") what reads and keeps the logs of services, in the words of
// shape.ts. What writes is in it too, so that it can be refused with a reason.
import type { OperationModels } from "./shape.ts";

const common = ["InvalidParameterException", "ServiceUnavailableException"] as const;
const reading = [...common, "ResourceNotFoundException"] as const;

export const logsOperations = {
  "Logs_20140328.CreateLogGroup": { input: "LogGroupRequest", output: "NothingOfLogs", errors: common },
  "Logs_20140328.CreateLogStream": { input: "LogStreamRequest", output: "NothingOfLogs", errors: common },
  "Logs_20140328.DeleteLogGroup": { input: "LogGroupRequest", output: "NothingOfLogs", errors: reading },
  "Logs_20140328.DeleteLogStream": { input: "LogStreamRequest", output: "NothingOfLogs", errors: reading },
  "Logs_20140328.DeleteRetentionPolicy": {
    input: "LogGroupRequest",
    output: "NothingOfLogs",
    errors: reading,
  },
  "Logs_20140328.DescribeLogGroups": {
    input: "DescribeLogGroupsRequest",
    output: "DescribeLogGroupsResponse",
    errors: common,
  },
  "Logs_20140328.DescribeLogStreams": {
    input: "DescribeLogStreamsRequest",
    output: "DescribeLogStreamsResponse",
    errors: reading,
  },
  "Logs_20140328.FilterLogEvents": {
    input: "FilterLogEventsRequest",
    output: "FilterLogEventsResponse",
    errors: reading,
  },
  "Logs_20140328.GetLogEvents": {
    input: "GetLogEventsRequest",
    output: "GetLogEventsResponse",
    errors: reading,
  },
  "Logs_20140328.ListLogGroups": {
    input: "ListLogGroupsRequest",
    output: "ListLogGroupsResponse",
    errors: common,
  },
  "Logs_20140328.ListTagsForResource": {
    input: "LogResourceRequest",
    output: "LogTagsResponse",
    errors: reading,
  },
  "Logs_20140328.ListTagsLogGroup": { input: "LogGroupRequest", output: "LogTagsResponse", errors: reading },
  "Logs_20140328.PutLogEvents": { input: "LogStreamRequest", output: "NothingOfLogs", errors: common },
  "Logs_20140328.PutRetentionPolicy": {
    input: "PutRetentionPolicyRequest",
    output: "NothingOfLogs",
    errors: reading,
  },
  "Logs_20140328.StartLiveTail": {
    input: "StartLiveTailRequest",
    output: "StartLiveTailResponse",
    errors: [...reading, "LimitExceededException"],
  },
  "Logs_20140328.TestMetricFilter": {
    input: "TestMetricFilterRequest",
    output: "TestMetricFilterResponse",
    errors: common,
  },
} as const satisfies OperationModels;
