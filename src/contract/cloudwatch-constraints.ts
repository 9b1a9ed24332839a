// What CloudWatch's model demands of metrics and alarms beyond types, and which member it holds for: a part of
// constraints.ts and member-constraints.ts.
const text = (min: number, max: number) => ({ source: "M", min, max }) as const;

export const cloudWatchConstraints = {
  ActionPrefix: text(1, 1024),
  AlarmAction: text(1, 1024),
  AlarmDescription: text(0, 1024),
  AlarmName: text(1, 255),
  AlarmTagValue: text(0, 256),
  AlarmThreshold: { source: "M" },
  DimensionValue: text(1, 1024),
  EvaluationPeriods: { source: "M", min: 1 },
  MaxDatapoints: { source: "M", min: 1 },
  MaxRecords: text(1, 100),
  MetricExpression: text(1, 2048),
  MetricLabel: text(0, 1024),
  MetricName: text(1, 255),
  MetricPeriod: { source: "M", min: 1 },
  MetricQueryId: {
    source: "M",
    min: 1,
    max: 255,
    pattern: {
      regex: /^[a-z][A-Za-z0-9_]*$/,
      says: "begin with a lower-case letter and hold only letters, digits and _",
    },
  },
  MonitoringPageToken: text(0, 4096),
  MonitoringResource: text(1, 1024),
  StatExpression: text(1, 64),
  StateReason: text(0, 1023),
  StateReasonData: text(0, 4000),
} as const;

const alarm = (structure: string) =>
  ({
    [`${structure}.AlarmDescription`]: "AlarmDescription",
    [`${structure}.DatapointsToAlarm`]: "EvaluationPeriods",
    [`${structure}.EvaluationPeriods`]: "EvaluationPeriods",
    [`${structure}.ThresholdMetricId`]: "MetricQueryId",
    [`${structure}.Threshold`]: "AlarmThreshold",
    [`${structure}.AlarmActions[]`]: "AlarmAction",
    [`${structure}.InsufficientDataActions[]`]: "AlarmAction",
    [`${structure}.OKActions[]`]: "AlarmAction",
  }) as const;

/** Members that mean the same wherever they occur. */
export const cloudWatchMembers: Readonly<Record<string, keyof typeof cloudWatchConstraints>> = {
  AccountId: "MetricName",
  AlarmContributorId: "MonitoringResource",
  ActionPrefix: "ActionPrefix",
  AlarmName: "AlarmName",
  AlarmNamePrefix: "AlarmName",
  "AlarmNames[]": "AlarmName",
  ChildrenOfAlarmName: "AlarmName",
  Expression: "MetricExpression",
  ExtendedStatistic: "StatExpression",
  "ExtendedStatistics[]": "StatExpression",
  MaxDatapoints: "MaxDatapoints",
  MaxRecords: "MaxRecords",
  MetricName: "MetricName",
  OwningAccount: "MetricName",
  ParentsOfAlarmName: "AlarmName",
  Period: "MetricPeriod",
  ResourceARN: "MonitoringResource",
  StateReason: "StateReason",
  StateReasonData: "StateReasonData",
  Timezone: "MetricLabel",
};

/** Members whose meaning depends on the structure. */
export const cloudWatchPaths: Readonly<Record<string, keyof typeof cloudWatchConstraints | "TagKey">> = {
  ...alarm("PutMetricAlarmInput"),
  "AlarmTag.Key": "TagKey",
  "AlarmTag.Value": "AlarmTagValue",
  "DescribeAlarmHistoryInput.NextToken": "MonitoringPageToken",
  "DescribeAlarmsForMetricInput.Namespace": "MetricName",
  "DescribeAlarmsInput.NextToken": "MonitoringPageToken",
  "GetMetricDataInput.NextToken": "MonitoringPageToken",
  "GetMetricStatisticsInput.Namespace": "MetricName",
  "ListMetricsInput.Namespace": "MetricName",
  "ListMetricsInput.NextToken": "MonitoringPageToken",
  "MetricDataQuery.Id": "MetricQueryId",
  "MetricDataQuery.Label": "MetricLabel",
  "MetricDimension.Name": "MetricName",
  "MetricDimension.Value": "DimensionValue",
  "MetricDimensionFilter.Name": "MetricName",
  "MetricDimensionFilter.Value": "DimensionValue",
  "MetricIdentity.Namespace": "MetricName",
  "MetricStat.Stat": "StatExpression",
  "PutMetricAlarmInput.Namespace": "MetricName",
  "UntagAlarmInput.TagKeys[]": "TagKey",
};
