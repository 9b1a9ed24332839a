/** `slipway network`: what subnets and security groups of VPC connectors stand for. */
import { Command, InvalidArgumentError } from "commander";
import type { EgressRule, Network } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure, usageFailure } from "../failure.ts";
import { paint } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import {
  type CommandFactory,
  type ConfirmOption,
  confirmDeletion,
  examples,
  type JsonOption,
  printJson,
} from "./shared.ts";

interface ContentOptions extends JsonOption {
  readonly dockerNetwork?: string;
  readonly cidr?: readonly string[];
  readonly rule?: readonly Wire<EgressRule>[];
}

const RULE = /^(tcp|udp|icmp|all)(?::(\d{1,5})(?:-(\d{1,5}))?)?(?:@(.+))?$/;

export const networkCommand: CommandFactory = (context) =>
  new Command("network")
    .description("say what VPC connectors reach: Docker networks, addresses, protocols and ports")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(createCommand(context))
    .addCommand(showCommand(context))
    .addCommand(updateCommand(context))
    .addCommand(removeCommand(context))
    .addHelpText(
      "after",
      examples(
        "network create shop-db --docker-network shop_default",
        "network create office --cidr 10.20.0.0/16 --cidr 10.30.5.7",
        "network create postgres-only --rule tcp:5432",
        "network ls",
      ),
    );

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list subnets and security groups")
    .option("--json", "print JSON: ListNetworks' Networks")
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Networks: rows } = await client.call("Slipway.ListNetworks", {});
      if (options.json === true) return printJson(context, rows);
      if (rows.length === 0) {
        return context.io.err("No networks yet: `slipway network create <name> --docker-network <name>`.");
      }
      const title = (text: string): string => paint(context.io, "dim", text);
      const lines = renderTable(rows, [
        { title: title("NAME"), cell: ({ Name }) => Name },
        { title: title("ID"), cell: ({ NetworkId }) => NetworkId },
        { title: title("STANDS FOR"), cell: describe },
      ]);
      for (const line of lines) context.io.out(line);
    });
}

function createCommand(context: CliContext): Command {
  return withContentOptions(
    new Command("create")
      .description("make a subnet, or with --rule a security group; its id is what VPC connectors name")
      .argument("<name>", "what it is to be called"),
  )
    .option("--json", "print JSON: the network")
    .addHelpText(
      "after",
      examples(
        "network create shop-db --docker-network shop_default",
        "network create internet --cidr 0.0.0.0/0",
        "network create postgres-only --rule tcp:5432 --rule tcp:6432@10.30.5.7",
      ),
    )
    .action(async (name: string, options: ContentOptions, command: Command) => {
      const client = await context.connect(command);
      const { Network: made } = await client.call("Slipway.CreateNetwork", {
        Name: name,
        Kind: options.rule === undefined ? "SUBNET" : "SECURITY_GROUP",
        ...contentOf(options),
      });
      if (options.json === true) return printJson(context, made);
      tellUnchecked(context, made);
      context.io.err(`${name} is made. VPC connectors name it by its id:`);
      context.io.out(made.NetworkId);
    });
}

function showCommand(context: CliContext): Command {
  return new Command("show")
    .description("show a subnet or security group")
    .argument("<network>", "name or id")
    .option("--json", "print JSON: the network")
    .action(async (network: string, options: JsonOption, command: Command) => {
      const found = await resolve(await context.connect(command), network);
      if (options.json === true) return printJson(context, found);
      const facts = renderFacts([
        ["Name", found.Name],
        ["Id", found.NetworkId],
        ["ARN", found.NetworkArn],
        ["Stands for", describe(found)],
      ]);
      for (const line of facts) context.io.out(line);
    });
}

