/** `slipway users keys`: access keys of a user. Two at a time, so that one can take the place of the other without a gap. */
import { Command } from "commander";
import type { IdentityType } from "../../contract/operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import type { CliIo } from "../io.ts";
import { paint } from "../style.ts";
import { renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import { confirmDeletion, type ConfirmOption, examples, type JsonOption, printJson } from "./shared.ts";

type NewKey = Wire<IdentityType<"IamNewAccessKey">>;
type Key = Wire<IdentityType<"IamAccessKey">> & {
  readonly AccessKeyLastUsed?: Wire<IdentityType<"IamAccessKeyUse">> | undefined;
};

export function keysCommand(context: CliContext): Command {
  return new Command("keys")
    .description("list the access keys of a user, create one, switch one off or on, or delete one")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(createCommand(context))
    .addCommand(switchCommand(context, "off"))
    .addCommand(switchCommand(context, "on"))
    .addCommand(removeCommand(context))
    .addHelpText(
      "after",
      `${examples(
        "users keys ann",
        "users keys create ann",
        "users keys off ann AKIAIOSFODNN7EXAMPLE",
        "users keys rm ann AKIAIOSFODNN7EXAMPLE",
      )}\n\nTo change a key: create the second one, use it, switch the first one off, and delete it once nothing is missing.`,
    );
}

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list the access keys of a user, and when they were used last")
    .argument("<user>", "name")
    .option("--json", "print JSON: ListAccessKeys' AccessKeyMetadata, with AccessKeyLastUsed")
    .addHelpText("after", examples("users keys ls ann"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const keys = await listKeys(await context.connect(command), name);
      if (options.json === true) return printJson(context, keys);
      if (keys.length === 0) return context.io.err(`${name} has no access keys.`);
      for (const line of keyLines(context.io, keys)) context.io.out(line);
    });
}

export async function listKeys(client: Client, UserName: string): Promise<readonly Key[]> {
  const { AccessKeyMetadata: keys } = await client.call("AWSIdentityManagementV20100508.ListAccessKeys", {
    UserName,
  });
  return Promise.all(
    keys.map(async (key) => {
      const { AccessKeyLastUsed } = await client.call("AWSIdentityManagementV20100508.GetAccessKeyLastUsed", {
        AccessKeyId: key.AccessKeyId ?? "",
      });
      return Object.assign({ AccessKeyLastUsed }, key);
    }),
  );
}

export function keyLines(io: CliIo, keys: readonly Key[]): readonly string[] {
  const nowMs = io.now();
  return renderTable<Key>(keys, [
    { title: paint(io, "dim", "ACCESS KEY"), cell: ({ AccessKeyId = "" }) => AccessKeyId },
    { title: paint(io, "dim", "STATUS"), cell: ({ Status = "Active" }) => Status },
    { title: paint(io, "dim", "CREATED"), cell: ({ CreateDate }) => formatAgo(CreateDate, nowMs) },
    {
      title: paint(io, "dim", "LAST USED"),
      cell: ({ AccessKeyLastUsed: use }) =>
        use?.LastUsedDate === undefined
          ? "never"
          : `${formatAgo(use.LastUsedDate, nowMs)} (${use.ServiceName})`,
    },
  ]);
}

function createCommand(context: CliContext): Command {
  return new Command("create")
    .description("create an access key, which is shown this once")
    .argument("<user>", "name")
    .option("--json", "print JSON: CreateAccessKey's AccessKey")
    .addHelpText("after", examples("users keys create ann"))
    .action(async (name: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const key = await createKey(client, name);
      if (options.json === true) return printJson(context, key);
      tellKey(context, client, key);
    });
}

export async function createKey(client: Client, UserName: string): Promise<NewKey> {
  const { AccessKey: key } = await client.call("AWSIdentityManagementV20100508.CreateAccessKey", {
    UserName,
  });
  return key;
}

/** As it goes into a credentials file; what is around it goes to standard error. */
export function tellKey({ io }: CliContext, { connection }: Client, key: NewKey): void {
  io.err("The secret is shown this once. Lines for ~/.aws/credentials:");
  io.out(`[${key.UserName}]`);
  io.out(`aws_access_key_id = ${key.AccessKeyId}`);
  io.out(`aws_secret_access_key = ${key.SecretAccessKey}`);
  io.err(
    `Try it: aws --profile ${key.UserName} --region ${connection.region} --endpoint-url ${connection.endpoint.origin} sts get-caller-identity`,
  );
}

function switchCommand(context: CliContext, to: "on" | "off"): Command {
  const isOn = to === "on";
  return new Command(to)
    .description(
      isOn ? "let an access key work again" : "let an access key work no more; it can be switched on again",
    )
    .argument("<user>", "name")
    .argument("<key>", "AKIA…")
    .addHelpText("after", examples(`users keys ${to} ann AKIAIOSFODNN7EXAMPLE`))
    .action(async (UserName: string, AccessKeyId: string, _options: object, command: Command) => {
      const client = await context.connect(command);
      const Status = isOn ? "Active" : "Inactive";
      await client.call("AWSIdentityManagementV20100508.UpdateAccessKey", { UserName, AccessKeyId, Status });
      context.io.err(`${AccessKeyId} is ${isOn ? "active" : "inactive"}.`);
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("delete an access key")
    .argument("<user>", "name")
    .argument("<key>", "AKIA…")
    .option("-y, --yes", "do not ask")
    .addHelpText("after", examples("users keys rm ann AKIAIOSFODNN7EXAMPLE"))
    .action(async (UserName: string, AccessKeyId: string, options: ConfirmOption, command: Command) => {
      const client = await context.connect(command);
      if (options.yes !== true) {
        await confirmDeletion(
          context,
          `the access key ${AccessKeyId}`,
          "It is as it was: `slipway users keys`.",
        );
      }
      await client.call("AWSIdentityManagementV20100508.DeleteAccessKey", { UserName, AccessKeyId });
      context.io.err(`${AccessKeyId} is deleted.`);
    });
}
