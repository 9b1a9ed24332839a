/** `slipway releases`, `rollback` and `cancel`: what was deployed, going back to it, and giving up what is under way. */
import { Command } from "commander";
import type { Release } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { listOperations, resolveOperation } from "../operation-reference.ts";
import { resolveService, type ServiceReference } from "../service-reference.ts";
import { changeService } from "../service-state.ts";
import { paint, paintStatus, printable } from "../style.ts";
import { renderTable } from "../table.ts";
import { formatAgo, formatDuration } from "../time.ts";
import {
  actOnService,
  type CommandFactory,
  examples,
  type JsonOption,
  printJson,
  type WaitOption,
} from "./shared.ts";

const SHORT_COMMIT = 8;
/** As the console says them too; `--json` has the API's. */
const STATUS_WORDS: Readonly<Record<string, string>> = {
  active: "in traffic",
  superseded: "served before",
  deploying: "being deployed",
  failed: "never served",
};
const OPEN: ReadonlySet<string> = new Set(["PENDING", "IN_PROGRESS"]);

export const releasesCommand: CommandFactory = (context) =>
  new Command("releases")
    .description("list a service's releases, newest first; those that served can be rolled back to")
    .argument("<service>", "name or ARN")
    .option("--json", "print JSON: ListReleases' Releases")
    .addHelpText("after", examples("releases shop", "releases shop --json"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const releases = await listReleases(client, await resolveService(client, name));
      if (options.json === true) return printJson(context, releases);
      if (releases.length === 0) return context.io.err("No releases yet.");
      for (const line of render(context, releases)) context.io.out(line);
    });

async function listReleases(client: Client, service: ServiceReference): Promise<readonly Wire<Release>[]> {
  const releases: Wire<Release>[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("Slipway.ListReleases", {
      ServiceArn: service.arn,
      ...(token === undefined ? {} : { NextToken: token }),
    });
    releases.push(...page.Releases);
    token = page.NextToken;
  } while (token !== undefined);
  return releases;
}

function render({ io }: CliContext, releases: readonly Wire<Release>[]): readonly string[] {
  const nowMs = io.now();
  return renderTable(releases, [
    { title: paint(io, "dim", "RELEASE"), cell: ({ ReleaseNumber }) => String(ReleaseNumber) },
    {
      title: paint(io, "dim", "STATUS"),
      cell: ({ Status }) => paintStatus(io, Status, STATUS_WORDS[Status]),
    },
    { title: paint(io, "dim", "SERVED"), cell: (release) => servedText(release, nowMs) },
    { title: paint(io, "dim", "SOURCE"), cell: sourceOf },
    ...(releases.some(isChecked) ? [{ title: paint(io, "dim", "CHECKS"), cell: checksText }] : []),
    { title: paint(io, "dim", "BY"), cell: originOf },
    { title: paint(io, "dim", "MADE"), cell: ({ CreatedAt }) => formatAgo(CreatedAt, nowMs) },
  ]);
}

/** `3h, until 2d ago`: how long, and when that was over; of the one that serves `3h`. */
function servedText({ ServedFrom: from, ServedUntil: until }: Wire<Release>, nowMs: number): string {
  if (from === undefined) return "";
  if (until === undefined) return formatDuration(Math.max(0, nowMs - from * 1000));
  return `${formatDuration((until - from) * 1000)}, until ${formatAgo(until, nowMs)}`;
}

/** Where an installation asks for nothing there is nothing to be read. */
function isChecked({ Signature: signature, ImageCheck: check }: Wire<Release>): boolean {
  return signature !== undefined || (check !== undefined && check.Result !== "not-asked");
}

function checksText({ Signature: signature, ImageCheck: check }: Wire<Release>): string {
  const signed =
    signature === undefined
      ? []
      : [`signed by ${signature.KeyName ?? signature.KeyFingerprint.slice(0, 19)}`];
  const words = { passed: ["check passed"], unanswered: ["check failed, let in"], "not-asked": [] } as const;
  return [...signed, ...(check === undefined ? [] : words[check.Result])].join(", ");
}

function sourceOf({ Commit: commit, ImageIdentifier: image }: Wire<Release>): string {
  if (commit === undefined) return image ?? "";
  return printable(`${commit.Id.slice(0, SHORT_COMMIT)} ${commit.Message} (${commit.Author})`);
}

function originOf({ FromReleaseNumber: from, Trigger: trigger }: Wire<Release>): string {
  return from === undefined ? (trigger?.By ?? "by hand") : `rollback to ${from}`;
}

export const rollbackCommand: CommandFactory = (context) =>
  new Command("rollback")
    .description("deploy a release again, image and configuration, without a build")
    .argument("<service>", "name or ARN")
    .argument("[release]", "its number; left out, the last one that served before the present one")
    .option("--no-wait", "return at once")
    .option("--json", "print JSON: ServiceName, ServiceArn, OperationId")
    .addHelpText("after", examples("rollback shop", "rollback shop 12"))
    .action((name: string, release: string | undefined, options: WaitOption, command: Command) => {
      const number = releaseNumber(name, release);
      return actOnService(context, {
        name,
        command,
        options,
        doing: "Rolling back",
        done: number === undefined ? "is rolled back" : `is rolled back to release ${number}`,
        start: async (client, { arn }) => {
          const input = { ServiceArn: arn, ...(number === undefined ? {} : { ReleaseNumber: number }) };
          return (await client.call("Slipway.RollbackService", input)).OperationId;
        },
      });
    });

function releaseNumber(service: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw usageFailure(`"${text}" is not the number of a release.`, `See \`slipway releases ${service}\`.`);
  }
  return Number(text);
}

export const cancelCommand: CommandFactory = (context) =>
  new Command("cancel")
    .description("give up an operation that is under way; what ran before runs on")
    .argument("<service>", "name or ARN")
    .argument("[operation]", "its id, the start of it is enough; left out, the one that runs")
    .option("--json", "print JSON: CancelOperation's Operation")
    .addHelpText("after", examples("cancel shop", "cancel shop 17fe9f55"))
    .action(async (name: string, text: string | undefined, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const service = await resolveService(client, name);
      const operationId = await operationToCancel(client, service, text);
      const { Operation: operation } = await changeService({ client, service, nowMs: context.io.now() }, () =>
        client.call("Slipway.CancelOperation", { ServiceArn: service.arn, OperationId: operationId }),
      );
      if (options.json === true) return printJson(context, operation);
      context.io.err(
        `${operation.Type} of ${service.name} is given up: see \`slipway ops ${service.name}\`.`,
      );
    });

async function operationToCancel(
  client: Client,
  service: ServiceReference,
  text: string | undefined,
): Promise<string> {
  if (text !== undefined) return resolveOperation(client, service, text);
  const open = (await listOperations(client, service)).find(({ Status = "" }) => OPEN.has(Status));
  if (open?.Id !== undefined) return open.Id;
  throw new CliFailure(`Nothing of ${service.name} is under way.`, {
    hint: `See \`slipway ops ${service.name}\`.`,
  });
}
