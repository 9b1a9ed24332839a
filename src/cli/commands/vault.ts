/** `slipway vault`: under which master key what is secret lies, and bringing it under another one. */
import { Command } from "commander";
import type { SlipwayOperationTypes } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { renderFacts } from "../table.ts";
import { formatAgo } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type State = Wire<SlipwayOperationTypes["GetVaultStatus"]["output"]>;

export const vaultCommand: CommandFactory = (context) =>
  new Command("vault")
    .description("show and rotate the master key that secrets are under")
    .addCommand(statusCommand(context), { isDefault: true })
    .addCommand(rotateCommand(context))
    .addHelpText("after", examples("vault", "vault rotate"));

function statusCommand(context: CliContext): Command {
  return new Command("status")
    .description("tell where the master key comes from, and whether a rotation waits for you")
    .option("--json", "print JSON: GetVaultStatus's members")
    .addHelpText("after", examples("vault status", "vault status --json"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const state = await client.call("Slipway.GetVaultStatus", {});
      if (options.json === true) return printJson(context, state);
      for (const line of facts(state, context.io.now())) context.io.out(line);
    });
}

function rotateCommand(context: CliContext): Command {
  return new Command("rotate")
    .description("put the vault under the next master key; what was sealed stays readable")
    .option("--json", "print JSON: GetVaultStatus's members")
    .addHelpText(
      "after",
      examples("vault rotate") +
        "\n\nA key in a file is made anew, and the old file is kept aside for older backups. A key from the environment or from a\ncommand needs SLIPWAY_MASTER_KEY_NEXT or the setting masterKeyNextCommand first.",
    )
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const state = await client.call("Slipway.RotateMasterKey", {});
      if (options.json === true) return printJson(context, state);
      for (const line of facts(state, context.io.now())) context.io.out(line);
      context.io.err(
        state.NextMasterKeyId === undefined
          ? "The vault is under the new master key. Back it up, apart from the database."
          : "Both keys open the vault. Make the next one the present one and restart Slipway; then the old one is dropped.",
      );
    });
}

const ORIGINS: Readonly<Record<State["Origin"], string>> = {
  file: "a file in the state directory",
  environment: "SLIPWAY_MASTER_KEY",
  command: "masterKeyCommand",
};

function facts(state: State, nowMs: number): readonly string[] {
  return renderFacts([
    ["Master key", `${state.MasterKeyId}, from ${ORIGINS[state.Origin]}`],
    ["Next", state.NextMasterKeyId && `${state.NextMasterKeyId} opens the vault too`],
    ["Rotated", state.RotatedAt === undefined ? "never" : formatAgo(state.RotatedAt, nowMs)],
    ["Data keys", String(state.DataKeys)],
    ...state.OldFiles.map(
      (path) => ["Old key", `${path}: remove it once no older backup is needed`] as const,
    ),
  ]);
}
