/** `slipway destinations`: where events are sent, whether they arrive, and sending them again. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { EventDelivery, EventDestination, EventFilter } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { paint, printable } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatTimestamp } from "../time.ts";
import {
  type CommandFactory,
  type ConfirmOption,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
} from "./shared.ts";

interface FilterOptions {
  readonly type?: readonly string[];
  readonly service?: readonly string[];
  readonly tag?: Wire<NonNullable<EventFilter["Tag"]>>;
  readonly severity?: EventFilter["MinimumSeverity"];
}

interface AddOptions extends JsonOption, FilterOptions {
  readonly format: EventDestination["Format"];
}

interface UpdateOptions extends JsonOption, FilterOptions {
  readonly format?: EventDestination["Format"];
  readonly url?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
}

/** Short words for App Runner's and our detail types. */
const TYPES = {
  service: "AppRunner Service Status Change",
  operation: "AppRunner Service Operation Status Change",
  "instance-ended": "Slipway Instance Ended",
  "instance-health": "Slipway Instance Health Change",
  alarm: "Slipway Alarm State Change",
  certificate: "Slipway Certificate Warning",
  key: "Slipway Key Warning",
  log: "Slipway Log Warning",
  machine: "Slipway Machine Warning",
} as const;

const PRIVATE_TARGETS = `

Addresses of this machine and of private networks are refused. To allow them write "eventPrivateTargets": true into
settings.json of the state directory (\`slipway info\` tells which), then: slipway down --keep-serving && slipway up`;

export const destinationsCommand: CommandFactory = (context) =>
  new Command("destinations")
    .description("send events to webhooks and chats, see whether they arrive, send them again")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(addCommand(context))
    .addCommand(showCommand(context))
    .addCommand(updateCommand(context))
    .addCommand(testCommand(context))
    .addCommand(rotateCommand(context))
    .addCommand(deadLettersCommand(context))
    .addCommand(redeliverCommand(context))
    .addCommand(removeCommand(context))
    .addHelpText(
      "after",
      examples(
        "destinations add ops https://ops.example.com/slipway",
        "destinations add chat https://hooks.slack.com/services/T0/B0/x --format chat --severity WARN",
        "destinations test ops",
        "destinations dead-letters ops",
        "destinations redeliver ops",
      ) + PRIVATE_TARGETS,
    );

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list destinations")
    .option("--json", "print JSON: ListEventDestinations' Destinations")
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Destinations: rows } = await client.call("Slipway.ListEventDestinations", {});
      if (options.json === true) return printJson(context, rows);
      if (rows.length === 0) {
        return context.io.err("No destinations yet: `slipway destinations add <name> <url>`.");
      }
      const title = (text: string): string => paint(context.io, "dim", text);
      const lines = renderTable(rows, [
        { title: title("NAME"), cell: ({ Name }) => Name },
        { title: title("STATUS"), cell: ({ Status }) => Status },
        { title: title("DELIVERY"), cell: describeDelivery },
        { title: title("FORMAT"), cell: ({ Format }) => Format },
        { title: title("TAKES"), cell: ({ Filter }) => describeFilter(Filter) },
        { title: title("URL"), cell: ({ Url }) => printable(Url) },
      ]);
      for (const line of lines) context.io.out(line);
    });
}

function addCommand(context: CliContext): Command {
  return withFilterOptions(
    new Command("add")
      .description("send events to an address from now on")
      .argument("<name>", "what it is to be called")
      .argument("<url>", "http or https; - asks for it, since a chat's address is a secret")
      .addOption(formatOption().default("eventbridge")),
  )
    .option("--json", "print JSON: CreateEventDestination's answer")
    .addHelpText(
      "after",
      examples(
        "destinations add ops https://ops.example.com/slipway --service 'shop-*'",
        "destinations add chat - --format chat",
      ),
    )
    .action(async (name: string, url: string, options: AddOptions, command: Command) => {
      const client = await context.connect(command);
      const reply = await client.call("Slipway.CreateEventDestination", {
        Name: name,
        Url: await readUrl(context, url),
        Format: options.format,
        Filter: filterOf(options),
      });
      if (options.json === true) return printJson(context, reply);
      context.io.err(`Events go to ${name} from now on. Try it: slipway destinations test ${name}`);
      context.io.err("Messages are signed with this secret, which is shown this once:");
      context.io.out(reply.Secret);
    });
}

/** Arguments are seen by everybody on the machine. */
async function readUrl({ io }: CliContext, url: string): Promise<string> {
  return url === "-" ? (await io.readSecret("URL:")).trim() : url;
}

