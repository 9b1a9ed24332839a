/** `slipway roles`: what services may do (their instance and access roles), and what people may do for a while. */
import { Command, Option } from "commander";
import type { Client } from "../client.ts";
import type { CliContext } from "../context.ts";
import { usageFailure } from "../failure.ts";
import { listRoles, type RoleEntry } from "../identity-pages.ts";
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
  readFileOf,
} from "./shared.ts";

interface CreateOptions extends JsonOption {
  readonly for?: keyof typeof SERVICES;
  readonly user: readonly string[];
  readonly trustFile?: string;
  readonly policy: readonly string[];
}
type RemoveOptions = JsonOption & ConfirmOption;

/** Who takes a role in the name of services, as App Runner calls them. */
const SERVICES = {
  instances: "tasks.apprunner.amazonaws.com",
  images: "build.apprunner.amazonaws.com",
} as const;

export const rolesCommand: CommandFactory = (context) =>
  new Command("roles")
    .description("keep roles for services and people: list them, create, show, delete, grant or revoke")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(createCommand(context))
    .addCommand(showCommand(context))
    .addCommand(removeCommand(context))
    .addCommand(policyCommand(context, "grant"))
    .addCommand(policyCommand(context, "revoke"))
    .addHelpText(
      "after",
      examples(
        "roles create shop --for instances --policy shop-secrets",
        "roles create operator --user ann --policy AWSAppRunnerFullAccess",
        "roles",
      ),
    );

function listCommand(context: CliContext): Command {
  const { io } = context;
  return new Command("ls")
    .description("list the roles")
    .option("--json", "print JSON: ListRoles' Roles")
    .addHelpText("after", examples("roles ls", "roles ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const roles = await listRoles(await context.connect(command));
      if (options.json === true) return printJson(context, roles);
      if (roles.length === 0) {
        return io.err("No roles yet. Make one: slipway roles create NAME --for instances");
      }
      const nowMs = io.now();
      const lines = renderTable<RoleEntry>(roles, [
        { title: paint(io, "dim", "ROLE"), cell: ({ RoleName }) => RoleName },
        { title: paint(io, "dim", "CREATED"), cell: ({ CreateDate }) => formatAgo(CreateDate, nowMs) },
        { title: paint(io, "dim", "ARN"), cell: ({ Arn }) => Arn },
      ]);
      for (const line of lines) io.out(line);
    });
}

function createCommand(context: CliContext): Command {
  const collect = (value: string, before: readonly string[]) => [...before, value];
  return new Command("create")
    .description("create a role that a service's instances, pulling images, or people take; prints its ARN")
    .argument("<name>", "letters, digits and _+=,.@-")
    .addOption(
      new Option("--for <what>", "what takes it in the name of services").choices(Object.keys(SERVICES)),
    )
    .option("--user <name>", "a user who may take it; can be repeated", collect, [])
    .option("--trust-file <file>", "who may take it, as a trust policy in JSON")
    .option("--policy <policy>", "name or ARN of what it may do; can be repeated", collect, [])
    .option("--json", "print JSON: CreateRole's Role")
    .addHelpText(
      "after",
      examples(
        "roles create shop --for instances --policy shop-secrets",
        "roles create operator --user ann --policy AWSAppRunnerFullAccess",
      ),
    )
    .action(async (name: string, options: CreateOptions, command: Command) => {
      const client = await context.connect(command);
      const policies = await resolvePolicies(client, options.policy);
      const { Role: role } = await client.call("AWSIdentityManagementV20100508.CreateRole", {
        RoleName: name,
        AssumeRolePolicyDocument: await trustOf(context, client, options),
      });
      await attach(client, name, policies);
      if (options.json === true) return printJson(context, role);
      context.io.out(role.Arn);
      context.io.err(`The role ${name} is made.${howToUse(client, role.Arn, options)}`);
    });
}

async function trustOf({ io }: CliContext, client: Client, options: CreateOptions): Promise<string> {
  if (options.trustFile !== undefined) {
    return readFileOf(io, "--trust-file", io.resolvePath(options.trustFile));
  }
  const users = await Promise.all(
    options.user.map(async (UserName) => {
      const { User } = await client.call("AWSIdentityManagementV20100508.GetUser", { UserName });
      return User.Arn;
    }),
  );
  if (options.for === undefined && users.length === 0) {
    throw usageFailure(
      "Nobody could take the role.",
      "Say who may: --for instances, --user NAME or --trust-file.",
    );
  }
  const Principal = {
    ...(options.for !== undefined && { Service: SERVICES[options.for] }),
    ...(users.length > 0 && { AWS: users }),
  };
  const Statement = [{ Effect: "Allow", Principal, Action: "sts:AssumeRole" }];
  return JSON.stringify({ Version: "2012-10-17", Statement });
}

