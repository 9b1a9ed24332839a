/** `slipway policies`: what users and roles may do, as JSON documents under names. */
import { Command } from "commander";
import { ApiError, type Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { listPolicies, type PolicyEntry } from "../identity-pages.ts";
import { resolvePolicies } from "../policy-reference.ts";
import { paint } from "../style.ts";
import { renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import {
  type CommandFactory,
  confirmDeletion,
  type ConfirmOption,
  examples,
  type JsonOption,
  printJson,
  readFileOf,
} from "./shared.ts";

interface ListOptions extends JsonOption {
  readonly all?: boolean;
}
interface PutOptions extends JsonOption {
  readonly file: string;
  readonly description?: string;
}
type RemoveOptions = JsonOption & ConfirmOption;

/** IAM keeps so many of each policy. */
const VERSIONS_MAX = 5;

export const policiesCommand: CommandFactory = (context) =>
  new Command("policies")
    .description(
      "keep policies for users and roles: list them, put, show or delete one, and list the actions",
    )
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(putCommand(context))
    .addCommand(showCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(actionsCommand(context))
    .addHelpText(
      "after",
      examples(
        "policies --all",
        "policies put deploy-shop --file policy.json",
        "policies show deploy-shop",
        "policies actions deploy",
      ),
    );

function listCommand(context: CliContext): Command {
  const { io } = context;
  return new Command("ls")
    .description("list the policies of this installation")
    .option("--all", "also AWS's, which every installation has")
    .option("--json", "print JSON: ListPolicies' Policies")
    .addHelpText("after", examples("policies ls", "policies ls --all --json"))
    .action(async (options: ListOptions, command: Command) => {
      const client = await context.connect(command);
      const policies = await listPolicies(client, options.all === true ? "All" : "Local");
      if (options.json === true) return printJson(context, policies);
      if (policies.length === 0) {
        return io.err("No policies of your own yet. AWS's are there: slipway policies --all");
      }
      const nowMs = io.now();
      const lines = renderTable<PolicyEntry>(policies, [
        { title: paint(io, "dim", "POLICY"), cell: ({ PolicyName = "" }) => PolicyName },
        { title: paint(io, "dim", "USED BY"), cell: ({ AttachmentCount = 0 }) => String(AttachmentCount) },
        {
          title: paint(io, "dim", "CHANGED"),
          cell: ({ UpdateDate }) => (UpdateDate === 0 ? "" : formatAgo(UpdateDate, nowMs)),
        },
        { title: paint(io, "dim", "ARN"), cell: ({ Arn = "" }) => Arn },
      ]);
      for (const line of lines) io.out(line);
    });
}

function actionsCommand(context: CliContext): Command {
  const { io } = context;
  return new Command("actions")
    .description("list the actions that policies can speak of, those that only read marked")
    .argument("[part]", "only those with this in their name, for example a service: kms:")
    .option("--json", "print JSON: ListActions' Actions")
    .addHelpText(
      "after",
      examples("policies actions", "policies actions deploy", "policies actions kms: --json"),
    )
    .action(async (part: string | undefined, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Actions } = await client.call("Slipway.ListActions", {});
      const wanted = (part ?? "").toLowerCase();
      const actions = Actions.filter(({ Action }) => Action.toLowerCase().includes(wanted));
      if (options.json === true) return printJson(context, actions);
      if (actions.length === 0) return io.err(`No action has ${JSON.stringify(part)} in its name.`);
      const lines = renderTable<(typeof actions)[number]>(actions, [
        { title: paint(io, "dim", "ACTION"), cell: ({ Action }) => Action },
        { title: paint(io, "dim", "READS ONLY"), cell: ({ IsReadOnly }) => (IsReadOnly ? "yes" : "") },
        { title: paint(io, "dim", "WHAT IT DOES"), cell: ({ Description }) => Description },
      ]);
      for (const line of lines) io.out(line);
    });
}

function putCommand(context: CliContext): Command {
  return new Command("put")
    .description(
      "store a policy under a name, or a new version of it that is in force at once; prints its ARN",
    )
    .argument("<name>", "letters, digits and _+=,.@-")
    .requiredOption("--file <file>", "the JSON document")
    .option("--description <text>", "what it is for; only when it is made")
    .option("--json", "print JSON: Arn, VersionId")
    .addHelpText("after", examples("policies put deploy-shop --file policy.json"))
    .action(async (name: string, options: PutOptions, command: Command) => {
      const document = await readFileOf(context.io, "--file", context.io.resolvePath(options.file));
      const client = await context.connect(command);
      const stored = await put(client, { name, document, description: options.description });
      if (options.json === true) return printJson(context, stored);
      context.io.out(stored.Arn);
      context.io.err(`${name} is stored, ${stored.VersionId} is in force.`);
    });
}

interface Wished {
  readonly name: string;
  readonly document: string;
  readonly description: string | undefined;
}

interface Stored {
  readonly Arn: string;
  readonly VersionId: string;
}

async function put(client: Client, { name, document, description }: Wished): Promise<Stored> {
  try {
    const { Policy: policy } = await client.call("AWSIdentityManagementV20100508.CreatePolicy", {
      PolicyName: name,
      PolicyDocument: document,
      ...(description !== undefined && { Description: description }),
    });
    return { Arn: policy?.Arn ?? "", VersionId: policy?.DefaultVersionId ?? "" };
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "EntityAlreadyExists") throw error;
  }
  return putVersion(client, name, document);
}

async function putVersion(client: Client, name: string, document: string): Promise<Stored> {
  const [arn = ""] = await resolvePolicies(client, [name]);
  await makeRoom(client, arn);
  const { PolicyVersion: version } = await client.call("AWSIdentityManagementV20100508.CreatePolicyVersion", {
    PolicyArn: arn,
    PolicyDocument: document,
    SetAsDefault: true,
  });
  return { Arn: arn, VersionId: version?.VersionId ?? "" };
}

/** The oldest one goes that is not in force. */
async function makeRoom(client: Client, arn: string): Promise<void> {
  const { Versions: versions = [] } = await client.call("AWSIdentityManagementV20100508.ListPolicyVersions", {
    PolicyArn: arn,
  });
  if (versions.length < VERSIONS_MAX) return;
  const oldest = versions.findLast(({ IsDefaultVersion }) => IsDefaultVersion !== true);
  await client.call("AWSIdentityManagementV20100508.DeletePolicyVersion", {
    PolicyArn: arn,
    VersionId: oldest?.VersionId ?? "",
  });
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("print the document of a policy that is in force")
    .argument("<policy>", "name or ARN")
    .option("--json", "print JSON: Arn, VersionId, Document")
    .addHelpText("after", examples("policies show AWSAppRunnerReadOnlyAccess"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const [arn = ""] = await resolvePolicies(client, [name]);
      const { Policy: policy } = await client.call("AWSIdentityManagementV20100508.GetPolicy", {
        PolicyArn: arn,
      });
      const { PolicyVersion: version } = await client.call(
        "AWSIdentityManagementV20100508.GetPolicyVersion",
        {
          PolicyArn: arn,
          VersionId: policy?.DefaultVersionId ?? "v1",
        },
      );
      const document: unknown = JSON.parse(decodeURIComponent(version?.Document ?? "{}"));
      if (options.json !== true) return printJson(context, document);
      printJson(context, { Arn: arn, VersionId: version?.VersionId, Document: document });
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("delete a policy with its versions; not while a user or role has it")
    .argument("<policy>", "name or ARN")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON: Arn")
    .addHelpText("after", examples("policies rm deploy-shop", "policies rm deploy-shop --yes"))
    .action(async (name: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      const [arn = ""] = await resolvePolicies(client, [name]);
      if (options.yes !== true) {
        await confirmDeletion(context, `the policy ${name}`, "It is as it was: `slipway policies`.");
      }
      await remove(client, arn);
      if (options.json === true) printJson(context, { Arn: arn });
      else context.io.err(`The policy ${name} is deleted.`);
    });
}

/** One that is attached stays as it is: that is asked before its versions go. */
async function remove(client: Client, PolicyArn: string): Promise<void> {
  const { Policy: policy } = await client.call("AWSIdentityManagementV20100508.GetPolicy", { PolicyArn });
  if ((policy?.AttachmentCount ?? 0) === 0) {
    const { Versions: versions = [] } = await client.call(
      "AWSIdentityManagementV20100508.ListPolicyVersions",
      {
        PolicyArn,
      },
    );
    for (const { VersionId = "", IsDefaultVersion } of versions) {
      if (IsDefaultVersion === true) continue;
      await client.call("AWSIdentityManagementV20100508.DeletePolicyVersion", { PolicyArn, VersionId });
    }
  }
  await client.call("AWSIdentityManagementV20100508.DeletePolicy", { PolicyArn });
}
