/** `slipway usage`: what services used, what App Runner would have charged for it, and what it costs here. */
import { Command, Option } from "commander";
import type { SlipwayOperationTypes, Usage } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { resolveService } from "../service-reference.ts";
import { paint } from "../style.ts";
import { type Column, renderTable } from "../table.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { renderUsageCsv, type UsageOfService } from "../usage-csv.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type Granularity = "hour" | "day" | "month";
type UsageReply = Wire<SlipwayOperationTypes["GetUsage"]["output"]>;

interface UsageOptions extends JsonOption {
  readonly since?: string;
  readonly by: Granularity;
  readonly csv?: boolean;
}

/** As much as is looked at together; days are those of this month. */
const DEFAULT_SINCE: Readonly<Record<Granularity, string | undefined>> = {
  hour: "1d",
  day: undefined,
  month: "365d",
};
/** How much of "2026-11-20 13:00" names a period. */
const LABEL_LENGTHS: Readonly<Record<Granularity, number>> = { hour: 16, day: 10, month: 7 };
const BAR_WIDTH = 12;
/** Of a character: an eighth to all of it. */
const BAR_PARTS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

export const usageCommand: CommandFactory = (context) =>
  new Command("usage")
    .description("show what services used, and what App Runner would have charged")
    .argument("[service]", "name or ARN (a deleted service: its ARN); left out, all services")
    .option("--since <time>", "from then on: 7d, 12h, 2026-11 or 2026-11-20; left out, this month (UTC)")
    .addOption(
      new Option("--by <period>", "one line for each").choices(["hour", "day", "month"]).default("day"),
    )
    .option("--json", "print JSON: GetUsage's reply")
    .addOption(
      new Option("--csv", "print CSV: a row for each service and period; costs are in dollars").conflicts(
        "json",
      ),
    )
    .addHelpText(
      "after",
      examples(
        "usage",
        "usage shop --since 7d",
        "usage shop --by hour",
        "usage --since 2026-01 --by month --json",
        "usage --since 2026-11 --csv > november.csv",
      ),
    )
    .action(async (name: string | undefined, options: UsageOptions, command: Command) => {
      const client = await context.connect(command);
      const service = name === undefined ? null : await resolveService(client, name);
      const since = options.since ?? DEFAULT_SINCE[options.by];
      const time = {
        Granularity: options.by.toUpperCase() as Uppercase<Granularity>,
        ...(since === undefined ? {} : { StartTime: parseSince(since, context.io.now()) / 1000 }),
      };
      const reply = await client.call("Slipway.GetUsage", {
        ...time,
        ...(service === null ? {} : { ServiceArn: service.arn }),
      });
      if (options.json === true) return printJson(context, reply);
      if (options.csv === true) {
        const services = await eachAlone(client, reply, time);
        for (const line of renderUsageCsv(services)) context.io.out(line);
        return;
      }
      if (reply.Periods.length === 0) {
        return context.io.err(`Nothing was used since ${labelOf(reply.StartTime, "day")} (UTC).`);
      }
      for (const line of render(context, reply, options.by, name === undefined)) context.io.out(line);
    });

type Client = Awaited<ReturnType<CliContext["connect"]>>;

/** The reply for all has periods of all together. Over the same time, so that shares of the machine are of the same. */
async function eachAlone(
  client: Client,
  { Services, EndTime }: UsageReply,
  time: { readonly Granularity: Uppercase<Granularity>; readonly StartTime?: number },
): Promise<readonly UsageOfService[]> {
  const services: UsageOfService[] = [];
  for (const { ServiceName: name, ServiceArn: arn } of Services) {
    const reply = await client.call("Slipway.GetUsage", { ...time, EndTime, ServiceArn: arn });
    services.push({ name, arn, periods: reply.Periods });
  }
  return services;
}

interface Row {
  readonly label: string;
  readonly usage: Wire<Usage>;
  /** Empty in the last line. */
  readonly bar: string;
}

function render({ io }: CliContext, reply: UsageReply, by: Granularity, isOfAll: boolean): readonly string[] {
  const periods = reply.Periods.map(({ StartTime, Usage: usage }) => ({
    label: labelOf(StartTime, by),
    usage,
  }));
  const services = reply.Services.map(({ ServiceName: name, Status: status, Usage: usage }) => ({
    label: status === "DELETED" ? `${name} (deleted)` : name,
    usage,
  }));
  const total = { label: "total", usage: reply.Total, bar: "" };
  const hasPrice = reply.MachineMonthPrice !== undefined;
  return [
    ...renderTable([...withBars(periods), total], columns(io, `${by.toUpperCase()} (UTC)`, hasPrice)),
    ...(isOfAll ? ["", ...renderTable(withBars(services), columns(io, "SERVICE", hasPrice))] : []),
    "",
    ...verdict(reply),
  ];
}

