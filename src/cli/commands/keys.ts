/** `slipway keys`: keys of KMS, under which logs of services are encrypted. */
import { Command } from "commander";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { aliasNameOf, type KeyEntry, resolveKey } from "../key-reference.ts";
import { paint } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo, formatTimestamp } from "../time.ts";
import { type CommandFactory, type ConfirmOption, examples, type JsonOption, printJson } from "./shared.ts";

interface CreateOptions extends JsonOption {
  readonly alias?: string;
  readonly description?: string;
}

interface DeleteOptions extends JsonOption, ConfirmOption {
  readonly inDays: string;
}

interface AliasOptions {
  readonly remove?: boolean;
}

const STATES: Readonly<Record<KeyEntry["KeyState"], string>> = {
  Enabled: "enabled",
  Disabled: "disabled",
  PendingDeletion: "pending deletion",
};

export const keysCommand: CommandFactory = (context) =>
  new Command("keys")
    .description("keep keys that encrypt logs of services")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(createCommand(context))
    .addCommand(showCommand(context))
    .addCommand(disableCommand(context))
    .addCommand(enableCommand(context))
    .addCommand(deleteCommand(context))
    .addCommand(cancelCommand(context))
    .addCommand(aliasCommand(context))
    .addHelpText(
      "after",
      examples(
        "keys create --alias shop",
        "deploy --image shop:latest --kms-key shop",
        "keys",
        "keys disable shop",
        "keys delete shop --in-days 7",
      ),
    );

function listCommand(context: CliContext): Command {
  const { io } = context;
  return new Command("ls")
    .description("list the keys with their state and the services that use them")
    .option("--json", "print JSON: ListEncryptionKeys' Keys")
    .addHelpText("after", examples("keys ls", "keys ls --json"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Keys: keys } = await client.call("Slipway.ListEncryptionKeys", {});
      if (options.json === true) return printJson(context, keys);
      if (keys.length === 0) return io.err("No keys yet. Make one: slipway keys create --alias NAME");
      const title = (text: string): string => paint(io, "dim", text);
      const lines = renderTable(keys, [
        { title: title("ALIAS"), cell: shownAliases },
        { title: title("STATE"), cell: ({ KeyState }) => STATES[KeyState] },
        { title: title("DELETED ON"), cell: ({ DeletionDate }) => deletionOf(DeletionDate) },
        { title: title("SERVICES"), cell: shownServices },
        { title: title("ID"), cell: ({ KeyId }) => KeyId },
      ]);
      for (const line of lines) io.out(line);
    });
}

function createCommand(context: CliContext): Command {
  return new Command("create")
    .description("make a key (AES-256); prints its ARN")
    .option("--alias <name>", "a name for it; may be moved to another key later")
    .option("--description <text>", "what it is for")
    .option("--json", "print JSON: KeyId, KeyArn, Alias")
    .addHelpText(
      "after",
      examples("keys create --alias shop", 'keys create --description "logs of the shop"'),
    )
    .action(async (options: CreateOptions, command: Command) => {
      const client = await context.connect(command);
      const alias = options.alias === undefined ? undefined : aliasNameOf(options.alias);
      const { KeyMetadata: made } = await client.call("TrentService.CreateKey", {
        Description: options.description,
      });
      const { KeyId, Arn = KeyId } = made;
      if (alias !== undefined) {
        await client
          .call("TrentService.CreateAlias", { AliasName: alias, TargetKeyId: KeyId })
          .catch((cause: unknown) => {
            throw withoutAlias(alias, KeyId, cause);
          });
      }
      if (options.json === true) return printJson(context, { KeyId, KeyArn: Arn, Alias: alias ?? null });
      context.io.out(Arn);
      context.io.err(`The key is made. Use it: slipway deploy … --kms-key ${options.alias ?? KeyId}`);
    });
}

function withoutAlias(alias: string, keyId: string, cause: unknown): CliFailure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new CliFailure(`The key ${keyId} is made, but it did not get the alias ${alias}: ${why}`, {
    hint: `Give it another: slipway keys alias ${keyId} NAME`,
    cause,
  });
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("show a key")
    .argument("<key>", "alias, id or ARN")
    .option("--json", "print JSON: the key as ListEncryptionKeys tells it")
    .addHelpText("after", examples("keys show shop"))
    .action(async (given: string, options: JsonOption, command: Command) => {
      const key = await resolveKey(await context.connect(command), given);
      if (options.json === true) return printJson(context, key);
      const lines = renderFacts([
        ["Id", key.KeyId],
        ["ARN", key.KeyArn],
        ["Aliases", shownAliases(key)],
        ["Description", key.Description],
        ["State", STATES[key.KeyState]],
        ["Deleted on", deletionOf(key.DeletionDate)],
        ["Created", formatAgo(key.CreatedAt, context.io.now())],
        ["Services", shownServices(key)],
      ]);
      for (const line of lines) context.io.out(line);
    });
}

function disableCommand(context: CliContext): Command {
  return new Command("disable")
    .description("make a key unusable until it is enabled again")
    .argument("<key>", "alias, id or ARN")
    .option("--json", "print JSON: the key as it was before")
    .addHelpText("after", examples("keys disable shop"))
    .action(async (given: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const key = await resolveKey(client, given);
      await client.call("TrentService.DisableKey", { KeyId: key.KeyId });
      if (options.json === true) return printJson(context, key);
      context.io.err(`${given} is disabled.`);
      warnOfServices(context, key, "cannot be deployed, and their logs cannot be read, until it is enabled");
      context.io.err(`Enable it again: slipway keys enable ${given}`);
    });
}

