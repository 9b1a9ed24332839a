/**
 * `slipway secrets`: values that services get and nobody else reads. A value comes over standard input, a prompt or a file,
 * never over the command line, where every user of the machine could read it; it is shown only when that is asked for.
 */
import { Command } from "commander";
import type { OutputOf, SecretType } from "../../contract/operations.ts";
import { ApiError, type Client, type Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { paint } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo, formatTimestamp } from "../time.ts";
import {
  type CommandFactory,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
  readFileOf,
  type ConfirmOption,
} from "./shared.ts";

interface SetOptions extends JsonOption {
  readonly file?: string;
}

interface ShowOptions extends JsonOption {
  readonly reveal?: boolean;
}

interface RemoveOptions extends JsonOption, ConfirmOption {
  readonly now?: boolean;
}

type Entry = Wire<SecretType<"SecretEntry">>;
type Stored = Pick<Wire<OutputOf<"secretsmanager.CreateSecret">>, "ARN" | "Name" | "VersionId">;

export const secretsCommand: CommandFactory = (context) =>
  new Command("secrets")
    .description("keep secrets for services: list them, set, show, delete or restore one")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(setCommand(context))
    .addCommand(showCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(restoreCommand(context))
    .addHelpText(
      "after",
      examples(
        "secrets set shop/db < password.txt",
        "secrets",
        "secrets rm shop/db",
        "secrets restore shop/db",
      ),
    );

function listCommand(context: CliContext): Command {
  const { io } = context;
  return new Command("ls")
    .description("list the secrets, without their values")
    .option("--json", "print JSON: ListSecrets' SecretList")
    .addHelpText("after", examples("secrets ls", "secrets ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const secrets = await listAll(await context.connect(command));
      if (options.json === true) return printJson(context, secrets);
      if (secrets.length === 0) return io.err("No secrets yet. Make one: slipway secrets set NAME");
      const nowMs = io.now();
      const lines = renderTable(secrets, [
        { title: paint(io, "dim", "NAME"), cell: ({ Name }) => Name },
        {
          title: paint(io, "dim", "CHANGED"),
          cell: ({ LastChangedDate }) => formatAgo(LastChangedDate, nowMs),
        },
        { title: paint(io, "dim", "DELETED"), cell: ({ DeletedDate }) => formatAgo(DeletedDate, nowMs) },
        { title: paint(io, "dim", "ARN"), cell: ({ ARN }) => ARN },
      ]);
      for (const line of lines) io.out(line);
    });
}

async function listAll(client: Client): Promise<readonly Entry[]> {
  const secrets: Entry[] = [];
  let token: string | undefined;
  do {
    const page = await client.call("secretsmanager.ListSecrets", {
      IncludePlannedDeletion: true,
      NextToken: token,
    });
    secrets.push(...page.SecretList);
    token = page.NextToken;
  } while (token !== undefined);
  return secrets;
}

function setCommand(context: CliContext): Command {
  return new Command("set")
    .description("store a value under a name: a new secret, or a new version of one; prints its ARN")
    .argument("<name>", "letters, digits and /_+=.@!-")
    .option(
      "--file <file>",
      "take the value from a file as it is; else it is asked for, or read from standard input without its last line break",
    )
    .option("--json", "print JSON: ARN, Name, VersionId")
    .addHelpText(
      "after",
      examples(
        "secrets set shop/db",
        "secrets set shop/db < password.txt",
        "secrets set shop/tls-key --file key.pem",
      ),
    )
    .action(async (name: string, options: SetOptions, command: Command) => {
      const value = await readValue(context, options);
      const stored = await store(await context.connect(command), name, value);
      if (options.json === true) return printJson(context, stored);
      context.io.out(stored.ARN);
      context.io.err(`${name} is stored. Use it: slipway deploy … --secret VARIABLE=${stored.ARN}`);
    });
}

async function readValue({ io }: CliContext, { file }: SetOptions): Promise<string> {
  const value =
    file === undefined
      ? (await io.readSecret("Value:")).replace(/\r?\n$/, "")
      : await readFileOf(io, "--file", io.resolvePath(file));
  if (value === "") throw usageFailure("The value is empty.", "Give it over standard input or with --file.");
  // What cannot be read as text has been replaced by this character: another value would be stored.
  if (!value.includes("\uFFFD")) return value;
  throw usageFailure(
    "The value is not text in UTF-8.",
    "Store bytes with the AWS CLI: aws secretsmanager create-secret --secret-binary fileb://FILE",
  );
}

/** A new version is tried first: that is the call which refuses what is not there. */
async function store(client: Client, name: string, value: string): Promise<Stored> {
  try {
    const { ARN, Name, VersionId } = await client.call("secretsmanager.PutSecretValue", {
      SecretId: name,
      SecretString: value,
    });
    return { ARN, Name, VersionId };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.code === "ResourceNotFoundException") {
      return client.call("secretsmanager.CreateSecret", { Name: name, SecretString: value });
    }
    if (error.code !== "InvalidRequestException") throw error;
    throw new CliFailure(error.message, {
      hint: `Bring it back: slipway secrets restore ${name}`,
      cause: error,
    });
  }
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("show what is known of a secret; with --reveal its value, and nothing else")
    .argument("<name>", "name or ARN")
    .option("--reveal", "print the value to standard output")
    .option("--json", "print JSON: DescribeSecret's answer, with --reveal GetSecretValue's")
    .addHelpText("after", examples("secrets show shop/db", "secrets show shop/db --reveal"))
    .action(async (name: string, options: ShowOptions, command: Command) => {
      const client = await context.connect(command);
      await (options.reveal === true
        ? reveal(context, client, { name, options })
        : describe(context, client, { name, options }));
    });
}

