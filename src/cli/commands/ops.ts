/** `slipway ops`: what was done to a service, newest first, and why it failed. */
import { Command } from "commander";
import type { OperationSummary } from "../../contract/model.gen.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { findCancelled, isCancelled, statusOf } from "../ended-operations.ts";
import { listOperations, resolveOperation } from "../operation-reference.ts";
import { failureOf } from "../operation-watch.ts";
import { resolveService, type ServiceReference } from "../service-reference.ts";
import { paint, paintStatus, printable } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo, formatDuration } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const opsCommand: CommandFactory = (context) =>
  new Command("ops")
    .description("list a service's operations, or show one with the cause of its failure")
    .argument("<service>", "name or ARN")
    .argument("[operation]", "id of one operation; the start of it is enough")
    .option("--json", "print JSON: ListOperations' OperationSummaryList, or DescribeOperation's Operation")
    .addHelpText("after", examples("ops shop", "ops shop 17fe9f55", "ops shop --json"))
    .action(async (name: string, text: string | undefined, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const service = await resolveService(client, name);
      if (text === undefined) return printAll(context, client, service, options);
      const operationId = await resolveOperation(client, service, text);
      await showOperation(context, client, { service, operationId, options });
    });

async function printAll(
  context: CliContext,
  client: Client,
  service: ServiceReference,
  options: JsonOption,
): Promise<void> {
  const operations = await listOperations(client, service);
  if (options.json === true) return printJson(context, operations);
  const cancelled = await findCancelled(client, service.arn, operations);
  const { io } = context;
  const nowMs = io.now();
  const lines = renderTable(operations, [
    { title: paint(io, "dim", "ID"), cell: ({ Id }) => Id ?? "" },
    { title: paint(io, "dim", "TYPE"), cell: ({ Type }) => Type ?? "" },
    {
      title: paint(io, "dim", "STATUS"),
      cell: ({ Id = "", Status = "PENDING" }) => paintStatus(io, statusOf(Status, cancelled.has(Id))),
    },
    { title: paint(io, "dim", "STARTED"), cell: ({ StartedAt }) => formatAgo(StartedAt, nowMs) },
    { title: paint(io, "dim", "TOOK"), cell: tookOf },
  ]);
  for (const line of lines) io.out(line);
}

interface ShowRequest {
  readonly service: ServiceReference;
  readonly operationId: string;
  readonly options: JsonOption;
}

async function showOperation(context: CliContext, client: Client, request: ShowRequest): Promise<void> {
  const input = { ServiceArn: request.service.arn, OperationId: request.operationId };
  const { Operation: operation } = await client.call("Slipway.DescribeOperation", input);
  if (request.options.json === true) return printJson(context, operation);
  const { io } = context;
  const facts = renderFacts([
    ["Operation", operation.Id],
    ["Type", operation.Type],
    ["Status", paintStatus(io, statusOf(operation.Status, isCancelled(operation)))],
    ["Phase", operation.Phase],
    ["Release", operation.ReleaseNumber?.toString()],
    [
      "Goes back to",
      operation.FromReleaseNumber === undefined ? undefined : `release ${operation.FromReleaseNumber}`,
    ],
    [
      "Commit",
      operation.Commit === undefined
        ? undefined
        : printable(`${operation.Commit.Id.slice(0, 8)} ${operation.Commit.Message}`),
    ],
    ["Begun by", operation.Trigger?.By],
    ["Started", formatAgo(operation.StartedAt, io.now())],
    ["Took", tookOf(operation)],
  ]);
  for (const line of facts) io.out(line);
  if (operation.Cause === undefined) return;
  const failure = failureOf(operation, request.service);
  for (const line of ["", failure.message, ...failure.details]) io.out(line);
}

function tookOf({ StartedAt, EndedAt }: Pick<Wire<OperationSummary>, "StartedAt" | "EndedAt">): string {
  return StartedAt === undefined || EndedAt === undefined ? "" : formatDuration((EndedAt - StartedAt) * 1000);
}
