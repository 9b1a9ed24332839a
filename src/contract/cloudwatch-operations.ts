// Of CloudWatch metrics and alarms (X-Amz-Target prefix "GraniteServiceVersion20100801.", version 2010-08-01), in the words
// of shape.ts. Names of operations bear a prefix, for some are App Runner's too; names of shapes are ours.
import type { OperationModels } from "./shape.ts";

const common = ["InternalServiceFault", "InvalidParameterValueException"] as const;
const combined = [...common, "InvalidParameterCombinationException"] as const;
const naming = [...common, "ResourceNotFound"] as const;
const tagging = [...common, "ResourceNotFoundException"] as const;
const nothing = "NothingOfMonitoring";

export const cloudWatchOperations = {
  "GraniteServiceVersion20100801.DeleteAlarms": {
    input: "DeleteAlarmsInput",
    output: nothing,
    errors: naming,
  },
  "GraniteServiceVersion20100801.DescribeAlarmHistory": {
    input: "DescribeAlarmHistoryInput",
    output: "DescribeAlarmHistoryOutput",
    errors: [...common, "InvalidNextToken"],
  },
  "GraniteServiceVersion20100801.DescribeAlarms": {
    input: "DescribeAlarmsInput",
    output: "DescribeAlarmsOutput",
    errors: [...common, "InvalidNextToken"],
  },
  "GraniteServiceVersion20100801.DescribeAlarmsForMetric": {
    input: "DescribeAlarmsForMetricInput",
    output: "DescribeAlarmsForMetricOutput",
    errors: common,
  },
  "GraniteServiceVersion20100801.DisableAlarmActions": {
    input: "AlarmActionsInput",
    output: nothing,
    errors: common,
  },
  "GraniteServiceVersion20100801.EnableAlarmActions": {
    input: "AlarmActionsInput",
    output: nothing,
    errors: common,
  },
  "GraniteServiceVersion20100801.GetMetricData": {
    input: "GetMetricDataInput",
    output: "GetMetricDataOutput",
    errors: [...combined, "InvalidNextToken"],
  },
  "GraniteServiceVersion20100801.GetMetricStatistics": {
    input: "GetMetricStatisticsInput",
    output: "GetMetricStatisticsOutput",
    errors: combined,
  },
  "GraniteServiceVersion20100801.ListMetrics": {
    input: "ListMetricsInput",
    output: "ListMetricsOutput",
    errors: [...common, "InvalidNextToken"],
  },
  "GraniteServiceVersion20100801.ListTagsForResource": {
    input: "AlarmTagsInput",
    output: "AlarmTagsOutput",
    errors: tagging,
  },
  "GraniteServiceVersion20100801.PutMetricAlarm": {
    input: "PutMetricAlarmInput",
    output: nothing,
    errors: [...combined, "LimitExceededFault"],
  },
  "GraniteServiceVersion20100801.SetAlarmState": {
    input: "SetAlarmStateInput",
    output: nothing,
    errors: naming,
  },
  "GraniteServiceVersion20100801.TagResource": { input: "TagAlarmInput", output: nothing, errors: tagging },
  "GraniteServiceVersion20100801.UntagResource": {
    input: "UntagAlarmInput",
    output: nothing,
    errors: tagging,
  },
} as const satisfies OperationModels;

const dashboards = "dashboards are not kept here; Grafana shows these metrics, see docs/metrics.md";
const detectors = "nothing is learned from metrics here; set a threshold of your own";
const streams = "metrics are not streamed; Prometheus reads them from /metrics";
const composites =
  "an alarm here is about one metric or one expression; give PutMetricAlarm an expression of several";

/** AWS's operations that are not here, and why. */
export const unavailableCloudWatchOperations: Readonly<Record<string, string>> = {
  DeleteAnomalyDetector: detectors,
  DeleteDashboards: dashboards,
  DeleteMetricStream: streams,
  DescribeAnomalyDetectors: detectors,
  GetDashboard: dashboards,
  GetMetricStream: streams,
  GetMetricWidgetImage: "pictures are not drawn here; Grafana shows these metrics, see docs/metrics.md",
  ListDashboards: dashboards,
  ListMetricStreams: streams,
  PutAnomalyDetector: detectors,
  PutCompositeAlarm: composites,
  PutDashboard: dashboards,
  PutMetricData:
    "the metrics are those that Slipway measures of its services; send an application's own to a collector of OpenTelemetry or to Prometheus",
  PutMetricStream: streams,
  StartMetricStreams: streams,
  StopMetricStreams: streams,
};
