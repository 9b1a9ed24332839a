/** `slipway users`: people and programs with access keys of their own, and what they may do. */
import { Command } from "commander";
import { ApiError, type Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { listUsers, type UserEntry } from "../identity-pages.ts";
import { resolvePolicies } from "../policy-reference.ts";
import { paint } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo, formatTimestamp } from "../time.ts";
import {
  type CommandFactory,
  confirmDeletion,
  type ConfirmOption,
  examples,
  type JsonOption,
  printJson,
} from "./shared.ts";
import { passwordCommand } from "./user-password.ts";
import { createKey, keyLines, keysCommand, listKeys, tellKey } from "./user-keys.ts";

interface CreateOptions extends JsonOption {
  readonly policy: readonly string[];
  /** False with `--no-key`. */
  readonly key: boolean;
}
type RemoveOptions = JsonOption & ConfirmOption;

export const usersCommand: CommandFactory = (context) =>
  new Command("users")
    .description("keep users and their access keys: list them, create, show, delete, grant or revoke")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(createCommand(context))
    .addCommand(showCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(policyCommand(context, "grant"))
    .addCommand(policyCommand(context, "revoke"))
    .addCommand(keysCommand(context))
    .addCommand(passwordCommand(context))
    .addHelpText(
      "after",
      examples(
        "users create ann --policy AWSAppRunnerReadOnlyAccess",
        "users keys ann",
        "users password ann --must-change",
        "users grant ann AWSAppRunnerFullAccess",
        "users rm ann",
      ),
    );

function listCommand(context: CliContext): Command {
  const { io } = context;
  return new Command("ls")
    .description("list the users")
    .option("--json", "print JSON: ListUsers' Users")
    .addHelpText("after", examples("users ls", "users ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const users = await listUsers(await context.connect(command));
      if (options.json === true) return printJson(context, users);
      if (users.length === 0) {
        return io.err(
          "No users yet. Make one: slipway users create NAME --policy AWSAppRunnerReadOnlyAccess",
        );
      }
      const nowMs = io.now();
      const lines = renderTable<UserEntry>(users, [
        { title: paint(io, "dim", "USER"), cell: ({ UserName }) => UserName },
        { title: paint(io, "dim", "CREATED"), cell: ({ CreateDate }) => formatAgo(CreateDate, nowMs) },
        {
          title: paint(io, "dim", "SIGNED IN"),
          cell: ({ PasswordLastUsed }) => formatAgo(PasswordLastUsed, nowMs),
        },
        { title: paint(io, "dim", "ARN"), cell: ({ Arn }) => Arn },
      ]);
      for (const line of lines) io.out(line);
    });
}

function createCommand(context: CliContext): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return new Command("create")
    .description("create a user with an access key, which is shown this once")
    .argument("<name>", "letters, digits and _+=,.@-")
    .option("--policy <policy>", "name or ARN of what the user may do; can be repeated", collect, [])
    .option("--no-key", "without an access key, for who only signs in to the console")
    .option("--json", "print JSON: User, AccessKey")
    .addHelpText(
      "after",
      examples(
        "users create ann --policy AWSAppRunnerReadOnlyAccess",
        "users create ci --policy AWSAppRunnerFullAccess --json",
      ),
    )
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const client = await context.connect(command);
      // Before the user is made: a policy that is not there leaves nothing behind.
      const policies = await resolvePolicies(client, options.policy);
      const { User: user } = await client.call("AWSIdentityManagementV20100508.CreateUser", {
        UserName: name,
      });
      for (const PolicyArn of policies) {
        await client.call("AWSIdentityManagementV20100508.AttachUserPolicy", { UserName: name, PolicyArn });
      }
      const key = options.key ? await createKey(client, name) : undefined;
      if (options.json === true) return printJson(context, { User: user, AccessKey: key });
      context.io.err(`The user ${name} is made.${policies.length === 0 ? noRights(name) : ""}`);
      if (key === undefined) context.io.out(user.Arn);
      else tellKey(context, client, key);
    });
}

