/** `slipway logs`: what the application wrote, what was asked of it, or what happened to the service. */
import { Command, InvalidArgumentError, Option } from "commander";
import { ApiError, type Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { usageFailure } from "../failure.ts";
import { followOn } from "../following.ts";
import { LogSearch } from "../log-search.ts";
import {
  type LogSelection,
  type LogSelectionOptions,
  selectedStreams,
  selectLogs,
} from "../log-selection.ts";
import { resolveLoggedService } from "../logged-service.ts";
import type { ServiceReference } from "../service-reference.ts";
import { LogCursor, type LogLine, type LogStream, readTail } from "../service-logs.ts";
import { paint, printableLine } from "../style.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption } from "./shared.ts";

interface LogsOptions extends JsonOption, LogSelectionOptions {
  readonly follow?: boolean;
  readonly since?: string;
  readonly until?: string;
  readonly filter?: string;
  readonly limit?: number;
}

const DEFAULT_LIMIT = 100;
const FOLLOW_EACH_MS = 1_000;
/** Every so manieth poll looks for new streams and for others that speak again: each call of the API is audited. */
const POLLS_PER_LISTING = 5;
/** Of those that were written to last. */
const STREAMS_PER_POLL = 10;
const SHORT_ID = 8;

export const logsCommand: CommandFactory = (context) =>
  new Command("logs")
    .description("show what a service's instances wrote, its requests, its deployments or its events")
    .argument("<service>", "name or ARN; also of a deleted service, until its logs are too old")
    .option("-f, --follow", "go on as new lines come")
    .option(
      "-n, --limit <count>",
      `only this many of the last lines; without --since ${DEFAULT_LIMIT} unless said otherwise`,
      lineCount,
    )
    .option("--since <time>", "only lines from then on: 10m, 2h, 1d, or a date")
    .addOption(new Option("--until <time>", "only lines up to then").conflicts("follow"))
    .option(
      "--filter <pattern>",
      "only lines that match: error, \"two words\", -debug, '{ $.status >= 500 }'",
    )
    .addOption(
      new Option(
        "--group <kind>",
        "application: what instances wrote; service: events and deployments; access",
      )
        .choices(["application", "service", "access"])
        .conflicts(["access", "events", "build"]),
    )
    .addOption(new Option("--access", "requests").conflicts(["deployment", "instance", "events"]))
    .addOption(new Option("--events", "the service's event log").conflicts(["deployment", "instance"]))
    .addOption(
      new Option(
        "--deployment [operation]",
        "the log of an operation, the start of its id is enough; without an id of the newest; with --group application what its instances wrote",
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
        "logs shop -f --filter '?ERROR ?WARN'",
        "logs shop -f -n 0",
        "logs shop --since 10m",
        "logs shop --since 2h --until 1h --filter '{ $.status >= 500 }' --json",
        "logs shop --events",
        "logs shop --deployment",
        "logs shop --deployment --group application",
        "logs shop --build -f",
        "logs shop --access -n 20",
      ),
    )
    .action(async (name: string, options: LogsOptions, command: Command) => {
      const client = await context.connect(command);
      const service = await resolveLoggedService(client, name);
      const selection = await selectLogs(client, service, options);
      const reading = { context, client, selection, options, print: createPrinter(context, options) };
      const goOn = isSearch(options) ? await printFound(reading) : await printLast(reading);
      if (options.access === true || options.group === "access")
        await tellWhetherOff(context, client, service);
      if (options.follow === true) await followOn(context.io, { eachMs: FOLLOW_EACH_MS, goOn });
    });

const ACCESS_LOG_TAG = "slipway:access-log";

/** Of a deleted service there are no tags. */
async function tellWhetherOff(
  { io }: CliContext,
  client: Client,
  { arn, name }: ServiceReference,
): Promise<void> {
  const reply = await client.call("AppRunner.ListTagsForResource", { ResourceArn: arn }).catch((error) => {
    if (error instanceof ApiError) return null;
    throw error;
  });
  if (reply === null || reply.Tags?.some(({ Key, Value }) => Key === ACCESS_LOG_TAG && Value === "on"))
    return;
  io.err(`The access log of ${name} is off. Switch it on, without a deployment:`);
  io.err(`  aws apprunner tag-resource --resource-arn ${arn} --tags Key=${ACCESS_LOG_TAG},Value=on`);
}

interface Reading {
  readonly context: CliContext;
  readonly client: Client;
  readonly selection: LogSelection;
  readonly options: LogsOptions;
  readonly print: (lines: readonly LogLine[]) => void;
}

/** Prints what has come since the last time. */
type GoOn = () => Promise<void>;

function isSearch({ since, until, filter }: LogsOptions): boolean {
  return since !== undefined || until !== undefined || filter !== undefined;
}

/** Lines of a span or a filter. Of those before the first `--limit` is true, and of those alone. */
async function printFound(reading: Reading): Promise<GoOn> {
  const { context, options, print } = reading;
  const search = createSearch(reading);
  const limit = options.limit ?? (options.since === undefined ? DEFAULT_LIMIT : Infinity);
  let last: LogLine[] = [];
  let isEmpty = true;
  for await (const lines of search.newLines()) {
    if (lines.length > 0) isEmpty = false;
    if (limit === Infinity) print(lines);
    else last = lastOf([...last, ...lines], limit);
  }
  print(last);
  if (isEmpty && options.follow !== true) context.io.err("No such lines.");
  return async () => {
    for await (const lines of search.newLines()) print(lines);
  };
}

function createSearch({ context, client, selection, options }: Reading): LogSearch {
  const nowMs = context.io.now();
  const { since, until } = options;
  const startTimeMs = since === undefined ? 0 : parseSince(since, nowMs);
  const endTimeMs = until === undefined ? null : parseSince(until, nowMs, "--until");
  if (endTimeMs !== null && endTimeMs < startTimeMs) {
    throw usageFailure("--until is before --since: no line can be between them.");
  }
  return new LogSearch(client, {
    group: selection.group,
    streams: selection.streams,
    streamPrefix: selection.prefix,
    filterPattern: options.filter ?? null,
    startTimeMs,
    endTimeMs,
  });
}

/** The last lines of all streams in order of time. */
async function printLast(reading: Reading): Promise<GoOn> {
  const { context, client, selection, options, print } = reading;
  const limit = options.limit ?? DEFAULT_LIMIT;
  /** One is read to know what is new. */
  const count = Math.max(1, limit);
  const cursors = new Map<string, LogCursor>();
  let last: LogLine[] = [];
  for (const { logStreamName: stream, lastEventTimestamp = 0 } of await selectedStreams(client, selection)) {
    // They come the one written to last first: what is older than all that is shown need not be read.
    if (last.length >= count && lastEventTimestamp < (last[0]?.timestampMs ?? 0)) break;
    const tail = await readTail(client, { group: selection.group, stream }, count);
    cursors.set(stream, tail.cursor);
    last = [...last, ...tail.lines].sort((a, b) => a.timestampMs - b.timestampMs).slice(-count);
  }
  print(lastOf(last, limit));
  if (last.length === 0 && options.follow !== true) context.io.err("No lines yet.");
  return printNew(reading, { cursors, sinceMs: last[0]?.timestampMs ?? 0 });
}

/** New instances join as they appear; of streams that were not read yet all is new that is as new as what was shown. */
function printNew(
  { client, selection, print }: Reading,
  { cursors, sinceMs }: { readonly cursors: Map<string, LogCursor>; readonly sinceMs: number },
): GoOn {
  /** Streams as they were listed before they were read. */
  const read = new Map<string, string>();
  let polls = 0;
  let listed: readonly LogStream[] = [];
  return async () => {
    if (polls++ % POLLS_PER_LISTING === 0) listed = await selectedStreams(client, selection, sinceMs);
    const speaking = listed.filter(
      (stream, index) => index < STREAMS_PER_POLL || read.get(stream.logStreamName) !== stateOf(stream),
    );
    const fresh: LogLine[] = [];
    for (const stream of speaking) {
      const name = stream.logStreamName;
      const reference = { group: selection.group, stream: name };
      const cursor = cursors.get(name) ?? new LogCursor(client, reference, { startTimeMs: sinceMs });
      cursors.set(name, cursor);
      fresh.push(...(await cursor.next()));
      read.set(name, stateOf(stream));
    }
    print(fresh.sort((a, b) => a.timestampMs - b.timestampMs));
  };
}

/** Changes when the stream is written to. */
function stateOf({ lastEventTimestamp, storedBytes }: LogStream): string {
  return `${lastEventTimestamp} ${storedBytes}`;
}

/** Each line of an instance tells which one wrote it. */
function createPrinter({ io }: CliContext, options: LogsOptions): Reading["print"] {
  return (lines) => {
    for (const { stream, timestampMs, message } of lines) {
      if (options.json === true) {
        io.out(jsonLine({ Timestamp: timestampMs, Message: message, LogStreamName: stream }));
        continue;
      }
      const [kind, id = ""] = stream.split("/");
      const who =
        kind === "instance" ? `${paint(io, "cyan", printableLine(io, id.slice(0, SHORT_ID)))} ` : "";
      io.out(`${paint(io, "dim", formatTimestamp(timestampMs))} ${who}${printableLine(io, message)}`);
    }
  };
}

/** JSON leaves the control characters above ASCII as they are, and terminals obey them. */
function jsonLine(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function lastOf(lines: LogLine[], count: number): LogLine[] {
  return count === 0 ? [] : lines.slice(-count);
}

function lineCount(text: string): number {
  if (!/^(?:0|[1-9]\d{0,5})$/.test(text)) throw new InvalidArgumentError("Write a number of lines.");
  return Number(text);
}
