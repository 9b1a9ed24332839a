/** What calls about metrics and alarms are about: the alarms that they name, else all alarms; metrics have no ARN. */
import type { MonitoringOperationName } from "../../contract/index.ts";
import { alarmArn } from "../../domain/alarm.ts";
import type { AccountScope } from "../../domain/arn.ts";
import { anything, arnIn, eachNamed, type ResourceRule, textAt, told } from "./resource-rule.ts";

const arnOf = (name: string, scope: AccountScope): string => alarmArn(scope, name);
const everyAlarm: ResourceRule = (_input, { scope }) => [told(arnOf("*", scope))];
const alarms = eachNamed("AlarmNames", arnOf, everyAlarm);
const alarm: ResourceRule = (input, context) => {
  const name = textAt(input, "AlarmName");
  return name === undefined ? everyAlarm(input, context) : [told(arnOf(name, context.scope))];
};
const tagged = arnIn("ResourceARN");

export const alarmRules: Readonly<Record<MonitoringOperationName, ResourceRule>> = {
  "GraniteServiceVersion20100801.DeleteAlarms": alarms,
  "GraniteServiceVersion20100801.DescribeAlarmHistory": alarm,
  "GraniteServiceVersion20100801.DescribeAlarms": alarms,
  "GraniteServiceVersion20100801.DescribeAlarmsForMetric": everyAlarm,
  "GraniteServiceVersion20100801.DisableAlarmActions": alarms,
  "GraniteServiceVersion20100801.EnableAlarmActions": alarms,
  "GraniteServiceVersion20100801.GetMetricData": anything,
  "GraniteServiceVersion20100801.GetMetricStatistics": anything,
  "GraniteServiceVersion20100801.ListMetrics": anything,
  "GraniteServiceVersion20100801.ListTagsForResource": tagged,
  "GraniteServiceVersion20100801.PutMetricAlarm": alarm,
  "GraniteServiceVersion20100801.SetAlarmState": alarm,
  "GraniteServiceVersion20100801.TagResource": tagged,
  "GraniteServiceVersion20100801.UntagResource": tagged,
};
