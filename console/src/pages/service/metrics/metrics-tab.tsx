/** How a service is doing and was: requests, latencies, instances, what they use, and what was deployed when. */
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";
import { useRead, useReadAll } from "../../../api/queries.ts";
import { PagePending } from "../../../app/page-states.tsx";
import { type AddressWords, useAddressWords } from "../../../parts/address.ts";
import { ChartCard } from "../../../parts/charts/chart-card.tsx";
import { ChartHover } from "../../../parts/charts/chart-hover.ts";
import { deploymentMarks } from "../../../parts/charts/deployment-marks.ts";
import type { ChartZoom } from "../../../parts/charts/chart-slider.tsx";
import type { ChartSeries } from "../../../parts/charts/series.ts";
import {
  aligned,
  periodSeconds,
  RANGES,
  readRange,
  spanOf,
  narrowed,
  type TimeSpan,
  widened,
} from "../../../parts/charts/time-range.ts";
import { exactMoment } from "../../../parts/moment.tsx";
import { useNow } from "../../../parts/now.ts";
import { RangePicker } from "../../../parts/range-picker.tsx";
import { UnreadAlert } from "../../../parts/unread-alert.tsx";
import { logs, metrics as texts } from "../../../texts.ts";
import type { Alarm } from "../../alarms/alarm-data.ts";
import type { Service, ServiceTabProps } from "../service-tab.ts";
import { alarmLines } from "./alarm-lines.ts";
import { type ChartPlan, chartSeries, CHARTS, metricQueries } from "./metric-charts.ts";

/** What is measured is written every ten seconds. */
const REFRESH_MS = 10_000;
const NO_ALARMS: readonly Alarm[] = [];

export default function MetricsTab({ service }: ServiceTabProps) {
  const address = useAddressWords();
  const nowMs = useNow(REFRESH_MS);
  const [hover] = useState(() => new ChartHover());
  const range = useMemo(() => readRange(address.get), [address]);
  const isLive = "last" in range;
  const chosen = spanOf(range, nowMs);
  const seconds = periodSeconds(chosen, nowMs);
  const span = aligned(chosen, seconds);
  const { data, error, refetch } = useRead(
    "GraniteServiceVersion20100801.GetMetricData",
    {
      MetricDataQueries: metricQueries(service, seconds),
      StartTime: span.startMs / 1_000,
      EndTime: span.endMs / 1_000,
      ScanBy: "TimestampAscending",
    },
    { keepsFormer: true, ...(isLive ? { everyMs: REFRESH_MS } : {}) },
  );
  const marks = useMarks(service);
  const results = data?.MetricDataResults;
  const zoom: ChartZoom = {
    to: ({ startMs, endMs }) => address.change({ last: null, from: startMs, until: endMs }, { isStep: true }),
    out: () => zoom.to(widened(chosen, nowMs)),
    reset: () => address.change({ last: null, from: null, until: null }, { isStep: true }),
  };
  const alarms = useAlarms();
  const drawn = useMemo(
    () => CHARTS.map((plan) => ({ plan, series: chartSeries(plan, results ?? []) })),
    [results],
  );
  return (
    <SpaceBetween size="m">
      <Tools
        address={address}
        range={isLive ? range.last : null}
        span={chosen}
        seconds={seconds}
        zoom={zoom}
        onZoomIn={() => zoom.to(narrowed(chosen, hover.atMs()))}
      />
      {error === null ? null : (
        <UnreadAlert failed={texts.failed} message={error.message} onRetry={refetch} />
      )}
      {results === undefined && error === null ? <PagePending /> : null}
      {results === undefined ? null : (
        <>
          <NoRequests service={service} series={drawn[0]?.series ?? []} />
          <div className="charts">
            {drawn.map(({ plan, series }) => (
              <ChartCard
                key={plan.id}
                title={texts.charts[plan.id][0]}
                description={descriptionOf(plan, service)}
                fileName={`${service.ServiceName}-${plan.id}`}
                shape={plan.shape}
                unit={plan.unit}
                series={series}
                span={span}
                periodMs={seconds * 1_000}
                hover={hover}
                marks={marks}
                thresholds={alarmLines(alarms, service.ServiceId, plan, seconds)}
                zoom={zoom}
              />
            ))}
          </div>
        </>
      )}
    </SpaceBetween>
  );
}

interface ToolsProps {
  readonly address: AddressWords;
  /** Null: a piece of the past. */
  readonly range: (typeof RANGES)[number] | null;
  readonly span: TimeSpan;
  readonly seconds: number;
  readonly zoom: ChartZoom;
  readonly onZoomIn: () => void;
}

function Tools({ address, range, span, seconds, zoom, onZoomIn }: ToolsProps) {
  return (
    <SpaceBetween direction="horizontal" size="s" alignItems="center">
      <SegmentedControl
        label={texts.range}
        selectedId={range}
        options={RANGES.map((id) => ({ id, text: texts.ranges[id] }))}
        onChange={({ detail }) => address.change({ last: detail.selectedId, from: null, until: null })}
      />
      <RangePicker
        isOfMoments
        placeholder={texts.custom}
        choice={{
          last: null,
          fromMs: range === null ? span.startMs : null,
          untilMs: range === null ? span.endMs : null,
        }}
        onChange={(words) => address.change({ ...words }, { isStep: true })}
      />
      <SpaceBetween direction="horizontal" size="xxs">
        <Button iconName="zoom-in" ariaLabel={texts.zoomIn} onClick={onZoomIn} />
        <Button iconName="zoom-out" ariaLabel={texts.zoomOut} onClick={zoom.out} />
      </SpaceBetween>
      {range === null ? <Button onClick={zoom.reset}>{texts.back}</Button> : null}
      <Box color="text-body-secondary" fontSize="body-s">
        {texts.refreshed(texts.period(seconds))} · {texts.drawHint}
      </Box>
    </SpaceBetween>
  );
}

function NoRequests({
  service,
  series,
}: {
  readonly service: Service;
  readonly series: readonly ChartSeries[];
}) {
  if (series.some(({ points }) => points.some(({ value }) => value > 0))) return null;
  return (
    <Alert type="info" header={texts.noRequestsTitle}>
      {texts.noRequestsText(service.ServiceUrl ?? "")}
    </Alert>
  );
}

function descriptionOf({ id }: ChartPlan, service: Service): string {
  const memory = Number(service.InstanceConfiguration.Memory);
  return id === "memory" && memory > 0 ? texts.memoryOf(memory) : texts.charts[id][1];
}

/** Who may not read alarms sees the charts without them. */
function useAlarms(): readonly Alarm[] {
  const { data } = useReadAll("GraniteServiceVersion20100801.DescribeAlarms", {}, "MetricAlarms", {
    topics: ["alarms"],
  });
  return data ?? NO_ALARMS;
}

function useMarks(service: Service) {
  const { data } = useReadAll(
    "AppRunner.ListOperations",
    { ServiceArn: service.ServiceArn },
    "OperationSummaryList",
    { topics: [`operations/${service.ServiceId}`] },
  );
  return useMemo(
    () =>
      deploymentMarks(
        data ?? [],
        ({ type, status, atMs }) =>
          texts.mark(
            logs.operations[type] ?? type,
            status.replaceAll("_", " ").toLowerCase(),
            exactMoment(atMs / 1_000),
          ),
        (operationId) => `#/services/${service.ServiceId}/activity?operation=${operationId}`,
      ),
    [data, service.ServiceId],
  );
}
