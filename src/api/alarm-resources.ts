/** What calls about metrics and alarms are about, for the authorization. */
import type { MonitoringOperationName } from "../contract/index.ts";

/** The input member that names the alarm; null where the call names several, none, or lists. */
export const ALARM_MEMBERS = {
  "GraniteServiceVersion20100801.DeleteAlarms": null,
  "GraniteServiceVersion20100801.DescribeAlarmHistory": "AlarmName",
  "GraniteServiceVersion20100801.DescribeAlarms": null,
  "GraniteServiceVersion20100801.DescribeAlarmsForMetric": null,
  "GraniteServiceVersion20100801.DisableAlarmActions": null,
  "GraniteServiceVersion20100801.EnableAlarmActions": null,
  "GraniteServiceVersion20100801.GetMetricData": null,
  "GraniteServiceVersion20100801.GetMetricStatistics": null,
  "GraniteServiceVersion20100801.ListMetrics": null,
  "GraniteServiceVersion20100801.ListTagsForResource": "ResourceARN",
  "GraniteServiceVersion20100801.PutMetricAlarm": "AlarmName",
  "GraniteServiceVersion20100801.SetAlarmState": "AlarmName",
  "GraniteServiceVersion20100801.TagResource": "ResourceARN",
  "GraniteServiceVersion20100801.UntagResource": "ResourceARN",
} as const satisfies Record<MonitoringOperationName, string | null>;
