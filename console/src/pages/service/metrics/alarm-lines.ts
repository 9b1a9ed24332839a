/** Alarms of a service as lines in its charts. Pure. */
import { formatValue } from "../../../parts/charts/axis.ts";
import type { ChartThreshold } from "../../../parts/charts/chart-mark.ts";
import { metrics as texts } from "../../../texts.ts";
import { type Alarm, conditionText, periodText, serviceOf } from "../../alarms/alarm-data.ts";
import type { ChartPlan } from "./metric-charts.ts";

/** Sums grow with the period: one in an hour is a sixtieth in a minute. */
const SUMS: ReadonlySet<string> = new Set(["Sum", "SampleCount"]);

/** Those that watch one of the chart's metrics; sums are brought to the period of the chart's points, and say so. */
export function alarmLines(
  alarms: readonly Alarm[],
  serviceId: string,
  plan: ChartPlan,
  periodSeconds: number,
): readonly ChartThreshold[] {
  return alarms.flatMap((alarm) => {
    const { AlarmName: name, Threshold: threshold, Statistic: statistic = "", Period = 60 } = alarm;
    const isWatched = plan.series.some(({ metric }) => metric === alarm.MetricName);
    if (!isWatched || threshold === undefined || serviceOf(alarm)?.id !== serviceId) return [];
    const isScaled = SUMS.has(statistic) && Period !== periodSeconds;
    const value = isScaled ? (threshold * periodSeconds) / Period : threshold;
    const inPeriod = (sum: number, seconds: number) =>
      texts.inPeriod(formatValue(sum, plan.unit), periodText(seconds));
    const scaled = isScaled ? texts.scaled(inPeriod(threshold, Period), inPeriod(value, periodSeconds)) : "";
    return [
      {
        value,
        title: name,
        about: `${name}: ${conditionText(alarm)}${scaled}`,
        href: `#/alarms?${new URLSearchParams({ alarm: name })}`,
      },
    ];
  });
}
