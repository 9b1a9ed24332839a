/** What services used and what it would have cost, as pictures and files show it. Pure. */
import type { Output } from "../../api/wire.ts";
import type { Unit } from "../charts/axis.ts";
import { type ChartSeries, csvText } from "../charts/series.ts";

export type UsageReply = Output<"Slipway.GetUsage">;
type Usage = UsageReply["Total"];
type Period = UsageReply["Periods"][number];

export const USAGE_RANGES = ["day", "week", "month", "30d", "year"] as const;
export type UsageRange = (typeof USAGE_RANGES)[number];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface UsageSpan {
  readonly startMs: number;
  readonly granularity: "HOUR" | "DAY" | "MONTH";
  readonly periodMs: number;
}

/** Periods are of UTC, as the bill is. */
export function usageSpan(range: UsageRange, nowMs: number): UsageSpan {
  const today = Math.floor(nowMs / DAY_MS) * DAY_MS;
  const now = new Date(nowMs);
  const days = (startMs: number) => ({ startMs, granularity: "DAY", periodMs: DAY_MS }) as const;
  switch (range) {
    case "day":
      return {
        startMs: Math.floor(nowMs / HOUR_MS) * HOUR_MS - 23 * HOUR_MS,
        granularity: "HOUR",
        periodMs: HOUR_MS,
      };
    case "week":
      return days(today - 6 * DAY_MS);
    case "30d":
      return days(today - 29 * DAY_MS);
    case "month":
      return days(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 1));
    case "year":
    default:
      return {
        startMs: Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11, 1),
        granularity: "MONTH",
        periodMs: 30 * DAY_MS,
      };
  }
}

export interface Measure {
  readonly id: "cost" | "memory" | "processor" | "requests" | "egress" | "builds";
  readonly unit: Unit;
  readonly of: (usage: Usage) => number;
}

export const MEASURES: readonly Measure[] = [
  { id: "cost", unit: "dollars", of: ({ Cost }) => Cost },
  { id: "memory", unit: "plain", of: ({ GbHours }) => GbHours },
  { id: "processor", unit: "plain", of: ({ VcpuHours }) => VcpuHours },
  { id: "requests", unit: "count", of: ({ Requests }) => Requests },
  { id: "egress", unit: "bytes", of: ({ EgressBytes }) => EgressBytes },
  { id: "builds", unit: "minutes", of: ({ BuildMinutes }) => BuildMinutes },
];

export type CostPart = "memory" | "processor" | "builds" | "automatic" | "egress";

const GIBIBYTE = 2 ** 30;

/** What the cost is made of; together it is `Cost`. */
export function costParts(usage: Usage, prices: UsageReply): Readonly<Record<CostPart, number>> {
  return {
    memory: usage.GbHours * prices.GbHourPrice,
    processor: usage.VcpuHours * prices.VcpuHourPrice,
    builds: usage.BuildMinutes * prices.BuildMinutePrice,
    automatic: usage.AutomaticDeploymentMonths * prices.AutomaticDeploymentMonthPrice,
    egress: (usage.EgressBytes / GIBIBYTE) * prices.EgressGbPrice,
  };
}

export interface NamedUsage {
  readonly name: string;
  readonly periods: readonly Period[];
}

export const SERVICE_COLORS = [1, 2, 3, 4, 5, 6].map((number) => `var(--chart-${number})`);
const OTHERS_COLOR = "var(--chart-7)";

/** A series for each service, and one for what all others used. */
export function seriesByService(
  measure: Measure,
  all: readonly Period[],
  services: readonly NamedUsage[],
  othersTitle: string,
): readonly ChartSeries[] {
  const named = services.slice(0, SERVICE_COLORS.length).map(({ name, periods }, index) => ({
    id: `${index} ${name}`,
    title: name,
    color: SERVICE_COLORS[index] ?? OTHERS_COLOR,
    points: pointsOf(measure, periods),
  }));
  const known = new Map<number, number>();
  for (const { points } of named) {
    for (const { atMs, value } of points) known.set(atMs, (known.get(atMs) ?? 0) + value);
  }
  const others = pointsOf(measure, all)
    .map(({ atMs, value }) => ({ atMs, value: value - (known.get(atMs) ?? 0) }))
    .filter(({ value }) => value > 1e-9);
  if (others.length === 0) return named;
  return [...named, { id: "others", title: othersTitle, color: OTHERS_COLOR, points: others }];
}

export function pointsOf(measure: Measure, periods: readonly Period[]): ChartSeries["points"] {
  return periods.map(({ StartTime, Usage }) => ({ atMs: StartTime * 1_000, value: measure.of(Usage) }));
}

/** Less than nothing is not saved: in its first minutes a service may cost more than one that is always active. */
export function savedPercent({ Cost, AlwaysActiveCost }: Usage): number | null {
  return AlwaysActiveCost > Cost ? 100 * (1 - Cost / AlwaysActiveCost) : null;
}

const COLUMNS = [
  ["provisioned_instance_hours", "ProvisionedInstanceHours"],
  ["active_instance_hours", "ActiveInstanceHours"],
  ["vcpu_hours", "VcpuHours"],
  ["gb_hours", "GbHours"],
  ["build_minutes", "BuildMinutes"],
  ["automatic_deployment_months", "AutomaticDeploymentMonths"],
  ["requests", "Requests"],
  ["egress_bytes", "EgressBytes"],
  ["instance_starts", "InstanceStarts"],
  ["app_runner_cost_usd", "Cost"],
  ["always_active_cost_usd", "AlwaysActiveCost"],
  ["machine_cost_usd", "MachineCost"],
] as const satisfies readonly (readonly [string, keyof Usage])[];

/** The same file as `slipway usage --csv` writes, but for the ARN. */
export function usageCsv(services: readonly NamedUsage[]): string {
  const rows = services.flatMap(({ name, periods }) =>
    periods.map(({ StartTime, Usage: usage }) => [
      new Date(StartTime * 1_000).toISOString(),
      name,
      ...COLUMNS.map(([, member]) => cell(usage[member])),
    ]),
  );
  return csvText([["period_start", "service", ...COLUMNS.map(([name]) => name)], ...rows]);
}

function cell(value: number | undefined): number | string {
  return value === undefined ? "" : Number(value.toFixed(9));
}
