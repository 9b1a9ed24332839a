/** `slipway audit`: who did what, and whether the record of it is whole. */
import { Command, InvalidArgumentError } from "commander";
import type { SlipwayOperationTypes } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { followOn } from "../following.ts";
import { paint, printableLine } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type Input = Wire<SlipwayOperationTypes["LookupEvents"]["input"]>;
type Event = Wire<SlipwayOperationTypes["LookupEvents"]["output"]>["Events"][number];
type Verdict = Wire<SlipwayOperationTypes["VerifyAuditTrail"]["output"]>;

interface AuditOptions extends JsonOption {
  readonly since?: string;
  readonly who?: string;
  readonly event?: string;
  readonly resource?: string;
  readonly all?: boolean;
  readonly follow?: boolean;
  readonly limit: number;
}

const DEFAULT_LIMIT = 30;
const PAGE = 50;
const FOLLOW_EACH_MS = 2_000;
/** At most, ours and the control plane's. */
const CLOCKS_APART_MS = 900_000;
const ACCESS_KEY = /^A[A-Z0-9]{15,}$/;

export const auditCommand: CommandFactory = (context) =>
  new Command("audit")
    .description("show who did what: the calls of the last 90 days, newest first")
    .option("--since <time>", "only calls after this: 10m, 2h, 7d, or a date")
    .option("--who <name>", "only calls of this user (root), or signed with this access key id")
    .option("--event <name>", "only this operation, for instance DeleteService")
    .option("--resource <name>", "only calls about this service, secret …: its name or ARN")
    .option("-a, --all", "calls that only read, too")
    .option("-n, --limit <count>", "show this many", lineCount, DEFAULT_LIMIT)
    .option("-f, --follow", "go on as calls come; the newest one last")
    .option("--json", "print JSON: LookupEvents' Events; with --follow one a line")
    .addCommand(verifyCommand(context))
    .addHelpText(
      "after",
      examples(
        "audit",
        "audit --since 7d --event DeleteService",
        "audit --resource shop --all",
        "audit --who AKIA…",
        "audit verify",
      ),
    )
    .action(async (options: AuditOptions, command: Command) => {
      const client = await context.connect(command);
      const input = inputOf(options, context.io.now());
      if (options.follow === true) return follow(context, client, { input, options });
      const events = await lookUp(client, input, { count: options.limit });
      if (options.json === true) return printJson(context, events);
      if (events.length === 0) return context.io.err("No such calls.");
      for (const line of table(context, events)) context.io.out(line);
    });

function inputOf(options: AuditOptions, nowMs: number): Input {
  const { who, event, resource } = options;
  const attributes = [
    who === undefined ? null : ([ACCESS_KEY.test(who) ? "AccessKeyId" : "Username", who] as const),
    event === undefined ? null : (["EventName", event] as const),
    resource === undefined ? null : (["ResourceName", resource] as const),
    // Who names an operation wants it, whether it reads or not.
    options.all === true || event !== undefined ? null : (["ReadOnly", "false"] as const),
  ];
  return {
    LookupAttributes: attributes
      .filter((one) => one !== null)
      .map(([key, value]) => ({ AttributeKey: key, AttributeValue: value })),
    ...(options.since !== undefined && { StartTime: parseSince(options.since, nowMs) / 1000 }),
  };
}

/** Newest first: `count`, or all before the first one that is known. */
async function lookUp(
  client: Client,
  input: Input,
  { count, known }: { readonly count: number; readonly known?: string },
): Promise<readonly Event[]> {
  const events: Event[] = [];
  const first = { ...input, MaxResults: Math.min(PAGE, count) };
  let token: string | undefined;
  do {
    const page = token === undefined ? first : { ...first, NextToken: token };
    const { Events: found, NextToken: next } = await client.call("Slipway.LookupEvents", page);
    events.push(...found);
    const end = events.findIndex(({ EventId }) => EventId === known);
    if (end !== -1) return events.slice(0, end);
    token = next;
  } while (token !== undefined && events.length < count);
  return events.slice(0, count);
}

/** Until the process is interrupted. */
async function follow(
  context: CliContext,
  client: Client,
  { input, options }: { readonly input: Input; readonly options: AuditOptions },
): Promise<never> {
  const present = await lookUp(client, input, { count: options.limit });
  print(context, present, options);
  let newest = present[0];
  // Where the last such call was long ago, the days between are not searched each time.
  const startS = (context.io.now() - CLOCKS_APART_MS) / 1000;
  const since = { ...input, StartTime: Math.max(input.StartTime ?? 0, startS) };
  return followOn(context.io, {
    eachMs: FOLLOW_EACH_MS,
    goOn: async () => {
      const fresh = await lookUp(client, since, {
        count: Infinity,
        ...(newest !== undefined && { known: newest.EventId }),
      });
      print(context, fresh, options);
      newest = fresh[0] ?? newest;
    },
  });
}

/** The newest last. */
function print(context: CliContext, events: readonly Event[], { json }: JsonOption): void {
  for (const event of events.toReversed()) {
    context.io.out(json === true ? JSON.stringify(event) : cells(context, event).filter(Boolean).join("  "));
  }
}

const TITLES = ["TIME", "WHO", "EVENT", "RESOURCE", "RESULT", "FROM"];