interface Shown {
  readonly name: string;
  readonly options: ShowOptions;
}

async function reveal(context: CliContext, client: Client, { name, options }: Shown): Promise<void> {
  const secret = await client.call("secretsmanager.GetSecretValue", { SecretId: name });
  if (options.json === true) return printJson(context, secret);
  if (secret.SecretString === undefined) context.io.err(`${name} holds bytes: this is base64.`);
  context.io.out(secret.SecretString ?? secret.SecretBinary ?? "");
}

async function describe(context: CliContext, client: Client, { name, options }: Shown): Promise<void> {
  const secret = await client.call("secretsmanager.DescribeSecret", { SecretId: name });
  if (options.json === true) return printJson(context, secret);
  const { VersionIdsToStages: stages = {}, Tags: tags = [], DeletedDate: deletedAt } = secret;
  const nowMs = context.io.now();
  const lines = renderFacts([
    ["Name", secret.Name],
    ["ARN", secret.ARN],
    ["Description", secret.Description],
    ["Created", formatAgo(secret.CreatedDate, nowMs)],
    ["Changed", formatAgo(secret.LastChangedDate, nowMs)],
    ["Deleted", deletedAt === undefined ? undefined : `for good on ${formatTimestamp(deletedAt * 1000)}`],
    ["Tags", tags.map(({ Key, Value }) => `${Key}=${Value}`).join(" ")],
    ...Object.entries(stages).map(([id, names]) => [names.join(", "), id] as const),
  ]);
  for (const line of lines) context.io.out(line);
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("delete a secret; for 30 days it can be restored")
    .argument("<name>", "name or ARN")
    .option("--now", "at once and for good")
    .option("-y, --yes", "do not ask (only --now asks)")
    .option("--json", "print JSON: DeleteSecret's answer")
    .addHelpText("after", examples("secrets rm shop/db", "secrets rm shop/db --now --yes"))
    .action(async (name: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      const isForced = options.now === true;
      if (isForced && options.yes !== true) {
        await confirmDeletion(context, `the secret ${name}`, "It is as it was: `slipway secrets`.");
      }
      // By force the API deletes what is not there, too: who mistyped a name should hear of it.
      if (isForced) await client.call("secretsmanager.DescribeSecret", { SecretId: name });
      const answer = await client.call("secretsmanager.DeleteSecret", {
        SecretId: name,
        ...(isForced && { ForceDeleteWithoutRecovery: true }),
      });
      if (options.json === true) return printJson(context, answer);
      const until = formatTimestamp(answer.DeletionDate * 1000);
      context.io.err(
        isForced
          ? `${name} is deleted.`
          : `${name} is deleted. Until ${until} it can be brought back: slipway secrets restore ${name}`,
      );
    });
}

function restoreCommand(context: CliContext): Command {
  return new Command("restore")
    .description("take a deletion back")
    .argument("<name>", "name or ARN")
    .option("--json", "print JSON: RestoreSecret's answer")
    .addHelpText("after", examples("secrets restore shop/db"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const answer = await client.call("secretsmanager.RestoreSecret", { SecretId: name });
      if (options.json === true) return printJson(context, answer);
      context.io.err(`${name} is back.`);
    });
}
