// The structures of cloudwatch-operations.ts.
import type { Shapes } from "./shape.ts";

const required = true;
const name = { AlarmName: { type: "string", required } } as const;
const page = { MaxRecords: { type: "integer" }, NextToken: { type: "string" } } as const;
const span = {
  StartTime: { type: "timestamp", required },
  EndTime: { type: "timestamp", required },
} as const;

/** What a metric alarm is, as it is put and as it is described. */
const alarm = {
  AlarmDescription: { type: "string" },
  ActionsEnabled: { type: "boolean" },
  OKActions: { type: "MonitoringStrings" },
  AlarmActions: { type: "MonitoringStrings" },
  InsufficientDataActions: { type: "MonitoringStrings" },
  MetricName: { type: "string" },
  Namespace: { type: "string" },
  Statistic: { type: "MetricStatistic" },
  ExtendedStatistic: { type: "string" },
  Dimensions: { type: "MetricDimensionList" },
  Period: { type: "integer" },
  Unit: { type: "StandardUnit" },
  DatapointsToAlarm: { type: "integer" },
  Threshold: { type: "double" },
  TreatMissingData: { type: "MissingDataTreatment" },
  EvaluateLowSampleCountPercentile: { type: "LowSampleTreatment" },
  Metrics: { type: "MetricDataQueryList" },
  ThresholdMetricId: { type: "string" },
} as const;

