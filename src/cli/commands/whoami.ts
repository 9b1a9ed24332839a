/** `slipway whoami`: whose access key signs. */
import { Command } from "commander";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const whoamiCommand: CommandFactory = (context) =>
  new Command("whoami")
    .description("say whose access key signs")
    .option("--json", "print JSON: GetCallerIdentity's answer")
    .addHelpText("after", examples("whoami", "whoami --aws-env"))
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const identity = await client.call("AWSSecurityTokenServiceV20110615.GetCallerIdentity", {});
      if (options.json === true) return printJson(context, identity);
      context.io.out(identity.Arn ?? "");
    });
