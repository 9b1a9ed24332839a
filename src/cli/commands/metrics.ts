/** `slipway metrics`: the last hour of a service as one line each: a chart, what it was last, and the most of it. */
import { Command } from "commander";
import type { MonitoringType } from "../../contract/operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { resolveService, type ServiceReference } from "../service-reference.ts";
import { blocks } from "../simulation-chart.ts";
import { paint } from "../style.ts";
import { renderTable } from "../table.ts";
import { parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

interface MetricsOptions extends JsonOption {
  readonly since: string;
}

type Result = Wire<MonitoringType<"MetricDataResult">>;

interface Row {
  readonly id: string;
  readonly title: string;
  readonly metric: string;
  readonly statistic: string;
  readonly unit: string;
}

const ROWS: readonly Row[] = [
  { id: "requests", title: "requests", metric: "Requests", statistic: "Sum", unit: "" },
  { id: "ok", title: "2xx", metric: "2xxStatusResponses", statistic: "Sum", unit: "" },
  { id: "refused", title: "4xx", metric: "4xxStatusResponses", statistic: "Sum", unit: "" },
  { id: "failed", title: "5xx", metric: "5xxStatusResponses", statistic: "Sum", unit: "" },
  { id: "half", title: "latency p50", metric: "RequestLatency", statistic: "p50", unit: " ms" },
  { id: "most", title: "latency p99", metric: "RequestLatency", statistic: "p99", unit: " ms" },
  { id: "concurrency", title: "concurrency", metric: "Concurrency", statistic: "Maximum", unit: "" },
  { id: "active", title: "active instances", metric: "ActiveInstances", statistic: "Maximum", unit: "" },
  { id: "provisioned", title: "instances", metric: "ProvisionedInstances", statistic: "Maximum", unit: "" },
  { id: "processor", title: "CPU", metric: "CPUUtilization", statistic: "Average", unit: " %" },
  { id: "memory", title: "memory", metric: "MemoryUtilization", statistic: "Average", unit: " %" },
];
const CHART_WIDTH = 40;
const MINUTE_S = 60;
/** A point for each character and some more; periods are whole minutes, and a day at most. */
const POINTS = 60;
const DAY_S = 86_400;

export const metricsCommand: CommandFactory = (context) =>
  new Command("metrics")
    .description("show how a service is doing: requests, latencies, instances, CPU and memory")
    .argument("<service>", "name or ARN")
    .option("--since <time>", "from then on: 15m, 12h, 7d or 2026-11-20", "1h")
    .option("--json", "print JSON: GetMetricData's MetricDataResults, oldest first")
    .addHelpText("after", examples("metrics shop", "metrics shop --since 1d", "metrics shop --json"))
    .action(async (name: string, options: MetricsOptions, command: Command) => {
      const client = await context.connect(command);
      const service = await resolveService(client, name);
      const endS = Math.floor(context.io.now() / 1000);
      const span = spanOf(parseSince(options.since, context.io.now()) / 1000, endS);
      const results = await readMetrics(client, service, span);
      if (options.json === true) return printJson(context, results);
      if (results.every(({ Values }) => (Values ?? []).length === 0)) {
        return context.io.err(`Nothing was measured of ${service.name} in this time.`);
      }
      for (const line of render(context, results, span)) context.io.out(line);
    });

interface Span {
  readonly startS: number;
  readonly endS: number;
  readonly periodS: number;
}

function spanOf(sinceS: number, endS: number): Span {
  const periodS = Math.min(DAY_S, Math.max(1, Math.ceil((endS - sinceS) / POINTS / MINUTE_S)) * MINUTE_S);
  return { startS: Math.floor(sinceS / periodS) * periodS, endS, periodS };
}

async function readMetrics(
  client: Client,
  service: ServiceReference,
  { startS, endS, periodS }: Span,
): Promise<readonly Result[]> {
  const Dimensions = [
    { Name: "ServiceName", Value: service.name },
    { Name: "ServiceID", Value: service.arn.split("/").at(-1) ?? "" },
  ];
  const reply = await client.call("GraniteServiceVersion20100801.GetMetricData", {
    MetricDataQueries: ROWS.map(({ id, title, metric: MetricName, statistic: Stat }) => ({
      Id: id,
      Label: title,
      MetricStat: { Metric: { Namespace: "AWS/AppRunner", MetricName, Dimensions }, Period: periodS, Stat },
    })),
    StartTime: startS,
    EndTime: endS,
    ScanBy: "TimestampAscending",
  });
  return reply.MetricDataResults ?? [];
}

/** Of the last period that is whole, and the most of all. */
function render({ io }: CliContext, results: readonly Result[], span: Span): readonly string[] {
  const count = Math.max(1, Math.ceil((span.endS - span.startS) / span.periodS));
  const whole = Math.floor((span.endS - span.startS) / span.periodS) - 1;
  const rows = ROWS.flatMap((row) => {
    const values = valuesByPeriod(results, row.id, span);
    return values.size === 0 ? [] : [{ ...row, values, most: Math.max(...values.values()) }];
  });
  const chart = (values: ReadonlyMap<number, number>, most: number) =>
    blocks(
      Array.from({ length: count }, (_, index) => values.get(index) ?? 0),
      CHART_WIDTH,
      most,
    );
  const minutes = span.periodS / MINUTE_S;
  const last = minutes === 1 ? "LAST MINUTE" : `LAST ${minutes} MIN`;
  return renderTable(rows, [
    { title: paint(io, "dim", "METRIC"), cell: ({ title }) => title },
    { title: "", cell: ({ values, most }) => paint(io, "cyan", chart(values, most)) },
    {
      title: paint(io, "dim", last),
      isNumber: true,
      cell: ({ values, unit }) => shown(values.get(whole), unit),
    },
    { title: paint(io, "dim", "MOST"), isNumber: true, cell: ({ most, unit }) => shown(most, unit) },
  ]);
}

/** Number of the period → value. */
function valuesByPeriod(
  results: readonly Result[],
  id: string,
  { startS, periodS }: Span,
): ReadonlyMap<number, number> {
  const { Timestamps = [], Values = [] } = results.find(({ Id }) => Id === id) ?? {};
  return new Map(Timestamps.map((atS, index) => [Math.floor((atS - startS) / periodS), Values[index] ?? 0]));
}

function shown(value: number | undefined, unit: string): string {
  if (value === undefined) return "–";
  return `${Number.isInteger(value) ? value : value.toFixed(1)}${unit}`;
}
