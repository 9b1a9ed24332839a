/** Operation → handler, of CloudWatch's metrics and alarms. */
import type { Handlers } from "../../handler.ts";
import { listTagsOfAlarm, tagAlarm, untagAlarm } from "./alarm-tags.ts";
import { deleteAlarms } from "./delete-alarms.ts";
import { describeAlarmHistory } from "./describe-alarm-history.ts";
import { describeAlarms } from "./describe-alarms.ts";
import { describeAlarmsForMetric } from "./describe-alarms-for-metric.ts";
import { getMetricData } from "./get-metric-data.ts";
import { getMetricStatistics } from "./get-metric-statistics.ts";
import { listMetrics } from "./list-metrics.ts";
import { putMetricAlarm } from "./put-metric-alarm.ts";
import { setAlarmState } from "./set-alarm-state.ts";
import { disableAlarmActions, enableAlarmActions } from "./switch-alarm-actions.ts";

export const cloudWatchHandlers = {
  "cloudwatch.DeleteAlarms": deleteAlarms,
  "cloudwatch.DescribeAlarmHistory": describeAlarmHistory,
  "cloudwatch.DescribeAlarms": describeAlarms,
  "cloudwatch.DescribeAlarmsForMetric": describeAlarmsForMetric,
  "cloudwatch.DisableAlarmActions": disableAlarmActions,
  "cloudwatch.EnableAlarmActions": enableAlarmActions,
  "cloudwatch.GetMetricData": getMetricData,
  "cloudwatch.GetMetricStatistics": getMetricStatistics,
  "cloudwatch.ListMetrics": listMetrics,
  "cloudwatch.ListTagsForResource": listTagsOfAlarm,
  "cloudwatch.PutMetricAlarm": putMetricAlarm,
  "cloudwatch.SetAlarmState": setAlarmState,
  "cloudwatch.TagResource": tagAlarm,
  "cloudwatch.UntagResource": untagAlarm,
} satisfies Partial<Handlers>;
