/** `slipway console`: a link that signs in to the console once. It is printed and not opened: the arguments of a browser are for all on the machine to read. */
import { Command } from "commander";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const consoleCommand: CommandFactory = (context) =>
  new Command("console")
    .description("print a link that signs you in to the console, as whose access key is used")
    .option("--json", "print JSON: Url, ExpiresAt")
    .addHelpText("after", examples("console", "console --json"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const link = await client.call("Slipway.CreateSignInLink", {});
      if (options.json === true) return printJson(context, link);
      context.io.out(link.Url);
      context.io.err("Open it within a minute; it works once, and for whoever has it.");
    });
