// Lengths and patterns of CloudWatch Logs' inputs, and which member each holds for: a part of constraints.ts and
// member-constraints.ts.

const range = (min: number, max: number) => ({ source: "CWL", min, max }) as const;

export const logsConstraints = {
  LogGroupName: {
    source: "CWL",
    min: 1,
    max: 512,
    pattern: { regex: /^[.\-_/#A-Za-z0-9]+$/, says: "hold only letters, digits, ., -, _, / and #" },
  },
  LogGroupNamePattern: {
    source: "CWL",
    min: 0,
    max: 512,
    pattern: { regex: /^[.\-_/#A-Za-z0-9]*$/, says: "hold only letters, digits, ., -, _, / and #" },
  },
  LogGroupNameChoice: {
    source: "CWL",
    min: 3,
    max: 129,
    pattern: {
      regex: /^\^?[.\-_/#A-Za-z0-9]{3,24}(?:\|\^?[.\-_/#A-Za-z0-9]{3,24}){0,4}$/,
      says: "be one to five parts of names of 3 to 24 characters, separated by |, each with or without a ^ before it",
    },
  },
  LogGroupIdentifier: {
    source: "CWL",
    min: 1,
    max: 2048,
    // The ARN that DescribeLogGroups gives ends in :*.
    pattern: { regex: /^[\w#+=/:,.@*-]+$/, says: "be the name or the ARN of a log group" },
  },
  LogStreamName: {
    source: "CWL",
    min: 1,
    max: 512,
    pattern: { regex: /^[^:*]+$/, says: "hold neither : nor *" },
  },
  LogAccount: { source: "CWL", min: 12, max: 12, pattern: { regex: /^\d+$/, says: "be 12 digits" } },
  LogFilterPattern: range(0, 1024),
  LogEventLimit: range(1, 10_000),
  LogDescribeLimit: range(1, 50),
  LogListLimit: range(1, 1000),
  LogRetentionDays: range(1, 3653),
  LogMessage: range(1, 1_048_576),
  LogPageToken: range(1, 65_536),
  EpochMilliseconds: { source: "CWL", min: 0 },
} as const;

/** Members that mean the same wherever they occur. */
export const logsMembers: Readonly<Record<string, keyof typeof logsConstraints>> = {
  "accountIdentifiers[]": "LogAccount",
  endTime: "EpochMilliseconds",
  filterPattern: "LogFilterPattern",
  logEventFilterPattern: "LogFilterPattern",
  "logEventMessages[]": "LogMessage",
  logGroupIdentifier: "LogGroupIdentifier",
  "logGroupIdentifiers[]": "LogGroupIdentifier",
  logGroupName: "LogGroupName",
  logGroupNamePattern: "LogGroupNamePattern",
  logGroupNamePrefix: "LogGroupName",
  logStreamName: "LogStreamName",
  logStreamNamePrefix: "LogStreamName",
  "logStreamNamePrefixes[]": "LogStreamName",
  "logStreamNames[]": "LogStreamName",
  nextToken: "LogPageToken",
  resourceArn: "LogGroupIdentifier",
  startTime: "EpochMilliseconds",
};

/** Members whose meaning depends on the structure. */
export const logsPaths: Readonly<Record<string, keyof typeof logsConstraints>> = {
  "DescribeLogGroupsRequest.limit": "LogDescribeLimit",
  "DescribeLogStreamsRequest.limit": "LogDescribeLimit",
  "FilterLogEventsRequest.limit": "LogEventLimit",
  "GetLogEventsRequest.limit": "LogEventLimit",
  "PutRetentionPolicyRequest.retentionInDays": "LogRetentionDays",
  "ListLogGroupsRequest.limit": "LogListLimit",
  "ListLogGroupsRequest.logGroupNamePattern": "LogGroupNameChoice",
};
