/** `slipway info`: where everything is, for people and for scripts. */
import { Command } from "commander";
import type { SlipwayOperationTypes } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import { renderFacts } from "../table.ts";
import { formatDuration } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type Status = Wire<SlipwayOperationTypes["GetStatus"]["output"]>;

const GIB = 1024 ** 3;

export const infoCommand: CommandFactory = (context) =>
  new Command("info")
    .description("say where everything is: endpoint, start page, edge, region, account, state, credentials")
    .option("--json", "print JSON: the members of GetInfo and GetStatus")
    .addHelpText(
      "after",
      examples("info", "info --json") +
        "\n\nWith the AWS CLI:\n  $ export AWS_SHARED_CREDENTIALS_FILE=<credentials file> AWS_PROFILE=slipway" +
        "\n  $ aws apprunner list-services --region <region> --endpoint-url <API endpoint>",
    )
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const info = await client.call("Slipway.GetInfo", {});
      const status = await client.call("Slipway.GetStatus", {});
      if (options.json === true) return printJson(context, { ...info, ...status });
      const facts = renderFacts([
        ["Status", describeStatus(status, context.io.now())],
        ["API endpoint", info.ApiEndpoint],
        ["Start page", info.ConsoleUrl],
        ["Edge", info.EdgeHttpAddress],
        ["Edge, HTTPS", info.EdgeHttpsAddress],
        ["Ingress", info.IngressHttpAddress],
        ["Ingress, HTTPS", info.IngressHttpsAddress],
        ["Base domain", info.BaseDomain],
        ["Region", info.Region],
        ["Account", info.AccountId],
        ["State directory", info.StateDirectory],
        ["Credentials file", info.CredentialsFile],
        ["Version", info.Version],
      ]);
      for (const line of facts) context.io.out(line);
    });

function describeStatus(status: Status, nowMs: number): string {
  const { ReadySince: since, Problems: problems, DiskFreeBytes: free, LogProblems: logged } = status;
  const ready =
    since === undefined ? "ready" : `ready since ${formatDuration(Math.max(0, nowMs - since * 1000))}`;
  const missing = problems.map(({ Part, Detail }) => `${Part}: ${Detail}`).join("; ");
  const facts = [
    countOf(status.Services, "service"),
    countOf(status.Instances, "instance"),
    ...(free === undefined ? [] : [`${(free / GIB).toFixed(1)} GiB free`]),
    ...(logged === 0 ? [] : [`${countOf(logged, "problem")} in serve.log`]),
    ...(status.LogLevel === "info" ? [] : [`log level ${status.LogLevel}`]),
  ];
  return `${status.Ready ? ready : `not ready (${missing})`}: ${facts.join(", ")}`;
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
