/**
 * `slipway connect`: access to private repositories of a Git host. What opens it comes over standard input, a prompt, a
 * file or the environment, never over the command line, where every user of the machine could read it.
 */
import { Command } from "commander";
import type { Connection, ConnectionSummary, ProviderType } from "../../contract/model.gen.ts";
import type { InputOf } from "../../contract/operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { paint, paintStatus } from "../style.ts";
import { renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson, readFileOf } from "./shared.ts";

interface ConnectOptions extends JsonOption {
  readonly provider?: string;
  readonly url?: string;
  readonly username?: string;
  readonly deployKey?: string;
  readonly knownHosts?: string;
  readonly githubApp?: string;
  readonly installation?: string;
  readonly privateKey?: string;
}

type Credential = Pick<Wire<InputOf<"CompleteConnection">>, "Token" | "DeployKey" | "GitHubApp">;

const PROVIDERS: readonly ProviderType[] = ["GITHUB", "BITBUCKET", "GITLAB", "GITEA", "GIT"];
const TOKEN_VARIABLE = "SLIPWAY_GIT_TOKEN";

export const connectCommand: CommandFactory = (context) =>
  new Command("connect")
    .description("connect with a Git host, for private repositories; without a name, list the connections")
    .argument("[name]", "what the connection is called; one that is there gets the new credential")
    .option("--provider <provider>", "github, bitbucket, gitlab, gitea or git (any other host)")
    .option("--url <url>", "address of the host, where it is not the provider's own: https://… or ssh://…")
    .option(
      "--username <name>",
      `the name that belongs to the token; the token itself is asked for, or read from ${TOKEN_VARIABLE} or standard input`,
    )
    .option("--deploy-key <file>", "a private key for ssh instead of a token")
    .option("--known-hosts <file>", "the host's keys; without it the first one seen is kept")
    .option(
      "--github-app <id>",
      "an installed GitHub App instead of a token: with --installation and --private-key",
    )
    .option("--installation <number>", "number of the app's installation")
    .option("--private-key <file>", "private key of the app")
    .option("--json", "print JSON: the Connection, or ListConnections' ConnectionSummaryList")
    .addHelpText(
      "after",
      examples(
        "connect work --provider github < token.txt",
        "connect forge --provider gitea --url https://git.example.com --username ada",
        "connect attic --provider git --url ssh://git.example.com --deploy-key ~/.ssh/deploy",
        "connect",
      ),
    )
    .action(async (name: string | undefined, options: ConnectOptions, command: Command) => {
      if (name === undefined) return list(context, await context.connect(command), options);
      const connection = await connect(context, command, { name, options });
      if (options.json === true) printJson(context, connection);
      else
        context.io.err(
          `Connection ${name} is ${connection.Status}. Use it: slipway deploy URL --connection ${name}`,
        );
    });

async function list(context: CliContext, client: Client, options: JsonOption): Promise<void> {
  const { io } = context;
  const { ConnectionSummaryList: connections } = await client.call("AppRunner.ListConnections", {});
  if (options.json === true) return printJson(context, connections);
  if (connections.length === 0) {
    return io.err("No connections yet. Make one: slipway connect NAME --provider github");
  }
  const nowMs = io.now();
  const lines = renderTable<Wire<ConnectionSummary>>(connections, [
    { title: paint(io, "dim", "NAME"), cell: ({ ConnectionName }) => ConnectionName ?? "" },
    { title: paint(io, "dim", "PROVIDER"), cell: ({ ProviderType: type = "" }) => type.toLowerCase() },
    { title: paint(io, "dim", "STATUS"), cell: ({ Status }) => paintStatus(io, Status ?? "") },
    { title: paint(io, "dim", "CREATED"), cell: ({ CreatedAt }) => formatAgo(CreatedAt, nowMs) },
  ]);
  for (const line of lines) io.out(line);
}

async function connect(
  context: CliContext,
  command: Command,
  { name, options }: { readonly name: string; readonly options: ConnectOptions },
): Promise<Wire<Connection>> {
  const provider = options.provider === undefined ? undefined : parseProvider(options.provider);
  const client = await context.connect(command);
  const present = await find(client, name);
  if (present === undefined && provider === undefined) {
    throw usageFailure(`There is no connection "${name}" yet.`, "Say with whom: --provider github.");
  }
  const credential = await readCredential(context, options);
  const arn = present?.ConnectionArn ?? (await create(client, name, provider ?? "GIT"));
  const { Connection: connection } = await client.call("Slipway.CompleteConnection", {
    ConnectionArn: arn,
    ...(options.url === undefined ? {} : { ServerUrl: options.url }),
    ...credential,
  });
  if (connection.Status === "AVAILABLE") return connection;
  const { Problem: problem } = await client.call("Slipway.DescribeConnection", { ConnectionArn: arn });
  throw new CliFailure(
    `Connection ${name} is ${connection.Status}: ${problem ?? "the Git host did not say why."}`,
    {
      hint: `Try again with another credential: slipway connect ${name}`,
    },
  );
}

function parseProvider(text: string): ProviderType {
  const provider = PROVIDERS.find((one) => one === text.toUpperCase());
  if (provider !== undefined) return provider;
  const valid = PROVIDERS.map((one) => one.toLowerCase()).join(", ");
  throw usageFailure(`--provider: "${text}" is unknown.`, `Write one of ${valid}.`);
}

async function find(client: Client, name: string): Promise<Wire<ConnectionSummary> | undefined> {
  const reply = await client.call("AppRunner.ListConnections", { ConnectionName: name });
  return reply.ConnectionSummaryList[0];
}

async function create(client: Client, name: string, provider: ProviderType): Promise<string> {
  const input = { ConnectionName: name, ProviderType: provider };
  const { Connection: made } = await client.call("AppRunner.CreateConnection", input);
  if (made.ConnectionArn === undefined) throw new Error("a connection without an ARN");
  return made.ConnectionArn;
}

async function readCredential(context: CliContext, options: ConnectOptions): Promise<Credential> {
  const { deployKey, githubApp, knownHosts } = options;
  if (deployKey !== undefined && githubApp !== undefined) {
    throw usageFailure("--deploy-key and --github-app exclude each other.");
  }
  if (deployKey !== undefined) {
    const PrivateKey = await readFileOf(context.io, "--deploy-key", deployKey);
    if (knownHosts === undefined) return { DeployKey: { PrivateKey } };
    return {
      DeployKey: { PrivateKey, KnownHosts: await readFileOf(context.io, "--known-hosts", knownHosts) },
    };
  }
  return githubApp === undefined ? readToken(context, options) : readApp(context, githubApp, options);
}

async function readApp(
  context: CliContext,
  appId: string,
  { installation, privateKey }: ConnectOptions,
): Promise<Credential> {
  if (installation === undefined || privateKey === undefined) {
    throw usageFailure("--github-app needs --installation and --private-key.");
  }
  const PrivateKey = await readFileOf(context.io, "--private-key", privateKey);
  return { GitHubApp: { AppId: appId, InstallationId: installation, PrivateKey } };
}

async function readToken({ io }: CliContext, { username }: ConnectOptions): Promise<Credential> {
  const Token = (io.environment[TOKEN_VARIABLE] ?? (await io.readSecret("Token:"))).trim();
  if (Token === "") {
    throw usageFailure("No token was given.", `Type it, pipe it in, or set ${TOKEN_VARIABLE}.`);
  }
  return { Token: { Token, ...(username === undefined ? {} : { Username: username }) } };
}
