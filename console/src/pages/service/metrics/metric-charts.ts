/** Which charts there are, and of what. Pure. */
import type { Input } from "../../../api/wire.ts";
import type { Unit } from "../../../parts/charts/axis.ts";
import { type ChartSeries, pointsOf } from "../../../parts/charts/series.ts";
import { metrics as texts } from "../../../texts.ts";

type MetricDataInput = Input<"GraniteServiceVersion20100801.GetMetricData">;
type SeriesId = keyof typeof texts.series;

interface SeriesPlan {
  readonly id: SeriesId;
  readonly metric: string;
  readonly statistic: string;
  readonly color: string;
}

export interface ChartPlan {
  readonly id: keyof typeof texts.charts;
  readonly unit: Unit;
  readonly shape: "lines" | "bars";
  readonly series: readonly SeriesPlan[];
}

function of(id: SeriesId, metric: string, statistic: string, color: string): SeriesPlan {
  return { id, metric, statistic, color: `var(--${color})` };
}

export const CHARTS: readonly ChartPlan[] = [
  {
    id: "requests",
    unit: "count",
    shape: "bars",
    series: [
      of("ok", "2xxStatusResponses", "Sum", "tone-good"),
      of("moved", "3xxStatusResponses", "Sum", "tone-calm"),
      of("refused", "4xxStatusResponses", "Sum", "tone-warning"),
      of("failed", "5xxStatusResponses", "Sum", "tone-bad"),
    ],
  },
  {
    id: "latency",
    unit: "ms",
    shape: "lines",
    series: [
      of("p50", "RequestLatency", "p50", "chart-1"),
      of("p95", "RequestLatency", "p95", "chart-2"),
      of("p99", "RequestLatency", "p99", "chart-5"),
    ],
  },
  {
    id: "instances",
    unit: "count",
    shape: "lines",
    series: [
      of("provisioned", "ProvisionedInstances", "Maximum", "chart-7"),
      of("active", "ActiveInstances", "Maximum", "chart-1"),
    ],
  },
  {
    id: "concurrency",
    unit: "count",
    shape: "lines",
    series: [
      of("concurrency", "Concurrency", "Maximum", "chart-1"),
      of("queue", "QueuedRequests", "Maximum", "chart-5"),
    ],
  },
  {
    id: "processor",
    unit: "percent",
    shape: "lines",
    series: [
      of("processor", "CPUUtilization", "Average", "chart-1"),
      of("processorMost", "CPUUtilization", "Maximum", "chart-2"),
    ],
  },
  {
    id: "memory",
    unit: "percent",
    shape: "lines",
    series: [
      of("memory", "MemoryUtilization", "Average", "chart-3"),
      of("memoryMost", "MemoryUtilization", "Maximum", "chart-2"),
    ],
  },
  { id: "egress", unit: "bytes", shape: "bars", series: [of("egress", "EgressBytes", "Sum", "chart-4")] },
];

/** All charts in one question. */
export function metricQueries(
  service: { readonly ServiceName: string; readonly ServiceId: string },
  periodSeconds: number,
): MetricDataInput["MetricDataQueries"] {
  const Dimensions = [
    { Name: "ServiceName", Value: service.ServiceName },
    { Name: "ServiceID", Value: service.ServiceId },
  ];
  return CHARTS.flatMap(({ series }) =>
    series.map(({ id, metric: MetricName, statistic: Stat }) => ({
      Id: id,
      MetricStat: {
        Metric: { Namespace: "AWS/AppRunner", MetricName, Dimensions },
        Period: periodSeconds,
        Stat,
      },
    })),
  );
}

export function chartSeries(
  { series }: ChartPlan,
  results: Parameters<typeof pointsOf>[0],
): readonly ChartSeries[] {
  return series.map(({ id, color }) => ({
    id,
    title: texts.series[id],
    color,
    points: pointsOf(results, id),
  }));
}
