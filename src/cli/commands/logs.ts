/** `slipway logs`: what the application wrote, or what happened to the service. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { LogStream } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { listOperations, resolveOperation } from "../operation-reference.ts";
import { listStreams, logGroup, LogCursor, type LogLine, readTail } from "../service-logs.ts";
import { resolveService, type ServiceReference } from "../service-reference.ts";
import { paint, printable } from "../style.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption } from "./shared.ts";

interface LogsOptions extends JsonOption {
  readonly follow?: boolean;
  readonly events?: boolean;
  /** True: the newest one. */
  readonly deployment?: string | true;
  readonly instance?: string;
  readonly build?: boolean;
  readonly since?: string;
  readonly lines: number;
}

const DEFAULT_LINES = 100;
const FOLLOW_EACH_MS = 500;
const SHORT_ID = 8;

export const logsCommand: CommandFactory = (context) =>
  new Command("logs")
    .description("show the output of a service's instances, or its events")
    .argument("<service>", "name or ARN")
    .option("-f, --follow", "go on as new lines come")
    .option("-n, --lines <count>", "show this many of the last lines", lineCount, DEFAULT_LINES)
    .option("--since <time>", "only lines after this: 10m, 2h, 1d, or a date")
    .addOption(new Option("--events", "the service's event log").conflicts(["deployment", "instance"]))
    .addOption(
      new Option(
        "--deployment [operation]",
        "the log of an operation, the start of its id is enough; without an id of the newest",
      ).conflicts("instance"),
    )
    .addOption(
      new Option("--build", "the output of the newest build").conflicts(["deployment", "instance", "events"]),
    )
    .option("--instance <id>", "only this instance; the start of its id is enough")
    .option("--json", "print one JSON object a line: Timestamp, Message, LogStreamName")
    .addHelpText(
      "after",
      examples(
        "logs shop",
        "logs shop -f",
        "logs shop --since 10m -n 500",
        "logs shop --events",
        "logs shop --deployment",
        "logs shop --build -f",
      ),
    )
    .action(async (name: string, given: LogsOptions, command: Command) => {
      const client = await context.connect(command);
      const service = await resolveService(client, name);
      const options = await withWholeId(
        client,
        service,
        given.build === true ? await lastBuild(client, service, given) : given,
      );
      const selection = select(service, options);
      const printer = createPrinter(context, options);
      const cursors = await printPresent(context, { client, selection, options }, printer);
      if (options.follow === true)
        await follow(context, { client, selection, options }, { cursors, printer });
    });

const BUILDING: ReadonlySet<string> = new Set(["CREATE_SERVICE", "UPDATE_SERVICE", "START_DEPLOYMENT"]);

/** A build's output is part of its operation's log. */
async function lastBuild(
  client: Client,
  service: ServiceReference,
  options: LogsOptions,
): Promise<LogsOptions> {
  const operations = await listOperations(client, service);
  const newest = operations.find(({ Type = "" }) => BUILDING.has(Type));
  return { ...options, deployment: newest?.Id ?? true };
}

/** The start of an operation's id becomes all of it. */
async function withWholeId(
  client: Client,
  service: ServiceReference,
  options: LogsOptions,
): Promise<LogsOptions> {
  if (typeof options.deployment !== "string") return options;
  return { ...options, deployment: await resolveOperation(client, service, options.deployment) };
}

interface Selection {
  readonly group: string;
  readonly matches: (stream: string) => boolean;
  readonly onlyNewest: boolean;
  /** Said when there is no such stream. */
  readonly missing: CliFailure | null;
}

interface Reading {
  readonly client: Client;
  readonly selection: Selection;
  readonly options: LogsOptions;
}

type Printer = (lines: readonly LogLine[], streamCount: number) => void;

