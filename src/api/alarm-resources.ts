/** What calls about metrics and alarms are about, for the authorization. */
import type { MonitoringOperationName } from "../contract/index.ts";

/** The input member that names the alarm; null where the call names several, none, or lists. */
export const ALARM_MEMBERS = {
  "cloudwatch.DeleteAlarms": null,
  "cloudwatch.DescribeAlarmHistory": "AlarmName",
  "cloudwatch.DescribeAlarms": null,
  "cloudwatch.DescribeAlarmsForMetric": null,
  "cloudwatch.DisableAlarmActions": null,
  "cloudwatch.EnableAlarmActions": null,
  "cloudwatch.GetMetricData": null,
  "cloudwatch.GetMetricStatistics": null,
  "cloudwatch.ListMetrics": null,
  "cloudwatch.ListTagsForResource": "ResourceARN",
  "cloudwatch.PutMetricAlarm": "AlarmName",
  "cloudwatch.SetAlarmState": "AlarmName",
  "cloudwatch.TagResource": "ResourceARN",
  "cloudwatch.UntagResource": "ResourceARN",
} as const satisfies Record<MonitoringOperationName, string | null>;