function noRights(name: string): string {
  return ` They may do nothing yet: slipway users grant ${name} AWSAppRunnerReadOnlyAccess`;
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("show a user: access keys and what they may do")
    .argument("<user>", "name")
    .option("--json", "print JSON: User, AccessKeyMetadata, AttachedPolicies, PolicyNames")
    .addHelpText("after", examples("users show ann"))
    .action(async (UserName: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { User: user } = await client.call("AWSIdentityManagementV20100508.GetUser", { UserName });
      const { own, attached } = await policiesOf(client, UserName);
      const keys = await listKeys(client, UserName);
      if (options.json === true) {
        return printJson(context, {
          User: user,
          AccessKeyMetadata: keys,
          AttachedPolicies: attached,
          PolicyNames: own,
        });
      }
      const facts = renderFacts([
        ["User", user.UserName],
        ["ARN", user.Arn],
        ["Created", formatTimestamp(user.CreateDate * 1000)],
        ["Policies", attached.map(({ PolicyName }) => PolicyName).join(", ")],
        ["Own policies", own.join(", ")],
      ]);
      for (const line of [...facts, ...(keys.length === 0 ? [] : ["", ...keyLines(context.io, keys)])]) {
        context.io.out(line);
      }
    });
}

async function policiesOf(client: Client, UserName: string) {
  const { PolicyNames: own } = await client.call("AWSIdentityManagementV20100508.ListUserPolicies", {
    UserName,
  });
  const { AttachedPolicies: attached = [] } = await client.call(
    "AWSIdentityManagementV20100508.ListAttachedUserPolicies",
    { UserName },
  );
  return { own, attached };
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("delete a user with access keys, password and own policies; all of it ends at once")
    .argument("<user>", "name")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON: UserName")
    .addHelpText("after", examples("users rm ann", "users rm ann --yes"))
    .action(async (UserName: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      const left = { ...(await policiesOf(client, UserName)), keys: await listKeys(client, UserName) };
      if (options.yes !== true) {
        await confirmDeletion(context, `the user ${UserName}`, "They are as they were: `slipway users`.");
      }
      await removeWhatIsLeft(client, UserName, left);
      await client.call("AWSIdentityManagementV20100508.DeleteUser", { UserName });
      if (options.json === true) printJson(context, { UserName });
      else context.io.err(`The user ${UserName} is deleted.`);
    });
}

interface Left extends Awaited<ReturnType<typeof policiesOf>> {
  readonly keys: Awaited<ReturnType<typeof listKeys>>;
}

/** Keys first: whoever has one is out before anything else. */
async function removeWhatIsLeft(
  client: Client,
  UserName: string,
  { own, attached, keys }: Left,
): Promise<void> {
  for (const { AccessKeyId = "" } of keys) {
    await client.call("AWSIdentityManagementV20100508.DeleteAccessKey", { UserName, AccessKeyId });
  }
  if (await hasPassword(client, UserName)) {
    await client.call("AWSIdentityManagementV20100508.DeleteLoginProfile", { UserName });
  }
  for (const PolicyName of own) {
    await client.call("AWSIdentityManagementV20100508.DeleteUserPolicy", { UserName, PolicyName });
  }
  for (const { PolicyArn = "" } of attached) {
    await client.call("AWSIdentityManagementV20100508.DetachUserPolicy", { UserName, PolicyArn });
  }
}

async function hasPassword(client: Client, UserName: string): Promise<boolean> {
  try {
    await client.call("AWSIdentityManagementV20100508.GetLoginProfile", { UserName });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.code === "NoSuchEntity") return false;
    throw error;
  }
}

function policyCommand(context: CliContext, verb: "grant" | "revoke"): Command {
  const isGrant = verb === "grant";
  return new Command(verb)
    .description(isGrant ? "let a user do what a policy allows" : "take a policy from a user")
    .argument("<user>", "name")
    .argument("<policy>", "name or ARN")
    .addHelpText("after", examples(`users ${verb} ann AWSAppRunnerFullAccess`))
    .action(async (UserName: string, policy: string, _options: object, command: Command) => {
      const client = await context.connect(command);
      const [PolicyArn = ""] = await resolvePolicies(client, [policy]);
      await client.call(
        isGrant
          ? "AWSIdentityManagementV20100508.AttachUserPolicy"
          : "AWSIdentityManagementV20100508.DetachUserPolicy",
        { UserName, PolicyArn },
      );
      context.io.err(`${UserName} ${isGrant ? "has" : "no longer has"} ${policy}.`);
    });
}
