/** `slipway webhook`: where a Git host or registry tells of new versions, and how that went last. */
import { Command } from "commander";
import type { SourceWatch } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { resolveService } from "../service-reference.ts";
import { printable } from "../style.ts";
import { renderFacts } from "../table.ts";
import { formatAgo } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

interface WebhookOptions extends JsonOption {
  readonly showSecret?: boolean;
  readonly rotate?: boolean;
}

const HIDDEN = "(hidden; --show-secret shows it)";

export const webhookCommand: CommandFactory = (context) =>
  new Command("webhook")
    .description("show a service's webhook, and how its source is watched for new versions")
    .argument("<service>", "name or ARN")
    .option("--show-secret", "print the secret that signs the deliveries")
    .option("--rotate", "give the webhook a new secret first; the old one is refused from then on")
    .option("--json", "print JSON: DescribeSourceWatch's SourceWatch")
    .addHelpText("after", examples("webhook shop", "webhook shop --show-secret"))
    .action(async (name: string, options: WebhookOptions, command: Command) => {
      const client = await context.connect(command);
      const input = { ServiceArn: (await resolveService(client, name)).arn };
      const { SourceWatch: watch } = await (options.rotate === true
        ? client.call("Slipway.RotateWebhookSecret", input)
        : client.call("Slipway.DescribeSourceWatch", input));
      const shown = options.showSecret === true ? watch : { ...watch, WebhookSecret: HIDDEN };
      if (options.json === true) return printJson(context, shown);
      for (const line of render(context, shown)) context.io.out(line);
    });

function render({ io }: CliContext, watch: Wire<SourceWatch>): readonly string[] {
  const nowMs = io.now();
  return renderFacts([
    ["Webhook URL", watch.WebhookUrl],
    ["Secret", watch.WebhookSecret],
    [
      "Watched",
      watch.IsWatched ? "yes" : "not now: automatic deployments are off, or the service is paused or busy",
    ],
    ["Newest version", watch.HandledVersion],
    ["Last check", lastCheckOf(watch, nowMs)],
    ["Last delivery", lastDeliveryOf(watch, nowMs)],
  ]);
}

export function lastCheckOf({ LastCheckAt: at, Problem: problem }: Wire<SourceWatch>, nowMs: number): string {
  if (at === undefined) return "";
  return printable(problem === undefined ? formatAgo(at, nowMs) : `${formatAgo(at, nowMs)}: ${problem}`);
}

function lastDeliveryOf(watch: Wire<SourceWatch>, nowMs: number): string {
  const { LastDeliveryAt: at, LastDeliveryResult: result } = watch;
  if (at === undefined) return "none yet";
  return printable(`${formatAgo(at, nowMs)}: ${result ?? ""}`);
}