function enableCommand(context: CliContext): Command {
  return new Command("enable")
    .description("make a disabled key usable again")
    .argument("<key>", "alias, id or ARN")
    .option("--json", "print JSON: the key as it was before")
    .addHelpText("after", examples("keys enable shop"))
    .action(async (given: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const key = await resolveKey(client, given);
      await client.call("TrentService.EnableKey", { KeyId: key.KeyId });
      if (options.json === true) return printJson(context, key);
      context.io.err(`${given} is enabled.`);
    });
}

function deleteCommand(context: CliContext): Command {
  return new Command("delete")
    .alias("rm")
    .description("delete a key after 7 to 30 days, in which that can be cancelled; it is unusable at once")
    .argument("<key>", "alias, id or ARN")
    .option("--in-days <days>", "days to think again, 7 to 30", "30")
    .option("-y, --yes", "do not ask (only of keys that services use it is asked)")
    .option("--json", "print JSON: ScheduleKeyDeletion's answer")
    .addHelpText("after", examples("keys delete shop", "keys delete shop --in-days 7 --yes"))
    .action(async (given: string, options: DeleteOptions, command: Command) => {
      const days = parseDays(options.inDays);
      const client = await context.connect(command);
      const key = await resolveKey(client, given);
      warnOfServices(context, key, "lose their logs with it, for good");
      if (key.Services.length > 0 && options.yes !== true) await confirmUsed(context, given);
      const input = { KeyId: key.KeyId, PendingWindowInDays: days };
      const answer = await client.call("TrentService.ScheduleKeyDeletion", input);
      if (options.json === true) return printJson(context, answer);
      const { DeletionDate: date } = answer;
      context.io.err(
        `${given} cannot be used any more, and is deleted on ${deletionOf(date)}. Until then: slipway keys cancel-deletion ${given}`,
      );
    });
}

async function confirmUsed({ io }: CliContext, given: string): Promise<void> {
  if (!io.isInteractive) {
    throw usageFailure("Nothing was deleted: nobody is here to ask.", "Add --yes when you are sure.");
  }
  if (await io.confirm(`Delete the key ${given} all the same?`)) return;
  throw new CliFailure("Nothing was deleted.", { hint: "The key is as it was: `slipway keys`." });
}

function parseDays(text: string): number {
  const days = /^\d{1,2}$/.test(text) ? Number(text) : NaN;
  if (days >= 7 && days <= 30) return days;
  throw usageFailure(`--in-days: "${text}" is not a number from 7 to 30.`);
}

function cancelCommand(context: CliContext): Command {
  return new Command("cancel-deletion")
    .description("keep a key that was to be deleted; it is disabled then")
    .argument("<key>", "alias, id or ARN")
    .option("--json", "print JSON: CancelKeyDeletion's answer")
    .addHelpText("after", examples("keys cancel-deletion shop"))
    .action(async (given: string, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { KeyId } = await resolveKey(client, given);
      const answer = await client.call("TrentService.CancelKeyDeletion", { KeyId });
      if (options.json === true) return printJson(context, answer);
      context.io.err(`${given} stays, and is disabled. Enable it: slipway keys enable ${given}`);
    });
}

function aliasCommand(context: CliContext): Command {
  return new Command("alias")
    .description("give a key another name, which is taken from the key that had it; --remove takes it away")
    .argument("<key>", "alias, id or ARN")
    .argument("<name>", "the name: letters, digits, /, _ and -")
    .option("--remove", "take the name away from the key")
    .addHelpText("after", examples("keys alias shop shop-2026", "keys alias shop old-name --remove"))
    .action(async (given: string, name: string, options: AliasOptions, command: Command) => {
      const client = await context.connect(command);
      const { Keys: keys } = await client.call("Slipway.ListEncryptionKeys", {});
      const { KeyId, Aliases } = await resolveKey(client, given);
      const AliasName = aliasNameOf(name);
      if (options.remove === true) {
        if (!Aliases.includes(AliasName)) {
          throw new CliFailure(`${given} is not called ${AliasName}.`, { hint: "See: slipway keys" });
        }
        await client.call("TrentService.DeleteAlias", { AliasName });
        return context.io.err(`${AliasName} is gone; the key stays.`);
      }
      const isTaken = keys.some((key) => key.Aliases.includes(AliasName));
      const target = isTaken ? "TrentService.UpdateAlias" : "TrentService.CreateAlias";
      await client.call(target, { AliasName, TargetKeyId: KeyId });
      context.io.err(`${AliasName} is the key ${KeyId}.`);
    });
}

function warnOfServices({ io }: CliContext, { Services }: KeyEntry, what: string): void {
  if (Services.length === 0) return;
  const names = Services.map(({ ServiceName }) => ServiceName).join(", ");
  io.err(`${paint(io, "yellow", "Warning:")} these services use it and ${what}: ${names}`);
}

function shownAliases({ Aliases }: KeyEntry): string {
  return Aliases.map((alias) => alias.replace(/^alias\//, "")).join(", ");
}

function shownServices({ Services }: KeyEntry): string {
  return Services.map(({ ServiceName }) => ServiceName).join(", ");
}

function deletionOf(seconds: number | undefined): string {
  return seconds === undefined ? "" : formatTimestamp(seconds * 1000);
}