export const cloudWatchShapes = {
  NothingOfMonitoring: { kind: "structure", members: {} },
  MonitoringStrings: { kind: "list", element: "string" },
  MetricStatistic: { kind: "enum", values: ["SampleCount", "Average", "Sum", "Minimum", "Maximum"] },
  MetricStatisticList: { kind: "list", element: "MetricStatistic" },
  AlarmStateValue: { kind: "enum", values: ["OK", "ALARM", "INSUFFICIENT_DATA"] },
  AlarmType: { kind: "enum", values: ["CompositeAlarm", "MetricAlarm", "LogAlarm"] },
  AlarmTypeList: { kind: "list", element: "AlarmType" },
  AlarmHistoryItemType: {
    kind: "enum",
    values: [
      "ConfigurationUpdate",
      "StateUpdate",
      "Action",
      "AlarmContributorStateUpdate",
      "AlarmContributorAction",
    ],
  },
  ScanOrder: { kind: "enum", values: ["TimestampDescending", "TimestampAscending"] },
  MissingDataTreatment: { kind: "enum", values: ["breaching", "notBreaching", "ignore", "missing"] },
  LowSampleTreatment: { kind: "enum", values: ["evaluate", "ignore"] },
  AlarmComparison: {
    kind: "enum",
    values: [
      "GreaterThanOrEqualToThreshold",
      "GreaterThanThreshold",
      "LessThanThreshold",
      "LessThanOrEqualToThreshold",
      "LessThanLowerOrGreaterThanUpperThreshold",
      "LessThanLowerThreshold",
      "GreaterThanUpperThreshold",
    ],
  },
  StandardUnit: {
    kind: "enum",
    values: [
      "Seconds",
      "Microseconds",
      "Milliseconds",
      "Bytes",
      "Kilobytes",
      "Megabytes",
      "Gigabytes",
      "Terabytes",
      "Bits",
      "Kilobits",
      "Megabits",
      "Gigabits",
      "Terabits",
      "Percent",
      "Count",
      "Bytes/Second",
      "Kilobytes/Second",
      "Megabytes/Second",
      "Gigabytes/Second",
      "Terabytes/Second",
      "Bits/Second",
      "Kilobits/Second",
      "Megabits/Second",
      "Gigabits/Second",
      "Terabits/Second",
      "Count/Second",
      "None",
    ],
  },

  MetricDimension: {
    kind: "structure",
    members: { Name: { type: "string", required }, Value: { type: "string", required } },
  },
  MetricDimensionList: { kind: "list", element: "MetricDimension" },
  MetricIdentity: {
    kind: "structure",
    members: {
      Namespace: { type: "string" },
      MetricName: { type: "string" },
      Dimensions: { type: "MetricDimensionList" },
    },
  },
  MetricIdentityList: { kind: "list", element: "MetricIdentity" },
  MetricStat: {
    kind: "structure",
    members: {
      Metric: { type: "MetricIdentity", required },
      Period: { type: "integer", required },
      Stat: { type: "string", required },
      Unit: { type: "StandardUnit" },
    },
  },
  MetricDataQuery: {
    kind: "structure",
    members: {
      Id: { type: "string", required },
      MetricStat: { type: "MetricStat" },
      Expression: { type: "string" },
      Label: { type: "string" },
      ReturnData: { type: "boolean" },
      Period: { type: "integer" },
      AccountId: { type: "string" },
    },
  },
  MetricDataQueryList: { kind: "list", element: "MetricDataQuery" },

  MetricDimensionFilter: {
    kind: "structure",
    members: { Name: { type: "string", required }, Value: { type: "string" } },
  },
  MetricDimensionFilterList: { kind: "list", element: "MetricDimensionFilter" },
  ListMetricsInput: {
    kind: "structure",
    members: {
      Namespace: { type: "string" },
      MetricName: { type: "string" },
      Dimensions: { type: "MetricDimensionFilterList" },
      NextToken: { type: "string" },
      RecentlyActive: { type: "RecentlyActive" },
      IncludeLinkedAccounts: { type: "boolean" },
      OwningAccount: { type: "string" },
    },
  },
  RecentlyActive: { kind: "enum", values: ["PT3H"] },
  ListMetricsOutput: {
    kind: "structure",
    members: {
      Metrics: { type: "MetricIdentityList" },
      NextToken: { type: "string" },
      OwningAccounts: { type: "MonitoringStrings" },
    },
  },

  GetMetricStatisticsInput: {
    kind: "structure",
    members: {
      Namespace: { type: "string", required },
      MetricName: { type: "string", required },
      Dimensions: { type: "MetricDimensionList" },
      ...span,
      Period: { type: "integer", required },
      Statistics: { type: "MetricStatisticList" },
      ExtendedStatistics: { type: "MonitoringStrings" },
      Unit: { type: "StandardUnit" },
    },
  },
  ExtendedStatistics: { kind: "map", key: "string", value: "double" },
  MetricDatapoint: {
    kind: "structure",
    members: {
      Timestamp: { type: "timestamp" },
      SampleCount: { type: "double" },
      Average: { type: "double" },
      Sum: { type: "double" },
      Minimum: { type: "double" },
      Maximum: { type: "double" },
      Unit: { type: "StandardUnit" },
      ExtendedStatistics: { type: "ExtendedStatistics" },
    },
  },
  MetricDatapointList: { kind: "list", element: "MetricDatapoint" },
  GetMetricStatisticsOutput: {
    kind: "structure",
    members: { Label: { type: "string" }, Datapoints: { type: "MetricDatapointList" } },
  },

  MetricLabelOptions: { kind: "structure", members: { Timezone: { type: "string" } } },
  GetMetricDataInput: {
    kind: "structure",
    members: {
      MetricDataQueries: { type: "MetricDataQueryList", required },
      ...span,
      NextToken: { type: "string" },
      ScanBy: { type: "ScanOrder" },
      MaxDatapoints: { type: "integer" },
      LabelOptions: { type: "MetricLabelOptions" },
    },
  },
  MetricTimestamps: { kind: "list", element: "timestamp" },
  MetricValues: { kind: "list", element: "double" },
  MetricMessage: {
    kind: "structure",
    members: { Code: { type: "string" }, Value: { type: "string" } },
  },
  MetricMessageList: { kind: "list", element: "MetricMessage" },
  MetricDataStatus: { kind: "enum", values: ["Complete", "InternalError", "PartialData", "Forbidden"] },
  MetricDataResult: {
    kind: "structure",
    members: {
      Id: { type: "string" },
      Label: { type: "string" },
      Timestamps: { type: "MetricTimestamps" },
      Values: { type: "MetricValues" },
      StatusCode: { type: "MetricDataStatus" },
      Messages: { type: "MetricMessageList" },
    },
  },
  MetricDataResultList: { kind: "list", element: "MetricDataResult" },
  GetMetricDataOutput: {
    kind: "structure",
    members: {
      MetricDataResults: { type: "MetricDataResultList" },
      NextToken: { type: "string" },
      Messages: { type: "MetricMessageList" },
    },
  },

  AlarmTag: {
    kind: "structure",
    members: { Key: { type: "string", required }, Value: { type: "string", required } },
  },
  AlarmTagList: { kind: "list", element: "AlarmTag" },
  TagAlarmInput: {
    kind: "structure",
    members: { ResourceARN: { type: "string", required }, Tags: { type: "AlarmTagList", required } },
  },
  UntagAlarmInput: {
    kind: "structure",
    members: { ResourceARN: { type: "string", required }, TagKeys: { type: "MonitoringStrings", required } },
  },
  AlarmTagsInput: { kind: "structure", members: { ResourceARN: { type: "string", required } } },
  AlarmTagsOutput: { kind: "structure", members: { Tags: { type: "AlarmTagList" } } },

  PutMetricAlarmInput: {
    kind: "structure",
    members: {
      ...name,
      ...alarm,
      EvaluationPeriods: { type: "integer", required },
      ComparisonOperator: { type: "AlarmComparison", required },
      Tags: { type: "AlarmTagList" },
    },
  },
  MetricAlarm: {
    kind: "structure",
    members: {
      ...name,
      ...alarm,
      AlarmArn: { type: "string" },
      AlarmConfigurationUpdatedTimestamp: { type: "timestamp" },
      StateValue: { type: "AlarmStateValue" },
      StateReason: { type: "string" },
      StateReasonData: { type: "string" },
      StateUpdatedTimestamp: { type: "timestamp" },
      StateTransitionedTimestamp: { type: "timestamp" },
      EvaluationPeriods: { type: "integer" },
      ComparisonOperator: { type: "AlarmComparison" },
    },
  },
  MetricAlarmList: { kind: "list", element: "MetricAlarm" },
  DescribeAlarmsInput: {
    kind: "structure",
    members: {
      AlarmNames: { type: "MonitoringStrings" },
      AlarmNamePrefix: { type: "string" },
      AlarmTypes: { type: "AlarmTypeList" },
      ChildrenOfAlarmName: { type: "string" },
      ParentsOfAlarmName: { type: "string" },
      StateValue: { type: "AlarmStateValue" },
      ActionPrefix: { type: "string" },
      ...page,
    },
  },
  DescribeAlarmsOutput: {
    kind: "structure",
    members: {
      CompositeAlarms: { type: "MonitoringStrings" },
      MetricAlarms: { type: "MetricAlarmList" },
      NextToken: { type: "string" },
    },
  },
  DescribeAlarmsForMetricInput: {
    kind: "structure",
    members: {
      MetricName: { type: "string", required },
      Namespace: { type: "string", required },
      Statistic: { type: "MetricStatistic" },
      ExtendedStatistic: { type: "string" },
      Dimensions: { type: "MetricDimensionList" },
      Period: { type: "integer" },
      Unit: { type: "StandardUnit" },
    },
  },
  DescribeAlarmsForMetricOutput: {
    kind: "structure",
    members: { MetricAlarms: { type: "MetricAlarmList" } },
  },
  DescribeAlarmHistoryInput: {
    kind: "structure",
    members: {
      AlarmName: { type: "string" },
      AlarmContributorId: { type: "string" },
      AlarmTypes: { type: "AlarmTypeList" },
      HistoryItemType: { type: "AlarmHistoryItemType" },
      StartDate: { type: "timestamp" },
      EndDate: { type: "timestamp" },
      ScanBy: { type: "ScanOrder" },
      ...page,
    },
  },
  AlarmHistoryItem: {
    kind: "structure",
    members: {
      AlarmName: { type: "string" },
      AlarmType: { type: "AlarmType" },
      Timestamp: { type: "timestamp" },
      HistoryItemType: { type: "AlarmHistoryItemType" },
      HistorySummary: { type: "string" },
      HistoryData: { type: "string" },
    },
  },
  AlarmHistoryItemList: { kind: "list", element: "AlarmHistoryItem" },
  DescribeAlarmHistoryOutput: {
    kind: "structure",
    members: { AlarmHistoryItems: { type: "AlarmHistoryItemList" }, NextToken: { type: "string" } },
  },
  DeleteAlarmsInput: {
    kind: "structure",
    members: { AlarmNames: { type: "MonitoringStrings", required } },
  },
  AlarmActionsInput: {
    kind: "structure",
    members: { AlarmNames: { type: "MonitoringStrings", required } },
  },
  SetAlarmStateInput: {
    kind: "structure",
    members: {
      ...name,
      StateValue: { type: "AlarmStateValue", required },
      StateReason: { type: "string", required },
      StateReasonData: { type: "string" },
    },
  },
} as const satisfies Shapes;