/** `hasPrice`: it is known what the machine costs. */
function columns(io: CliContext["io"], title: string, hasPrice: boolean): readonly Column<Row>[] {
  const number = (name: string, cell: (usage: Wire<Usage>) => string): Column<Row> => ({
    title: paint(io, "dim", name),
    cell: ({ usage }) => cell(usage),
    isNumber: true,
  });
  return [
    { title: paint(io, "dim", title), cell: ({ label }) => label },
    number("PROVISIONED", ({ ProvisionedInstanceHours: hours }) => `${hours.toFixed(2)} h`),
    number("ACTIVE", ({ ActiveInstanceHours: hours }) => `${hours.toFixed(2)} h`),
    number("VCPU-HOURS", ({ VcpuHours: hours }) => hours.toFixed(2)),
    number("GB-HOURS", ({ GbHours: hours }) => hours.toFixed(2)),
    number("BUILD MIN", ({ BuildMinutes: minutes }) => minutes.toFixed(1)),
    number("EGRESS", ({ EgressBytes: bytes }) => formatBytes(bytes)),
    number("REQUESTS", ({ Requests: count }) => String(count)),
    number("STARTS", ({ InstanceStarts: count }) => String(count)),
    number("COST", ({ Cost: cost }) => dollars(cost)),
    ...(hasPrice ? [number("HERE", ({ MachineCost: cost = 0 }) => dollars(cost))] : []),
    { title: "", cell: ({ bar }) => paint(io, "cyan", bar) },
  ];
}

function withBars(rows: readonly Omit<Row, "bar">[]): readonly Row[] {
  const highest = Math.max(...rows.map(({ usage }) => usage.Cost));
  return rows.map(({ label, usage }) => ({
    label,
    usage,
    bar: bar(highest === 0 ? 0 : usage.Cost / highest),
  }));
}

/** What is not zero can be seen. */
function bar(share: number): string {
  const eighths = Math.ceil(share * BAR_WIDTH * BAR_PARTS.length);
  return "█".repeat(Math.floor(eighths / BAR_PARTS.length)) + (BAR_PARTS[eighths % BAR_PARTS.length] ?? "");
}

function verdict({
  Total: total,
  Services: services,
  MachineMonthPrice: machinePrice,
  UnverifiedPrices,
}: UsageReply) {
  const { Cost: cost, MachineCost: here = 0 } = total;
  const lines = [`App Runner would have charged ${dollars(cost)}.`, ...savings(total)];
  if (machinePrice !== undefined) {
    lines.push(
      `Here it is ${dollars(here)} of the ${dollars(machinePrice)} that this machine costs a month.`,
    );
  }
  if ([total, ...services.map(({ Usage: usage }) => usage)].some(isActiveAbove)) {
    lines.push(
      "ACTIVE may be above PROVISIONED: each start and each first request counts a minute at least, as at App Runner.",
    );
  }
  if (hasUnverifiedFees(total, UnverifiedPrices)) {
    lines.push(
      "App Runner's prices for build minutes and automatic deployments are commonly quoted, not verified.",
    );
  }
  return lines;
}

/** As far as the table shows it. */
function isActiveAbove({ ActiveInstanceHours: active, ProvisionedInstanceHours: provisioned }: Wire<Usage>) {
  return Number(active.toFixed(2)) > Number(provisioned.toFixed(2));
}

/** In its first minutes a service may cost more than one that is always active: App Runner counts whole minutes. */
function savings({ Cost: cost, AlwaysActiveCost: always }: Wire<Usage>): readonly string[] {
  if (always <= cost) return [];
  const saved = `${(100 * (1 - cost / always)).toFixed(0)} % saved`;
  return [`Always active it would be ${dollars(always)}: ${saved}.`];
}

function hasUnverifiedFees(total: Wire<Usage>, unverified: readonly string[]): boolean {
  const { BuildMinutes: minutes, AutomaticDeploymentMonths: months } = total;
  return unverified.length > 0 && minutes + months > 0;
}

const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB"] as const;

/** Of 1024, as the bill has it. */
function formatBytes(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  return `${(bytes / 1024 ** power).toFixed(power === 0 ? 0 : 1)} ${BYTE_UNITS[power] ?? "B"}`;
}

/** Fractions of a cent matter for a small service. */
function dollars(amount: number): string {
  return `$${amount.toFixed(amount < 1 ? 4 : 2)}`;
}

function labelOf(startS: number, by: Granularity): string {
  return formatTimestamp(startS * 1000)
    .replace("T", " ")
    .slice(0, LABEL_LENGTHS[by]);
}
