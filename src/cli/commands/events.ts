/** `slipway events`: what happened to services, and what Slipway warns of. */
import { Command, InvalidArgumentError, Option } from "commander";
import type { Event } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { followOn } from "../following.ts";
import { resolveService } from "../service-reference.ts";
import { paint, printable } from "../style.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption } from "./shared.ts";

type Severity = Event["Severity"];

interface EventsOptions extends JsonOption {
  readonly follow?: boolean;
  readonly since?: string;
  readonly severity?: Severity;
  readonly limit: number;
}

const DEFAULT_LIMIT = 50;
const PAGE = 100;
const FOLLOW_EACH_MS = 1000;
/** An event is told a moment after it happened. */
const LATE_MS = 60_000;

export const eventsCommand: CommandFactory = (context) =>
  new Command("events")
    .description("show what happened: operations, ends of instances, warnings")
    .argument("[service]", "name or ARN (a deleted service: its ARN); left out, all services")
    .option("-f, --follow", "go on as things happen")
    .option("-n, --limit <count>", "show this many of the last ones", lineCount, DEFAULT_LIMIT)
    .option("--since <time>", "only after this: 10m, 2h, 1d, or a date")
    .addOption(new Option("--severity <least>", "only so bad or worse").choices(["INFO", "WARN", "ERROR"]))
    .option("--json", "print one JSON object a line: an event as ListEvents has it")
    .addHelpText(
      "after",
      examples("events", "events shop -f", "events --since 1d --severity WARN", "events shop -n 500 --json"),
    )
    .action(async (name: string | undefined, options: EventsOptions, command: Command) => {
      const client = await context.connect(command);
      const service = name === undefined ? null : await resolveService(client, name);
      const query: Query = {
        ...(service !== null && { ServiceArn: service.arn }),
        ...(options.severity !== undefined && { MinimumSeverity: options.severity }),
      };
      const sinceMs = options.since === undefined ? null : parseSince(options.since, context.io.now());
      const print = createPrinter(context, options);
      const { follow: goesOn, limit } = options;
      if (goesOn === true) await follow(context, { client, query, sinceMs, limit }, print);
      const present = await readLast(client, withStart(query, sinceMs), limit);
      print(present);
      if (present.length === 0) context.io.err("Nothing happened yet.");
    });

type Query = {
  readonly ServiceArn?: string;
  readonly MinimumSeverity?: Severity;
  readonly StartTime?: number;
};

function withStart(query: Query, startMs: number | null): Query {
  return startMs === null ? query : { ...query, StartTime: startMs / 1000 };
}

/** Oldest first. */
async function readLast(client: Client, query: Query, count: number): Promise<readonly Wire<Event>[]> {
  const events: Wire<Event>[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("Slipway.ListEvents", {
      ...query,
      MaxResults: Math.min(PAGE, count - events.length),
      ...(token !== undefined && { NextToken: token }),
    });
    events.push(...page.Events);
    token = page.NextToken;
  } while (token !== undefined && events.length < count);
  return events.toReversed();
}

interface Following {
  readonly client: Client;
  readonly query: Query;
  readonly sinceMs: number | null;
  readonly limit: number;
}

/** Until the process is interrupted. Events stand in the order of their times, so a late one comes before others. */
async function follow(
  { io }: CliContext,
  { client, query, sinceMs, limit }: Following,
  print: (events: readonly Wire<Event>[]) => void,
): Promise<never> {
  const lateFrom = (newestMs: number): number => Math.max(sinceMs ?? 0, newestMs - LATE_MS);
  const present = await readLast(client, withStart(query, sinceMs), limit);
  print(present);
  const [oldest] = present;
  let newestMs = oldest === undefined ? io.now() : timeOf(present);
  // Of those before the ones that were shown, none shall look like a late one.
  const before =
    oldest === undefined ? [] : await readLast(client, withStart(query, lateFrom(newestMs)), Infinity);
  const passed = before.filter(({ Time }) => Time <= (oldest?.Time ?? 0));
  let seen = new Set([...passed, ...present].map(({ Id }) => Id));
  return followOn(io, {
    eachMs: FOLLOW_EACH_MS,
    goOn: async () => {
      const events = await readLast(client, withStart(query, lateFrom(newestMs)), Infinity);
      print(events.filter(({ Id }) => !seen.has(Id)));
      seen = new Set([...events.map(({ Id }) => Id), ...seen].slice(0, 10_000));
      newestMs = Math.max(newestMs, timeOf(events));
    },
  });
}

/** Of the last one, in milliseconds. */
function timeOf(events: readonly Wire<Event>[]): number {
  return (events.at(-1)?.Time ?? 0) * 1000;
}

const COLOURS = { INFO: "dim", WARN: "yellow", ERROR: "red" } as const;

function createPrinter({ io }: CliContext, { json }: JsonOption) {
  return (events: readonly Wire<Event>[]): void => {
    for (const event of events) {
      if (json === true) {
        io.out(JSON.stringify(event));
        continue;
      }
      const { Severity: severity, ServiceName: name, Message: message } = event;
      const when = paint(io, "dim", formatTimestamp(event.Time * 1000));
      const who = name === undefined ? "" : `${paint(io, "cyan", name)} `;
      io.out(
        `${when} ${paint(io, COLOURS[severity], severity.padEnd(5))} ${who}${printable(message + causeOf(event))}`,
      );
    }
  };
}

/** Why an operation failed stands beside App Runner's sentence, which does not say it. */
function causeOf({ Detail }: Wire<Event>): string {
  const detail: unknown = JSON.parse(Detail);
  if (typeof detail !== "object" || detail === null || !("failureMessage" in detail)) return "";
  return ` ${String(detail.failureMessage)}`;
}

function lineCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("Write a number of events.");
  return Number(text);
}
