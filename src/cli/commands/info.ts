/** `slipway info`: where everything is, for people and for scripts. */
import { Command } from "commander";
import { renderFacts } from "../table.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const infoCommand: CommandFactory = (context) =>
  new Command("info")
    .description("say where everything is: endpoint, console, edge, region, account, state, credentials")
    .option("--json", "print JSON: GetInfo's members")
    .addHelpText(
      "after",
      examples("info", "info --json") +
        "\n\nWith the AWS CLI:\n  $ export AWS_SHARED_CREDENTIALS_FILE=<credentials file> AWS_PROFILE=slipway" +
        "\n  $ aws apprunner list-services --region <region> --endpoint-url <API endpoint>",
    )
    .action(async (options: JsonOption, command: Command) => {
      const info = await (await context.connect(command)).call("Slipway.GetInfo", {});
      if (options.json === true) return printJson(context, info);
      const facts = renderFacts([
        ["API endpoint", info.ApiEndpoint],
        ["Console", info.ConsoleUrl],
        ["Edge", info.EdgeHttpAddress],
        ["Edge, HTTPS", info.EdgeHttpsAddress],
        ["Base domain", info.BaseDomain],
        ["Region", info.Region],
        ["Account", info.AccountId],
        ["State directory", info.StateDirectory],
        ["Credentials file", info.CredentialsFile],
        ["Version", info.Version],
      ]);
      for (const line of facts) context.io.out(line);
    });