function updateCommand(context: CliContext): Command {
  return withFilterOptions(
    new Command("update")
      .description("change a destination; filters that are given take the place of all there were")
      .argument("<name>")
      .option("--url <url>", "another address; - asks for it")
      .addOption(formatOption())
      .option("--enable", "send to it again")
      .addOption(new Option("--disable", "send nothing; what waits stays").conflicts("enable")),
  )
    .option("--json", "print JSON: the destination")
    .addHelpText(
      "after",
      examples("destinations update ops --severity WARN", "destinations update ops --enable"),
    )
    .action(async (name: string, options: UpdateOptions, command: Command) => {
      const client = await context.connect(command);
      const { enable, disable, format, url } = options;
      const { Destination: changed } = await client.call("Slipway.UpdateEventDestination", {
        Name: name,
        ...(url !== undefined && { Url: await readUrl(context, url) }),
        ...(format !== undefined && { Format: format }),
        ...(hasFilter(options) && { Filter: filterOf(options) }),
        ...(enable === true && { Status: "ENABLED" as const }),
        ...(disable === true && { Status: "DISABLED" as const }),
      });
      if (options.json === true) return printJson(context, changed);
      context.io.err(`${name} is changed: ${changed.Status}, takes ${describeFilter(changed.Filter)}.`);
    });
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("show a destination and how its last deliveries went")
    .argument("<name>")
    .option("--json", "print JSON: DescribeEventDestination's answer")
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const reply = await client.call("Slipway.DescribeEventDestination", { Name: name });
      if (options.json === true) return printJson(context, reply);
      const { Destination: destination } = reply;
      const facts = renderFacts([
        ["ARN", destination.Arn],
        ["URL", printable(destination.Url)],
        ["Format", destination.Format],
        ["Takes", describeFilter(destination.Filter)],
        ["Status", destination.Status],
        ["Delivery", describeDelivery(destination)],
        ["Problem", destination.Problem],
      ]);
      for (const line of facts) context.io.out(line);
      printDeliveries(context, "Waiting:", reply.PendingDeliveries);
      printDeliveries(context, "Last deliveries:", reply.LastDeliveries);
    });
}

function testCommand(context: CliContext): Command {
  return new Command("test")
    .description("send one message to a destination and tell how that went")
    .argument("<name>")
    .option("--json", "print JSON: TestEventDestination's answer")
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const reply = await client.call("Slipway.TestEventDestination", { Name: name });
      if (options.json === true) printJson(context, reply);
      else if (reply.IsDelivered) context.io.err(`${name} took it (status ${reply.Status ?? "unknown"}).`);
      if (reply.IsDelivered) return;
      throw new CliFailure(`${name} did not take it: ${reply.Problem ?? "no reason is known"}.`, {
        hint: `Look at what its endpoint logged, and at its address: \`slipway destinations show ${name}\`.`,
      });
    });
}

function rotateCommand(context: CliContext): Command {
  return new Command("rotate-secret")
    .description("make a new secret; for a day messages are signed with the old one, too")
    .argument("<name>")
    .option("--json", "print JSON: RotateEventDestinationSecret's answer")
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const reply = await client.call("Slipway.RotateEventDestinationSecret", { Name: name });
      if (options.json === true) return printJson(context, reply);
      context.io.err("The new secret, which is shown this once:");
      context.io.out(reply.Secret);
    });
}

function deadLettersCommand(context: CliContext): Command {
  return new Command("dead-letters")
    .description("list the events that a destination did not take within a day")
    .argument("<name>")
    .option("--json", "print JSON: ListDeadLetters' DeadLetters")
    .addHelpText("after", examples("destinations dead-letters ops"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { DeadLetters: letters } = await client.call("Slipway.ListDeadLetters", { Name: name });
      if (options.json === true) return printJson(context, letters);
      if (letters.length === 0) {
        const { Destination } = await client.call("Slipway.DescribeEventDestination", { Name: name });
        return context.io.err(describeNone(name, Destination.WaitingCount ?? 0));
      }
      printDeliveries(context, null, letters);
      context.io.err(`Send them again with \`slipway destinations redeliver ${name}\`.`);
    });
}

