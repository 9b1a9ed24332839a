/** What an alarm watches in the last hours, with the threshold over it. */
import Box from "@cloudscape-design/components/box";
import { useMemo, useState } from "react";
import { useRead } from "../../api/queries.ts";
import { formatValue } from "../../parts/charts/axis.ts";
import { ChartHover } from "../../parts/charts/chart-hover.ts";
import { pointsOf } from "../../parts/charts/series.ts";
import { TimeChart } from "../../parts/charts/time-chart.tsx";
import { aligned } from "../../parts/charts/time-range.ts";
import { useNow } from "../../parts/now.ts";
import { readRefusal } from "../../parts/refusal.ts";
import { useSettled } from "../../parts/use-settled.ts";
import { alarms as texts } from "../../texts.ts";
import {
  type AlarmDraft,
  chartQueries,
  hoursShown,
  thresholdOf,
  watchedText,
  watchedUnit,
} from "./alarm-data.ts";
import type { MetricQuery } from "./alarm-math.ts";

const REFRESH_MS = 10_000;
const QUERIES = "MetricDataQueries";
const HOUR_MS = 3_600_000;

/** Nothing while something is missing; an expression is asked about once nobody types. */
export function AlarmChart({ draft }: { readonly draft: AlarmDraft }) {
  const text = useSettled(JSON.stringify(chartQueries(draft)));
  const queries = useMemo(() => JSON.parse(text) as readonly MetricQuery[] | null, [text]);
  return queries === null ? null : <Drawn draft={draft} queries={queries} />;
}

function Drawn({ draft, queries }: { readonly draft: AlarmDraft; readonly queries: readonly MetricQuery[] }) {
  const { periodS } = draft;
  const [hover] = useState(() => new ChartHover());
  const nowMs = useNow(REFRESH_MS);
  const hours = hoursShown(periodS);
  const span = aligned({ startMs: nowMs - hours * HOUR_MS, endMs: nowMs }, periodS);
  const unit = watchedUnit(draft);
  const { data, error } = useRead(
    "GraniteServiceVersion20100801.GetMetricData",
    {
      MetricDataQueries: queries,
      StartTime: span.startMs / 1_000,
      EndTime: span.endMs / 1_000,
      ScanBy: "TimestampAscending",
    },
    { everyMs: REFRESH_MS, keepsFormer: true },
  );
  const threshold = thresholdOf(draft.threshold);
  const title = watchedText(draft);
  const id = queries[0]?.Id ?? "";
  if (error !== null && draft.math !== null) {
    const { at, rest } = readRefusal(error.message, [QUERIES]);
    return <Box color="text-status-error">{at[QUERIES] ?? rest}</Box>;
  }
  return (
    <TimeChart
      title={`${title}. ${texts.chart(hours)}`}
      shape="lines"
      unit={unit}
      series={[{ id, title, color: "var(--chart-1)", points: pointsOf(data?.MetricDataResults ?? [], id) }]}
      span={span}
      periodMs={periodS * 1_000}
      hover={hover}
      isOfThresholds
      {...(threshold === null
        ? {}
        : { thresholds: [{ value: threshold, title: texts.threshold(formatValue(threshold, unit)) }] })}
    />
  );
}
