/** `slipway alarms`: which there are, what became of one, and taking them away. They are made with CloudWatch's clients. */
import { Command } from "commander";
import type { MonitoringType } from "../../contract/operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { paint, printable } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo, formatTimestamp } from "../time.ts";
import {
  type CommandFactory,
  type ConfirmOption,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
} from "./shared.ts";

type Alarm = Wire<MonitoringType<"MetricAlarm">>;

const HISTORY_LINES = 10;
const COLOURS = { OK: "green", ALARM: "red", INSUFFICIENT_DATA: "yellow" } as const;
const SIGNS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: "≥",
  GreaterThanThreshold: ">",
  LessThanThreshold: "<",
  LessThanOrEqualToThreshold: "≤",
};

const INSTANCE_ID = "InstanceID";

export const alarmsCommand: CommandFactory = (context) =>
  new Command("alarms")
    .description("list alarms of metrics, see what became of one, delete them")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(describeCommand(context))
    .addCommand(removeCommand(context))
    .addHelpText(
      "after",
      `${examples("alarms", "alarms describe shop-errors", "alarms rm shop-errors")}\n\nMake one with \`aws cloudwatch put-metric-alarm\`: see docs/alarms.md.`,
    );

const listCommand: CommandFactory = (context) =>
  new Command("ls")
    .description("list all alarms, by name")
    .option("--json", "print JSON: DescribeAlarms' MetricAlarms")
    .action(async (options: JsonOption, command: Command) => {
      const alarms = await listAlarms(await context.connect(command));
      if (options.json === true) return printJson(context, alarms);
      if (alarms.length === 0) return context.io.err("No alarms. docs/alarms.md tells how to make one.");
      for (const line of renderAlarms(context, alarms)) context.io.out(line);
    });

const describeCommand: CommandFactory = (context) =>
  new Command("describe")
    .description("show what an alarm is about, and its last changes")
    .argument("<alarm>", "its name")
    .option("--json", "print JSON: the alarm and its AlarmHistoryItems")
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const alarm = await findAlarm(client, name);
      const { AlarmHistoryItems: history = [] } = await client.call(
        "GraniteServiceVersion20100801.DescribeAlarmHistory",
        { AlarmName: name, MaxRecords: HISTORY_LINES },
      );
      if (options.json === true) return printJson(context, { ...alarm, AlarmHistoryItems: history });
      for (const line of factsOf(context, alarm)) context.io.out(line);
      if (history.length > 0) context.io.out("");
      for (const { Timestamp = 0, HistorySummary = "" } of history) {
        context.io.out(`${formatTimestamp(Timestamp * 1000)}  ${printable(HistorySummary)}`);
      }
    });

const removeCommand: CommandFactory = (context) =>
  new Command("rm")
    .description("delete alarms")
    .argument("<alarm...>", "their names")
    .option("--yes", "do not ask")
    .action(async (names: readonly string[], options: ConfirmOption, command: Command) => {
      const client = await context.connect(command);
      for (const name of names) await findAlarm(client, name);
      if (options.yes !== true) {
        await confirmDeletion(context, `the alarm${names.length === 1 ? "" : "s"} ${names.join(", ")}`, "");
      }
      await client.call("GraniteServiceVersion20100801.DeleteAlarms", { AlarmNames: names });
      context.io.err(names.length === 1 ? "The alarm is deleted." : `${names.length} alarms are deleted.`);
    });

async function listAlarms(client: Client): Promise<readonly Alarm[]> {
  const alarms: Alarm[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("GraniteServiceVersion20100801.DescribeAlarms", {
      MaxRecords: 100,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    alarms.push(...(page.MetricAlarms ?? []));
    token = page.NextToken;
  } while (token !== undefined);
  return alarms;
}

async function findAlarm(client: Client, name: string): Promise<Alarm> {
  const reply = await client.call("GraniteServiceVersion20100801.DescribeAlarms", { AlarmNames: [name] });
  const [alarm] = reply.MetricAlarms ?? [];
  if (alarm !== undefined) return alarm;
  throw new CliFailure(`There is no alarm ${printable(name)}.`, { hint: "See `slipway alarms`." });
}

function renderAlarms({ io }: CliContext, alarms: readonly Alarm[]): readonly string[] {
  return renderTable(alarms, [
    { title: paint(io, "dim", "ALARM"), cell: ({ AlarmName }) => printable(AlarmName) },
    { title: paint(io, "dim", "STATE"), cell: ({ StateValue }) => stateOf(io, StateValue) },
    {
      title: paint(io, "dim", "SINCE"),
      cell: ({ StateTransitionedTimestamp: since }) => formatAgo(since, io.now()),
    },
    { title: paint(io, "dim", "WHEN"), cell: conditionOf },
  ]);
}

function stateOf(io: CliContext["io"], state: Alarm["StateValue"]): string {
  return state === undefined ? "" : paint(io, COLOURS[state], state);
}

/** `Sum Requests of shop > 100, 2 of 3 periods of 60 s` */
function conditionOf(alarm: Alarm): string {
  const { EvaluationPeriods: periods = 1, DatapointsToAlarm: needed = periods, Period, Threshold } = alarm;
  const times = needed === periods ? String(periods) : `${needed} of ${periods}`;
  const span = Period === undefined ? "" : ` of ${Period} s`;
  const sign = SIGNS[alarm.ComparisonOperator ?? ""] ?? "";
  return printable(
    `${measureOf(alarm)} ${sign} ${Threshold}, ${times} period${periods === 1 ? "" : "s"}${span}`,
  );
}

function measureOf({
  Metrics = [],
  MetricName,
  Statistic,
  ExtendedStatistic,
  Dimensions = [],
}: Alarm): string {
  if (MetricName === undefined)
    return Metrics.find(({ ReturnData }) => ReturnData === true)?.Expression ?? "";
  const service = Dimensions.find(({ Name }) => Name === "ServiceName")?.Value;
  // The id says no more than the name; what else there is says of which part of the service.
  const parts = Dimensions.filter(({ Name }) => Name !== "ServiceName" && Name !== "ServiceID");
  const whose = [
    ...(service === undefined ? [] : [` of ${service}`]),
    ...parts.map(({ Name, Value }) =>
      Name === INSTANCE_ID ? `, instance ${Value.slice(0, 8)}` : `, ${Name} ${Value}`,
    ),
  ];
  return `${Statistic ?? ExtendedStatistic} ${MetricName}${whose.join("")}`;
}

function factsOf({ io }: CliContext, alarm: Alarm): readonly string[] {
  const actions = (names: readonly string[] | undefined) => printable((names ?? []).join(", "));
  return renderFacts([
    ["Alarm", printable(alarm.AlarmName)],
    ["Description", printable(alarm.AlarmDescription ?? "")],
    ["State", `${stateOf(io, alarm.StateValue)} ${formatAgo(alarm.StateTransitionedTimestamp, io.now())}`],
    ["Reason", printable(alarm.StateReason ?? "")],
    ["When", conditionOf(alarm)],
    ["Missing data", alarm.TreatMissingData ?? "missing"],
    ["Actions", alarm.ActionsEnabled === false ? "disabled" : undefined],
    ["Tells at ALARM", actions(alarm.AlarmActions)],
    ["Tells at OK", actions(alarm.OKActions)],
    ["Tells without data", actions(alarm.InsufficientDataActions)],
    ["ARN", alarm.AlarmArn],
  ]);
}