function select(service: ServiceReference, options: LogsOptions): Selection {
  const events = { group: logGroup(service, "service"), onlyNewest: false };
  if (options.events === true) return { ...events, matches: (stream) => stream === "events", missing: null };
  if (options.deployment !== undefined) {
    const id = options.deployment;
    return {
      group: events.group,
      matches: id === true ? (stream) => stream.includes("/") : (stream) => stream.endsWith(`/${id}`),
      onlyNewest: true,
      missing: new CliFailure(
        `${service.name} has no log of ${id === true ? "an operation" : `operation ${id}`}.`,
        {
          hint: `See \`slipway ops ${service.name}\`.`,
        },
      ),
    };
  }
  const id = options.instance ?? "";
  return {
    group: logGroup(service, "application"),
    matches: (stream) => stream.startsWith(`instance/${id}`),
    onlyNewest: false,
    missing:
      id === ""
        ? null
        : new CliFailure(`${service.name} has no log of instance ${id}.`, {
            hint: `See \`slipway status ${service.name}\`.`,
          }),
  };
}

async function selectedStreams({ client, selection }: Reading): Promise<readonly Wire<LogStream>[]> {
  const streams = (await listStreams(client, selection.group)).filter(({ LogStreamName }) =>
    selection.matches(LogStreamName),
  );
  return selection.onlyNewest ? streams.slice(0, 1) : streams;
}

/** Prints the last lines of all streams in order of time; returns where each goes on. */
async function printPresent(
  { io }: CliContext,
  reading: Reading,
  printer: Printer,
): Promise<Map<string, LogCursor>> {
  const { client, selection, options } = reading;
  const streams = await selectedStreams(reading);
  if (streams.length === 0 && selection.missing !== null) throw selection.missing;
  const since = options.since === undefined ? undefined : parseSince(options.since, io.now());
  const cursors = new Map<string, LogCursor>();
  const lines: LogLine[] = [];
  for (const summary of streams) {
    const reference = { group: selection.group, stream: summary.LogStreamName };
    const tail =
      since === undefined
        ? await readTail(client, reference, summary, options.lines)
        : await readSince(client, reference, since);
    cursors.set(reference.stream, tail.cursor);
    lines.push(...tail.lines);
  }
  const ordered = lines.sort((a, b) => a.timestampMs - b.timestampMs);
  printer(ordered.slice(-options.lines), streams.length);
  if (ordered.length === 0 && options.follow !== true) io.err("No lines yet.");
  return cursors;
}

async function readSince(client: Client, reference: { group: string; stream: string }, sinceMs: number) {
  const cursor = new LogCursor(client, reference, sinceMs);
  return { cursor, lines: await cursor.next() };
}

/** Until the process is interrupted. New instances join as they appear. */
async function follow(
  { io }: CliContext,
  reading: Reading,
  state: { readonly cursors: Map<string, LogCursor>; readonly printer: Printer },
): Promise<never> {
  for (;;) {
    await io.sleep(FOLLOW_EACH_MS);
    for (const { LogStreamName: stream } of await selectedStreams(reading)) {
      if (state.cursors.has(stream)) continue;
      state.cursors.set(stream, new LogCursor(reading.client, { group: reading.selection.group, stream }));
    }
    const fresh: LogLine[] = [];
    for (const cursor of state.cursors.values()) fresh.push(...(await cursor.next()));
    state.printer(
      fresh.sort((a, b) => a.timestampMs - b.timestampMs),
      state.cursors.size,
    );
  }
}

/** With several instances each line tells which one wrote it. */
function createPrinter({ io }: CliContext, options: LogsOptions): Printer {
  return (lines, streamCount) => {
    for (const { stream, timestampMs, message } of lines) {
      if (options.json === true) {
        io.out(JSON.stringify({ Timestamp: timestampMs, Message: message, LogStreamName: stream }));
        continue;
      }
      const who =
        streamCount > 1 ? `${paint(io, "cyan", stream.replace(/^.*\//, "").slice(0, SHORT_ID))} ` : "";
      io.out(`${paint(io, "dim", formatTimestamp(timestampMs))} ${who}${printable(message)}`);
    }
  };
}

function lineCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("Write a number of lines.");
  return Number(text);
}
