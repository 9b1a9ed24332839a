/** What one service or all of them used, in pictures, tables and dollars. */
import Button from "@cloudscape-design/components/button";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { call } from "../../api/call.ts";
import { useRead } from "../../api/queries.ts";
import { PagePending } from "../../app/page-states.tsx";
import { UnreadAlert } from "../unread-alert.tsx";
import { usage as texts } from "../../texts.ts";
import { useAddressWords } from "../address.ts";
import { ChartCard } from "../charts/chart-card.tsx";
import { ChartHover } from "../charts/chart-hover.ts";
import type { ChartSeries } from "../charts/series.ts";
import { useNow } from "../now.ts";
import { EmptyList } from "../resource-table-states.tsx";
import { saveFile } from "../save-file.ts";
import {
  type CostPart,
  costParts,
  type Measure,
  MEASURES,
  type NamedUsage,
  pointsOf,
  SERVICE_COLORS,
  seriesByService,
  USAGE_RANGES,
  type UsageReply,
  type UsageSpan,
  usageCsv,
  usageSpan,
} from "./usage-data.ts";
import { UsagePrices } from "./usage-prices.tsx";
import { PeriodTable, ServiceTable } from "./usage-tables.tsx";
import { UsageTotals } from "./usage-totals.tsx";

/** Usage is written each minute. */
const REFRESH_MS = 60_000;

export interface UsageViewProps {
  /** Null: all services, deleted ones too. */
  readonly service: { readonly arn: string; readonly name: string } | null;
}

export function UsageView({ service }: UsageViewProps) {
  const address = useAddressWords();
  const nowMs = useNow(REFRESH_MS);
  const range = USAGE_RANGES.find((one) => one === address.get("last")) ?? "month";
  const span = usageSpan(range, nowMs);
  const time = { StartTime: span.startMs / 1_000, Granularity: span.granularity };
  const { data, error, refetch } = useRead(
    "Slipway.GetUsage",
    service === null ? time : { ...time, ServiceArn: service.arn },
    { everyMs: REFRESH_MS, keepsFormer: true },
  );
  const ofServices = useServices(service === null ? data : undefined, time);
  return (
    <SpaceBetween size="m">
      <SpaceBetween direction="horizontal" size="s" alignItems="end">
        <SegmentedControl
          label={texts.range}
          selectedId={range}
          options={USAGE_RANGES.map((id) => ({ id, text: texts.ranges[id] }))}
          onChange={({ detail }) => address.change({ last: detail.selectedId })}
        />
        <Button
          iconName="download"
          disabled={data === undefined || data.Periods.length === 0}
          onClick={() => void download(service, data, time)}
        >
          {texts.download}
        </Button>
      </SpaceBetween>
      {error === null ? null : (
        <UnreadAlert failed={texts.failed} message={error.message} onRetry={refetch} />
      )}
      {data === undefined && error === null ? <PagePending /> : null}
      {data === undefined ? null : (
        <Report reply={data} span={span} services={service === null ? ofServices : null} />
      )}
    </SpaceBetween>
  );
}

interface Time {
  readonly StartTime: number;
  readonly Granularity: UsageSpan["granularity"];
}

/** The costly ones, each alone: the reply for all has their periods together. */
function useServices(reply: UsageReply | undefined, time: Time): readonly NamedUsage[] {
  const costly = (reply?.Services ?? []).slice(0, SERVICE_COLORS.length);
  return useQueries({
    queries: costly.map(({ ServiceArn, ServiceName: name }) => ({
      queryKey: ["Slipway.GetUsage", { ...time, ServiceArn }],
      queryFn: ({ signal }: { readonly signal: AbortSignal }) =>
        call("Slipway.GetUsage", { ...time, ServiceArn }, signal),
      refetchInterval: REFRESH_MS,
      select: ({ Periods: periods }: UsageReply): NamedUsage => ({ name, periods }),
    })),
    combine: (answers) => answers.flatMap(({ data }) => data ?? []),
  });
}

/** Over the same time, so that shares of the machine are of the same. */
async function download(
  service: UsageViewProps["service"],
  reply: UsageReply | undefined,
  time: Time,
): Promise<void> {
  if (reply === undefined) return;
  const rows: NamedUsage[] = [];
  if (service !== null) rows.push({ name: service.name, periods: reply.Periods });
  else {
    for (const { ServiceArn, ServiceName: name } of reply.Services) {
      const alone = await call("Slipway.GetUsage", { ...time, EndTime: reply.EndTime, ServiceArn });
      rows.push({ name, periods: alone.Periods });
    }
  }
  const day = new Date(time.StartTime * 1_000).toISOString().slice(0, 10);
  saveFile(`${service?.name ?? "slipway"}-usage-since-${day}.csv`, [usageCsv(rows)], "text/csv");
}

interface ReportProps {
  readonly reply: UsageReply;
  readonly span: UsageSpan;
  /** Null: there is only one. */
  readonly services: readonly NamedUsage[] | null;
}

function Report({ reply, span, services }: ReportProps) {
  const [hover] = useState(() => new ChartHover());
  const drawn = useMemo(
    () =>
      MEASURES.map((measure) => ({
        measure,
        series:
          services === null
            ? seriesOfOne(measure, reply)
            : seriesByService(measure, reply.Periods, services, texts.others),
      })),
    [reply, services],
  );
  if (reply.Periods.length === 0) {
    return (
      <SpaceBetween size="m">
        <EmptyList title={texts.nothingTitle} text={texts.nothingText} />
        <UsagePrices reply={reply} />
      </SpaceBetween>
    );
  }
  const endMs = Math.max(reply.EndTime * 1_000, span.startMs + span.periodMs);
  return (
    <SpaceBetween size="m">
      <UsageTotals reply={reply} />
      <div className="charts">
        {drawn.map(({ measure: { id, unit }, series }) => (
          <ChartCard
            key={id}
            title={texts.measures[id][0]}
            description={texts.measures[id][1]}
            fileName={`usage-${id}`}
            shape="bars"
            unit={unit}
            series={series}
            span={{ startMs: span.startMs, endMs }}
            periodMs={span.periodMs}
            hover={hover}
            isUtc
          />
        ))}
      </div>
      {services === null ? null : <ServiceTable reply={reply} />}
      <PeriodTable reply={reply} />
      <UsagePrices reply={reply} />
    </SpaceBetween>
  );
}

const COST_COLORS: Readonly<Record<CostPart, string>> = {
  memory: "var(--chart-1)",
  processor: "var(--chart-2)",
  builds: "var(--chart-3)",
  automatic: "var(--chart-4)",
  egress: "var(--chart-5)",
};

function seriesOfOne(measure: Measure, reply: UsageReply): readonly ChartSeries[] {
  if (measure.id !== "cost") {
    const title = texts.measures[measure.id][0];
    return [{ id: measure.id, title, color: "var(--chart-1)", points: pointsOf(measure, reply.Periods) }];
  }
  return (Object.keys(COST_COLORS) as CostPart[])
    .map((part) => ({
      id: part,
      title: texts.costParts[part],
      color: COST_COLORS[part],
      points: reply.Periods.map(({ StartTime, Usage }) => ({
        atMs: StartTime * 1_000,
        value: costParts(Usage, reply)[part],
      })),
    }))
    .filter(({ points }) => points.some(({ value }) => value > 0));
}
