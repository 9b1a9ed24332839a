/** `slipway usage`: what services used, and what App Runner would have charged for it. */
import { Command, Option } from "commander";
import type { SlipwayOperationTypes, Usage } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { resolveService } from "../service-reference.ts";
import { paint } from "../style.ts";
import { type Column, renderTable } from "../table.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type Granularity = "hour" | "day" | "month";
type UsageReply = Wire<SlipwayOperationTypes["GetUsage"]["output"]>;

interface UsageOptions extends JsonOption {
  readonly since?: string;
  readonly by: Granularity;
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
    .addHelpText(
      "after",
      examples(
        "usage",
        "usage shop --since 7d",
        "usage shop --by hour",
        "usage --since 2026-01 --by month --json",
      ),
    )
    .action(async (name: string | undefined, options: UsageOptions, command: Command) => {
      const client = await context.connect(command);
      const service = name === undefined ? null : await resolveService(client, name);
      const since = options.since ?? DEFAULT_SINCE[options.by];
      const reply = await client.call("Slipway.GetUsage", {
        Granularity: options.by.toUpperCase() as Uppercase<Granularity>,
        ...(service === null ? {} : { ServiceArn: service.arn }),
        ...(since === undefined ? {} : { StartTime: parseSince(since, context.io.now()) / 1000 }),
      });
      if (options.json === true) return printJson(context, reply);
      if (reply.Periods.length === 0) {
        return context.io.err(`Nothing was used since ${labelOf(reply.StartTime, "day")} (UTC).`);
      }
      for (const line of render(context, reply, options.by, name === undefined)) context.io.out(line);
    });

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
  return [
    ...renderTable([...withBars(periods), total], columns(io, `${by.toUpperCase()} (UTC)`)),
    ...(isOfAll ? ["", ...renderTable(withBars(services), columns(io, "SERVICE"))] : []),
    "",
    ...verdict(reply.Total),
  ];
}

function columns(io: CliContext["io"], title: string): readonly Column<Row>[] {
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
    number("REQUESTS", ({ Requests: count }) => String(count)),
    number("STARTS", ({ InstanceStarts: count }) => String(count)),
    number("COST", ({ Cost: cost }) => dollars(cost)),
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

function verdict({ Cost: cost, AlwaysActiveCost: always }: Wire<Usage>): readonly string[] {
  const lines = [`App Runner would have charged ${dollars(cost)}.`];
  // In its first minutes a service may cost more than one that is always active: App Runner counts whole minutes.
  if (always <= cost) return lines;
  const saved = `${(100 * (1 - cost / always)).toFixed(0)} % saved`;
  return [...lines, `Always active it would be ${dollars(always)}: ${saved}.`];
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