function table(context: CliContext, events: readonly Event[]): readonly string[] {
  const rows = events.map((event) => cells(context, event));
  return renderTable(
    rows,
    TITLES.map((title, index) => ({
      title: paint(context.io, "dim", title),
      cell: (row: readonly string[]) => row[index] ?? "",
    })),
  );
}

interface Detail {
  readonly userIdentity?: {
    readonly type: string;
    readonly sessionContext?: { readonly sessionIssuer?: { readonly userName?: string } };
  };
  readonly requestParameters?: { readonly userName?: string } | null;
  readonly errorCode?: string;
  readonly sourceIPAddress?: string | null;
  readonly additionalEventData?: { readonly changedMembers?: readonly string[] };
}

const NAMES_SHOWN = 3;
/** CloudTrail's words for a name that no user has. */
const HIDDEN_NAME = "HIDDEN_DUE_TO_SECURITY_REASONS";

function cells({ io }: CliContext, event: Event): readonly string[] {
  const detail = JSON.parse(event.CloudTrailEvent) as Detail;
  const { errorCode, additionalEventData, sourceIPAddress } = detail;
  const changed = additionalEventData?.changedMembers?.map((path) => path.replace(/^.*\./, "")) ?? [];
  const more = changed.length > NAMES_SHOWN ? " …" : "";
  return [
    formatTimestamp(event.EventTime * 1000),
    field(whoOf(event, detail)),
    field(event.EventName),
    field(shortName(event.Resources[0]?.ResourceName ?? "")),
    errorCode === undefined
      ? changed.length === 0
        ? paint(io, "green", "done")
        : `${paint(io, "green", "done")}: ${changed.slice(0, NAMES_SHOWN).join(", ")}${more}`
      : paint(io, "red", field(errorCode)),
    sourceIPAddress ?? "",
  ];
}

/** A session's name is whatever its maker called it: without the role before it, it could pass for a user, or for root. */
function whoOf(event: Event, detail: Detail): string {
  const { Username: name } = event;
  if (name === undefined) return claimOf(event, detail);
  const identity = detail.userIdentity;
  const role = identity?.sessionContext?.sessionIssuer?.userName ?? "?";
  return identity?.type === "AssumedRole" ? `${role}/${name}` : name;
}

/** Who nobody has proven to be: the key, or the name that was typed to sign in, which the trail keeps of users alone. */
function claimOf({ AccessKeyId: key, EventName }: Event, { requestParameters }: Detail): string {
  const typed = EventName === "ConsoleLogin" ? requestParameters?.userName : undefined;
  const claimed = key ?? (typed === HIDDEN_NAME ? undefined : typed);
  return claimed === undefined ? "nobody" : `${claimed}?`;
}

/** Refused calls may hold anything: no colours, no lines of their own. */
function field(text: string): string {
  return printableLine({ hasColour: false }, text);
}

/** `service/shop` of `arn:aws:apprunner:…:service/shop/<id>`. */
function shortName(arn: string): string {
  const resource = arn.split(":").slice(5).join(":");
  return resource === "" ? arn : resource.replace(/\/[0-9a-f]{32}$/, "");
}

function verifyCommand(context: CliContext): Command {
  return new Command("verify")
    .description("check that no record was changed, removed or put in")
    .option("--json", "print JSON: VerifyAuditTrail's members")
    .addHelpText(
      "after",
      examples("audit verify", "audit verify --json") +
        "\n\nExits with 1 when something is wrong. Keep the head somewhere else to notice later that all of it was replaced.",
    )
    .action(async (_options: JsonOption, command: Command) => {
      // `audit` has a --json of its own, which takes this one.
      const options = command.optsWithGlobals<JsonOption>();
      const client = await context.connect(command);
      const verdict = await client.call("Slipway.VerifyAuditTrail", {});
      if (options.json === true) printJson(context, verdict);
      else for (const line of facts(verdict)) context.io.out(line);
      if (verdict.ProblemCount > 0) throw tampered(verdict);
      if (options.json !== true) context.io.err(paint(context.io, "green", "The audit trail is whole."));
    });
}

function facts({ RecordCount, FirstSequence, Head, Anchor }: Verdict): readonly string[] {
  return renderFacts([
    ["Records", String(RecordCount)],
    ["First", FirstSequence === undefined ? undefined : `number ${FirstSequence}`],
    ["Head", Head === undefined ? undefined : `number ${Head.Sequence}, ${Head.Hash}`],
    ["In the database", Anchor === undefined ? undefined : `number ${Anchor.Sequence}, ${Anchor.Hash}`],
  ]);
}

function tampered({ ProblemCount, Problems }: Verdict): CliFailure {
  const lines = Problems.map(({ Detail, File }) => `  ${Detail}${File === undefined ? "" : ` (${File})`}`);
  const left = ProblemCount - Problems.length;
  return new CliFailure(
    `The audit trail was tampered with: ${ProblemCount} ${ProblemCount === 1 ? "problem" : "problems"}.`,
    {
      details: [...lines, ...(left > 0 ? [`  and ${left} more`] : [])],
      hint: "Compare the state directory's audit with a backup.",
    },
  );
}

function lineCount(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("Write a number of calls.");
  return Number(text);
}
