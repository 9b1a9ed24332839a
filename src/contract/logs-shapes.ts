// The shapes of logs-operations.ts. Their members are AWS's, their names ours where two models would share one.
import type { Shapes } from "./shape.ts";

const required = true;
const text = { type: "string" } as const;
const long = { type: "long" } as const;
const groupName = { logGroupName: { type: "string", required } } as const;
const eitherGroup = { logGroupName: text, logGroupIdentifier: text } as const;
const page = { nextToken: text, limit: { type: "integer" } } as const;
const span = { startTime: long, endTime: long } as const;
const event = { timestamp: long, message: text, ingestionTime: long } as const;
const listing = {
  accountIdentifiers: { type: "LogTexts" },
  includeLinkedAccounts: { type: "boolean" },
  logGroupClass: { type: "LogGroupClass" },
} as const;
const tailed = {
  logGroupIdentifiers: { type: "LogTexts", required },
  logStreamNames: { type: "LogTexts" },
  logStreamNamePrefixes: { type: "LogTexts" },
  logEventFilterPattern: text,
} as const;

export const logsShapes = {
  NothingOfLogs: { kind: "structure", members: {} },
  LogTexts: { kind: "list", element: "string" },
  LogGroupClass: { kind: "enum", values: ["STANDARD", "INFREQUENT_ACCESS", "DELIVERY"] },
  LogGroupRequest: { kind: "structure", members: groupName },
  LogStreamRequest: {
    kind: "structure",
    members: { ...groupName, logStreamName: { type: "string", required } },
  },
  LogResourceRequest: { kind: "structure", members: { resourceArn: { type: "string", required } } },
  LogTagsResponse: { kind: "structure", members: { tags: { type: "LogTags", required } } },
  LogTags: { kind: "map", key: "string", value: "string" },
  PutRetentionPolicyRequest: {
    kind: "structure",
    members: { ...groupName, retentionInDays: { type: "integer", required } },
  },

  DescribeLogGroupsRequest: {
    kind: "structure",
    members: {
      ...listing,
      logGroupNamePrefix: text,
      logGroupNamePattern: text,
      logGroupIdentifiers: { type: "LogTexts" },
      ...page,
    },
  },
  DescribeLogGroupsResponse: {
    kind: "structure",
    members: { logGroups: { type: "DescribedLogGroups", required }, nextToken: text },
  },
  DescribedLogGroups: { kind: "list", element: "DescribedLogGroup" },
  DescribedLogGroup: {
    kind: "structure",
    members: {
      ...groupName,
      creationTime: long,
      retentionInDays: { type: "integer" },
      metricFilterCount: { type: "integer" },
      arn: text,
      storedBytes: long,
      logGroupClass: { type: "LogGroupClass" },
      logGroupArn: text,
    },
  },
  ListLogGroupsRequest: { kind: "structure", members: { ...listing, logGroupNamePattern: text, ...page } },
  ListLogGroupsResponse: {
    kind: "structure",
    members: { logGroups: { type: "ListedLogGroups", required }, nextToken: text },
  },
  ListedLogGroups: { kind: "list", element: "ListedLogGroup" },
  ListedLogGroup: {
    kind: "structure",
    members: { ...groupName, logGroupArn: text, logGroupClass: { type: "LogGroupClass" } },
  },

  DescribeLogStreamsRequest: {
    kind: "structure",
    members: {
      ...eitherGroup,
      logStreamNamePrefix: text,
      orderBy: { type: "LogStreamOrder" },
      descending: { type: "boolean" },
      ...page,
    },
  },
  LogStreamOrder: { kind: "enum", values: ["LogStreamName", "LastEventTime"] },
  DescribeLogStreamsResponse: {
    kind: "structure",
    members: { logStreams: { type: "LogStreamList", required }, nextToken: text },
  },
  LogStreamList: { kind: "list", element: "LogStream" },
  LogStream: {
    kind: "structure",
    members: {
      logStreamName: { type: "string", required },
      creationTime: long,
      firstEventTimestamp: long,
      lastEventTimestamp: long,
      lastIngestionTime: long,
      arn: text,
      storedBytes: { type: "long", required },
    },
  },

  GetLogEventsRequest: {
    kind: "structure",
    members: {
      ...eitherGroup,
      logStreamName: { type: "string", required },
      ...span,
      ...page,
      startFromHead: { type: "boolean" },
      unmask: { type: "boolean" },
    },
  },
  GetLogEventsResponse: {
    kind: "structure",
    members: {
      events: { type: "LogEventList", required },
      nextForwardToken: { type: "string", required },
      nextBackwardToken: { type: "string", required },
    },
  },
  LogEventList: { kind: "list", element: "LogEvent" },
  LogEvent: {
    kind: "structure",
    members: {
      timestamp: { type: "long", required },
      message: { type: "string", required },
      ingestionTime: { type: "long", required },
    },
  },

  FilterLogEventsRequest: {
    kind: "structure",
    members: {
      ...eitherGroup,
      logStreamNames: { type: "LogTexts" },
      logStreamNamePrefix: text,
      ...span,
      filterPattern: text,
      ...page,
      interleaved: { type: "boolean" },
      unmask: { type: "boolean" },
    },
  },
  FilterLogEventsResponse: {
    kind: "structure",
    members: {
      events: { type: "FilteredLogEvents", required },
      searchedLogStreams: { type: "LogTexts", required },
      nextToken: text,
    },
  },
  FilteredLogEvents: { kind: "list", element: "FilteredLogEvent" },
  FilteredLogEvent: {
    kind: "structure",
    members: {
      logStreamName: { type: "string", required },
      timestamp: { type: "long", required },
      message: { type: "string", required },
      ingestionTime: { type: "long", required },
      eventId: { type: "string", required },
    },
  },

  StartLiveTailRequest: { kind: "structure", members: tailed },
  StartLiveTailResponse: {
    kind: "structure",
    members: { responseStream: { type: "LiveTailStream", required } },
  },
  LiveTailStream: {
    kind: "eventStream",
    events: { sessionStart: "LiveTailStart", sessionUpdate: "LiveTailUpdate" },
    exceptions: { SessionTimeoutException: "LiveTailEnd", SessionStreamingException: "LiveTailEnd" },
  },
  LiveTailStart: { kind: "structure", members: { requestId: text, sessionId: text, ...tailed } },
  LiveTailUpdate: {
    kind: "structure",
    members: {
      sessionMetadata: { type: "LiveTailMetadata", required },
      sessionResults: { type: "LiveTailEvents", required },
    },
  },
  LiveTailMetadata: { kind: "structure", members: { sampled: { type: "boolean", required } } },
  LiveTailEvents: { kind: "list", element: "LiveTailEvent" },
  LiveTailEvent: {
    kind: "structure",
    members: { logStreamName: text, logGroupIdentifier: text, ...event },
  },
  LiveTailEnd: { kind: "structure", members: { message: text } },

  TestMetricFilterRequest: {
    kind: "structure",
    members: {
      filterPattern: { type: "string", required },
      logEventMessages: { type: "LogTexts", required },
    },
  },
  TestMetricFilterResponse: {
    kind: "structure",
    members: { matches: { type: "MetricFilterMatches", required } },
  },
  MetricFilterMatches: { kind: "list", element: "MetricFilterMatch" },
  MetricFilterMatch: {
    kind: "structure",
    members: {
      eventNumber: { type: "long", required },
      eventMessage: { type: "string", required },
      extractedValues: { type: "LogTags", required },
    },
  },
} as const satisfies Shapes;
