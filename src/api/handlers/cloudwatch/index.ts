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
  "GraniteServiceVersion20100801.DeleteAlarms": deleteAlarms,
  "GraniteServiceVersion20100801.DescribeAlarmHistory": describeAlarmHistory,
  "GraniteServiceVersion20100801.DescribeAlarms": describeAlarms,
  "GraniteServiceVersion20100801.DescribeAlarmsForMetric": describeAlarmsForMetric,
  "GraniteServiceVersion20100801.DisableAlarmActions": disableAlarmActions,
  "GraniteServiceVersion20100801.EnableAlarmActions": enableAlarmActions,
  "GraniteServiceVersion20100801.GetMetricData": getMetricData,
  "GraniteServiceVersion20100801.GetMetricStatistics": getMetricStatistics,
  "GraniteServiceVersion20100801.ListMetrics": listMetrics,
  "GraniteServiceVersion20100801.ListTagsForResource": listTagsOfAlarm,
  "GraniteServiceVersion20100801.PutMetricAlarm": putMetricAlarm,
  "GraniteServiceVersion20100801.SetAlarmState": setAlarmState,
  "GraniteServiceVersion20100801.TagResource": tagAlarm,
  "GraniteServiceVersion20100801.UntagResource": untagAlarm,
} satisfies Partial<Handlers>;
