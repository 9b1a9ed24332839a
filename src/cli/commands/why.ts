/** `slipway why`: one page that says why a service does what it does. */
import { Command } from "commander";
import type { SlipwayOperationTypes } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import type { CliIo } from "../io.ts";
import { resolveService } from "../service-reference.ts";
import { paint, paintStatus, printable } from "../style.ts";
import { type Column, renderTable } from "../table.ts";
import { formatAgo, formatDuration, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type Explanation = Wire<SlipwayOperationTypes["ExplainService"]["output"]>;
type Finding = Explanation["Findings"][number];
type Sample = Explanation["Requests"]["Slowest"][number];

interface WhyOptions extends JsonOption {
  readonly since: string;
}

const MINUTE_MS = 60_000;
const MARKS: Readonly<
  Record<Finding["Severity"], { readonly mark: string; readonly colour: "red" | "yellow" | "green" }>
> = {
  error: { mark: "✗", colour: "red" },
  warning: { mark: "!", colour: "yellow" },
  info: { mark: "·", colour: "green" },
};

export const whyCommand: CommandFactory = (context) =>
  new Command("why")
    .description("say what is wrong with a service and what to do: operations, ends of instances, requests")
    .argument("<service>", "name or ARN (a deleted service: its ARN)")
    .option("--since <time>", "ends of instances from then on: 7d, 12h, 2026-11-20", "1d")
    .option("--json", "print JSON: ExplainService's reply")
    .addHelpText("after", examples("why shop", "why shop --since 7d", "why shop --json"))
    .action(async (name: string, options: WhyOptions, command: Command) => {
      const client = await context.connect(command);
      const { arn } = await resolveService(client, name);
      const StartTime = parseSince(options.since, context.io.now()) / 1000;
      const reply = await client.call("Slipway.ExplainService", { ServiceArn: arn, StartTime });
      if (options.json === true) return printJson(context, reply);
      for (const line of render(context, reply)) context.io.out(line);
    });

function render({ io }: CliContext, explanation: Explanation): readonly string[] {
  const { ServiceName: name, Status: status, ReleaseNumber: release } = explanation;
  const title = [name, paintStatus(io, status), ...(release === undefined ? [] : [`release ${release}`])];
  const parts = [
    [title.join("  ")],
    explanation.Findings.flatMap((finding) => describeFinding(io, finding)),
    operationTable(io, explanation),
    endTable(io, explanation),
    describeRequests(io, explanation.Requests),
  ];
  return parts
    .filter((part) => part.length > 0)
    .flatMap((part, index) => (index === 0 ? part : [""].concat(part)));
}

function describeFinding(io: CliIo, { Severity, Summary, Advice }: Finding): readonly string[] {
  const { mark, colour } = MARKS[Severity];
  const advice = Advice === undefined ? [] : [`  ${paint(io, "dim", printable(Advice))}`];
  return [`${paint(io, colour, mark)} ${printable(Summary)}`, ...advice];
}

function operationTable(io: CliIo, { Operations: operations }: Explanation): readonly string[] {
  if (operations.length === 0) return [];
  return renderTable(operations, [
    { title: paint(io, "dim", "OPERATION"), cell: ({ Id }) => Id.slice(0, 8) },
    { title: paint(io, "dim", "TYPE"), cell: ({ Type }) => Type },
    { title: paint(io, "dim", "STATUS"), cell: ({ Status }) => paintStatus(io, Status) },
    { title: paint(io, "dim", "STARTED"), cell: ({ StartedAt }) => formatAgo(StartedAt, io.now()) },
    {
      title: paint(io, "dim", "CAUSE"),
      cell: ({ Cause }) => (Cause === undefined ? "" : `${Cause.Class} (${Cause.Phase})`),
    },
  ]);
}

function endTable(io: CliIo, { InstanceEnds: ends }: Explanation): readonly string[] {
  if (ends.length === 0) return [];
  return renderTable(ends, [
    { title: paint(io, "dim", "ENDED"), cell: ({ End }) => End },
    { title: paint(io, "dim", "COUNT"), cell: ({ Count }) => String(Count), isNumber: true },
    { title: paint(io, "dim", "LAST"), cell: ({ LastAt }) => formatAgo(LastAt, io.now()) },
    { title: paint(io, "dim", "INSTANCE"), cell: ({ LastInstanceId: id }) => id.slice(0, 8) },
    {
      title: paint(io, "dim", "RELEASE"),
      cell: ({ ReleaseNumber }) => String(ReleaseNumber),
      isNumber: true,
    },
    { title: paint(io, "dim", "REASON"), cell: ({ Reason }) => printable(Reason ?? "") },
  ]);
}

function describeRequests(io: CliIo, requests: Explanation["Requests"]): readonly string[] {
  const since = describeSince(io, requests.Since);
  if (requests.Count === 0) return [`No request ended since ${since}.`];
  const told = (count: number) => `${requests.IsEstimated && count > 0 ? "about " : ""}${Math.round(count)}`;
  const cuts = Object.entries(requests.Cuts).map(([cut, count]) => `${told(count)} ${cut}`);
  const counts = [
    `${told(requests.Count)} requests since ${since}`,
    `${told(requests.Failed)} failed (5xx)`,
    `${told(requests.Limited)} refused (429)`,
    ...cuts,
  ];
  return [
    counts.join(", "),
    ...sampleTable(io, "FAILED", requests.FailedSamples),
    ...sampleTable(io, "SLOWEST", requests.Slowest),
  ];
}

/** An hour is remembered; less is known after a start. */
function describeSince(io: CliIo, since: number): string {
  const ago = formatAgo(since, io.now());
  return io.now() - since * 1000 < 59 * MINUTE_MS ? `Slipway's start ${ago}` : ago;
}

function sampleTable(io: CliIo, title: string, samples: readonly Sample[]): readonly string[] {
  if (samples.length === 0) return [];
  const columns: readonly Column<Sample>[] = [
    { title: paint(io, "dim", title), cell: ({ At }) => formatAgo(At, io.now()) },
    {
      title: paint(io, "dim", "STATUS"),
      cell: ({ Status }) => (Status === 0 ? "-" : String(Status)),
      isNumber: true,
    },
    { title: paint(io, "dim", "TOOK"), cell: ({ DurationMs }) => formatDuration(DurationMs), isNumber: true },
    { title: paint(io, "dim", "REQUEST"), cell: ({ Method, Path }) => printable(`${Method} ${Path}`) },
    { title: paint(io, "dim", "INSTANCE"), cell: ({ InstanceId }) => InstanceId?.slice(0, 8) ?? "-" },
    { title: paint(io, "dim", "CUT"), cell: ({ Cut }) => Cut ?? "" },
    { title: paint(io, "dim", "ID"), cell: ({ RequestId }) => printable(RequestId) },
  ];
  return ["", ...renderTable(samples, columns)];
}