function redeliverCommand(context: CliContext): Command {
  return new Command("redeliver")
    .description("send dead letters again, or events by their ids")
    .argument("<name>")
    .argument("[ids...]", "of events, see `slipway events --json`; left out, all dead letters")
    .option("--json", "print JSON: RedeliverEvents' answer")
    .addHelpText("after", examples("destinations redeliver ops", "destinations redeliver ops <id>"))
    .action(async (name: string, ids: readonly string[], options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const chosen = ids.length === 0 ? {} : { EventIds: ids };
      const reply = await client.call("Slipway.RedeliverEvents", { Name: name, ...chosen });
      if (options.json === true) return printJson(context, reply);
      const { Count: count } = reply;
      context.io.err(count === 0 ? "There is nothing to send again." : `${count} queued for ${name} again.`);
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("remove a destination")
    .argument("<name>")
    .option("-y, --yes", "do not ask")
    .action(async (name: string, options: ConfirmOption, command: Command) => {
      const client = await context.connect(command);
      if (options.yes !== true) {
        await confirmDeletion(context, `the destination ${name}`, "It is as it was: `slipway destinations`.");
      }
      await client.call("Slipway.DeleteEventDestination", { Name: name });
      context.io.err(`The destination ${name} is removed.`);
    });
}

function formatOption(): Option {
  return new Option(
    "--format <format>",
    "eventbridge: the whole event as JSON; chat: one text, for Slack, Mattermost, Google Chat, Discord (…/slack)",
  ).choices(["eventbridge", "chat"]);
}

function withFilterOptions(command: Command): Command {
  return command
    .addOption(new Option("--type <type...>", "only these types of events").choices(Object.keys(TYPES)))
    .option("--service <names...>", "only events of services of these names, * for any characters")
    .option("--tag <key=value>", "only events of services with this tag; the value may be left out", readTag)
    .addOption(new Option("--severity <least>", "only so bad or worse").choices(["INFO", "WARN", "ERROR"]));
}

function readTag(text: string): Wire<NonNullable<EventFilter["Tag"]>> {
  const [key = "", ...rest] = text.split("=");
  if (key === "") throw new InvalidArgumentError("Write key=value, or the key alone.");
  const value = rest.join("=");
  return value === "" ? { Key: key } : { Key: key, Value: value };
}

function hasFilter({ type, service, tag, severity }: FilterOptions): boolean {
  return [type, service, tag, severity].some((one) => one !== undefined);
}

function filterOf({ type, service, tag, severity }: FilterOptions): Wire<EventFilter> {
  return {
    ...(type !== undefined && { DetailTypes: type.map((word) => TYPES[word as keyof typeof TYPES]) }),
    ...(service !== undefined && { ServiceNames: service }),
    ...(tag !== undefined && { Tag: tag }),
    ...(severity !== undefined && { MinimumSeverity: severity }),
  };
}

function describeFilter({ DetailTypes, ServiceNames, Tag, MinimumSeverity }: Wire<EventFilter>): string {
  const words = Object.entries(TYPES).flatMap(([word, type]) =>
    DetailTypes?.includes(type) === true ? [word] : [],
  );
  const parts = [
    MinimumSeverity === undefined || MinimumSeverity === "INFO" ? "" : `${MinimumSeverity} or worse`,
    words.join(", "),
    ServiceNames === undefined ? "" : `of ${ServiceNames.join(", ")}`,
    Tag === undefined ? "" : `with ${Tag.Key}=${Tag.Value ?? "*"}`,
  ].filter((part) => part !== "");
  return parts.length === 0 ? "everything" : parts.join("; ");
}

/** "failing: <problem>, 3 wait"; what waits may just not have had its turn. */
function describeDelivery({ FailingProblem, WaitingCount = 0 }: Wire<EventDestination>): string {
  return [
    ...(FailingProblem === undefined ? [] : [`failing: ${printable(FailingProblem)}`]),
    ...(WaitingCount === 0 ? [] : [`${WaitingCount} wait${WaitingCount === 1 ? "s" : ""}`]),
  ].join(", ");
}

function describeNone(name: string, waiting: number): string {
  if (waiting === 0) return "No dead letters.";
  const events = waiting === 1 ? "event waits" : "events wait";
  return `No dead letters; ${waiting} ${events}: see \`slipway destinations show ${name}\`.`;
}

function printDeliveries(
  { io }: CliContext,
  heading: string | null,
  deliveries: readonly Wire<EventDelivery>[],
): void {
  if (deliveries.length === 0) return;
  if (heading !== null) io.out(`\n${heading}`);
  const title = (text: string): string => paint(io, "dim", text);
  const lines = renderTable(deliveries, [
    { title: title("EVENT"), cell: ({ Event: { Id } }) => Id },
    { title: title("TIME"), cell: ({ Event: { Time } }) => formatTimestamp(Time * 1000) },
    { title: title("STATE"), cell: ({ State }) => State },
    { title: title("TRIES"), cell: ({ Attempts }) => String(Attempts), isNumber: true },
    {
      title: title("RESULT"),
      cell: ({ LastProblem, LastStatus }) =>
        LastProblem ?? (LastStatus === undefined ? "" : `status ${LastStatus}`),
    },
    { title: title("MESSAGE"), cell: ({ Event: { Message } }) => printable(Message) },
  ]);
  for (const line of lines) io.out(line);
}