function updateCommand(context: CliContext): Command {
  return withContentOptions(
    new Command("update")
      .description("change what one stands for; running instances reach the new, and only that, at once")
      .argument("<network>", "name or id"),
  )
    .option("--json", "print JSON: the network")
    .addHelpText("after", examples("network update postgres-only --rule tcp:5432 --rule tcp:5433"))
    .action(async (network: string, options: ContentOptions, command: Command) => {
      const content = contentOf(options);
      if (Object.keys(content).length === 0) {
        throw usageFailure("Nothing to change.", "Give --docker-network, --cidr or --rule.");
      }
      const client = await context.connect(command);
      const { NetworkId } = await resolve(client, network);
      const { Network: changed } = await client.call("Slipway.UpdateNetwork", { NetworkId, ...content });
      if (options.json === true) return printJson(context, changed);
      context.io.err(`${changed.Name} is changed: ${describe(changed)}.`);
      if (options.dockerNetwork !== undefined) tellUnchecked(context, changed);
    });
}

function removeCommand(context: CliContext): Command {
  return new Command("rm")
    .alias("delete")
    .description("remove one that no VPC connector names")
    .argument("<network>", "name or id")
    .option("-y, --yes", "do not ask")
    .action(async (network: string, options: ConfirmOption, command: Command) => {
      const client = await context.connect(command);
      const { Name, NetworkId } = await resolve(client, network);
      if (options.yes !== true) {
        await confirmDeletion(context, `the network ${Name}`, "It is as it was: `slipway network ls`.");
      }
      await client.call("Slipway.DeleteNetwork", { NetworkId });
      context.io.err(`The network ${Name} is removed.`);
    });
}

function withContentOptions(command: Command): Command {
  return command
    .option("--docker-network <name>", "a subnet: a Docker network of this machine")
    .option("--cidr <range>", "a subnet: an IPv4 address or range; more than once", collect)
    .option(
      "--rule <rule>",
      "a security group: protocol[:port[-port]][@range], protocol tcp, udp, icmp or all; more than once",
      collectRule,
    );
}

function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

function collectRule(text: string, before: readonly Wire<EgressRule>[] = []): readonly Wire<EgressRule>[] {
  const [, protocol, from, to, cidr] = RULE.exec(text) ?? [];
  if (protocol === undefined) {
    throw new InvalidArgumentError("Write for example tcp:5432, udp:8000-8100 or tcp:443@10.0.5.0/24.");
  }
  const rule: Wire<EgressRule> = {
    Protocol: protocol as EgressRule["Protocol"],
    ...(from !== undefined && { FromPort: Number(from) }),
    ...(to !== undefined && { ToPort: Number(to) }),
    ...(cidr !== undefined && { Cidr: cidr }),
  };
  return [...before, rule];
}

function contentOf({ dockerNetwork, cidr, rule }: ContentOptions) {
  return {
    ...(dockerNetwork !== undefined && { DockerNetwork: dockerNetwork }),
    ...(cidr !== undefined && { Cidrs: cidr }),
    ...(rule !== undefined && { Rules: rule }),
  };
}

/** It may be made after the subnet, so the API takes any name. */
function tellUnchecked({ io }: CliContext, { DockerNetwork: name }: Wire<Network>): void {
  if (name === undefined) return;
  io.err(`The Docker network ${name} was not looked for: \`slipway doctor\` warns when it is not there.`);
}

/** The API knows ids alone. */
async function resolve(client: Client, network: string): Promise<Wire<Network>> {
  const { Networks: all } = await client.call("Slipway.ListNetworks", {});
  const found = all.find(({ Name, NetworkId }) => Name === network || NetworkId === network);
  if (found !== undefined) return found;
  throw new CliFailure(`There is no network ${network}.`, { hint: "`slipway network ls` lists them." });
}

function describe({ DockerNetwork, Cidrs = [], Rules }: Wire<Network>): string {
  if (Rules !== undefined) return Rules.length === 0 ? "nothing" : Rules.map(describeRule).join(", ");
  return [...(DockerNetwork === undefined ? [] : [`Docker network ${DockerNetwork}`]), ...Cidrs].join(", ");
}

/** As `--rule` takes it. */
function describeRule({ Protocol, FromPort, ToPort, Cidr }: Wire<EgressRule>): string {
  const last = ToPort === undefined || ToPort === FromPort ? "" : `-${ToPort}`;
  const ports = FromPort === undefined ? "" : `:${FromPort}${last}`;
  return `${Protocol}${ports}${Cidr === undefined ? "" : `@${Cidr}`}`;
}