function howToUse({ connection }: Client, arn: string, options: CreateOptions): string {
  const role = arn.replace(/^.*\//, "");
  if (options.for === "instances")
    return ` Give it to a service: slipway deploy --name SERVICE --instance-role ${role}`;
  if (options.for === "images")
    return ` Give it to a service: slipway deploy --name SERVICE --access-role ${role}`;
  const [user = "USER"] = options.user;
  const { region, endpoint } = connection;
  return ` Take it: aws --profile ${user} --region ${region} --endpoint-url ${endpoint.origin} sts assume-role --role-arn ${arn} --role-session-name ${user}`;
}

async function attach(client: Client, RoleName: string, arns: readonly string[]): Promise<void> {
  for (const PolicyArn of arns) {
    await client.call("AWSIdentityManagementV20100508.AttachRolePolicy", { RoleName, PolicyArn });
  }
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("show a role: who may take it, and what it may do")
    .argument("<role>", "name")
    .option("--json", "print JSON: Role, AttachedPolicies, PolicyNames")
    .addHelpText("after", examples("roles show shop"))
    .action(async (RoleName: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Role: role } = await client.call("AWSIdentityManagementV20100508.GetRole", { RoleName });
      const { own, attached } = await policiesOf(client, RoleName);
      const trust: unknown = JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument ?? "{}"));
      if (options.json === true) {
        return printJson(context, {
          Role: { ...role, AssumeRolePolicyDocument: trust },
          AttachedPolicies: attached,
          PolicyNames: own,
        });
      }
      const facts = renderFacts([
        ["Role", role.RoleName],
        ["ARN", role.Arn],
        ["Created", formatTimestamp(role.CreateDate * 1000)],
        ["Policies", attached.map(({ PolicyName }) => PolicyName).join(", ")],
        ["Own policies", own.join(", ")],
        ["Trusts", JSON.stringify(trust)],
      ]);
      for (const line of facts) context.io.out(line);
    });
}

async function policiesOf(client: Client, RoleName: string) {
  const { PolicyNames: own } = await client.call("AWSIdentityManagementV20100508.ListRolePolicies", {
    RoleName,
  });
  const { AttachedPolicies: attached = [] } = await client.call(
    "AWSIdentityManagementV20100508.ListAttachedRolePolicies",
    { RoleName },
  );
  return { own, attached };
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("delete a role; its sessions end at once")
    .argument("<role>", "name")
    .option("-y, --yes", "do not ask")
    .option("--json", "print JSON: RoleName")
    .addHelpText("after", examples("roles rm shop", "roles rm shop --yes"))
    .action(async (RoleName: string, options: RemoveOptions, command: Command) => {
      const client = await context.connect(command);
      const { own, attached } = await policiesOf(client, RoleName);
      if (options.yes !== true) {
        await confirmDeletion(context, `the role ${RoleName}`, "It is as it was: `slipway roles`.");
      }
      for (const PolicyName of own) {
        await client.call("AWSIdentityManagementV20100508.DeleteRolePolicy", { RoleName, PolicyName });
      }
      for (const { PolicyArn = "" } of attached) {
        await client.call("AWSIdentityManagementV20100508.DetachRolePolicy", { RoleName, PolicyArn });
      }
      await client.call("AWSIdentityManagementV20100508.DeleteRole", { RoleName });
      if (options.json === true) printJson(context, { RoleName });
      else context.io.err(`The role ${RoleName} is deleted.`);
    });
}

function policyCommand(context: CliContext, verb: "grant" | "revoke"): Command {
  const isGrant = verb === "grant";
  return new Command(verb)
    .description(isGrant ? "let a role do what a policy allows" : "take a policy from a role")
    .argument("<role>", "name")
    .argument("<policy>", "name or ARN")
    .addHelpText("after", examples(`roles ${verb} shop shop-secrets`))
    .action(async (RoleName: string, policy: string, _options: object, command: Command) => {
      const client = await context.connect(command);
      const [PolicyArn = ""] = await resolvePolicies(client, [policy]);
      await client.call(
        isGrant
          ? "AWSIdentityManagementV20100508.AttachRolePolicy"
          : "AWSIdentityManagementV20100508.DetachRolePolicy",
        { RoleName, PolicyArn },
      );
      context.io.err(`${RoleName} ${isGrant ? "has" : "no longer has"} ${policy}.`);
    });
}
