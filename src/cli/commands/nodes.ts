/** `slipway nodes`: the machines that instances run on, a line each; with a name, everything of one. */
import { Command } from "commander";
import type { Node } from "../../contract/index.ts";
import type { Wire } from "../client.ts";
import { paint } from "../style.ts";
import { renderFacts, renderTable } from "../table.ts";
import { formatAgo } from "../time.ts";
import { CliFailure } from "../failure.ts";
import type { CliContext } from "../context.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

const GIB = 1024 ** 3;

export const nodesCommand: CommandFactory = (context) =>
  new Command("nodes")
    .description(
      "list the machines that instances run on, or show one: what it has, what is taken and promised",
    )
    .argument("[node]", "name of a machine")
    .option("--json", "print JSON: ListNodes' Nodes")
    .addHelpText("after", examples("nodes", "nodes box", "nodes --json"))
    .action(async (name: string | undefined, options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Nodes: all } = await client.call("Slipway.ListNodes", {});
      const found = name === undefined ? all : all.filter(({ Machine: { Name } }) => Name === name);
      if (name !== undefined && found.length === 0) throw new CliFailure(`There is no node "${name}".`);
      if (options.json === true) return printJson(context, found);
      const lines =
        name === undefined ? tableOf(context, found) : found.flatMap((node) => factsOf(context, node));
      for (const line of lines) context.io.out(line);
    });

function tableOf({ io }: Pick<CliContext, "io">, nodes: readonly Wire<Node>[]): string[] {
  const title = (text: string) => paint(io, "dim", text);
  return renderTable(nodes, [
    { title: title("NODE"), cell: ({ Machine: { Name } }) => Name },
    { title: title("ENGINE"), cell: engineOf },
    { title: title("CPUS"), cell: cpusOf },
    { title: title("MEMORY"), cell: memoryOf },
    { title: title("DISK"), cell: diskOf },
    { title: title("INSTANCES"), cell: ({ InstanceCount }) => String(InstanceCount), isNumber: true },
    { title: title("SEEN"), cell: ({ SeenAt }) => formatAgo(SeenAt, io.now()) },
  ]);
}

function factsOf({ io }: Pick<CliContext, "io">, node: Wire<Node>): string[] {
  const { Machine: machine, Engine: engine } = node;
  return renderFacts([
    ["Name", machine.Name],
    ["Roles", node.Roles.join(", ")],
    ["Engine", engine === undefined ? engineOf(node) : `${engineOf(node)}, API ${engine.ApiVersion}`],
    ["System", engine === undefined ? machine.System : `${engine.System}, ${engine.Architecture}`],
    ["Kernel", engine?.Kernel],
    ["Labels", engine?.Labels.join(", ")],
    ["Processors", `${cpusOf(node)} processors; ${Number(node.PromisedCpus.toFixed(2))} promised`],
    ["Memory", `${memoryOf(node)}; ${gib(node.PromisedMemoryBytes)} promised`],
    ["Stays free", gib(machine.MemoryReserveBytes)],
    ["Disk", diskOf(node)],
    ["Instances", String(node.InstanceCount)],
    ["Started", formatAgo(machine.StartedAt, io.now())],
    ["Seen", formatAgo(node.SeenAt, io.now())],
  ]);
}

function engineOf({ Engine: engine, IsReady: isReady }: Wire<Node>): string {
  if (!isReady) return "does not answer";
  return `Docker ${engine?.Version ?? "unknown"}`;
}

function cpusOf({ Machine: { Load, Cpus } }: Wire<Node>): string {
  return `load ${Load.toFixed(1)} on ${Cpus}`;
}

function memoryOf({ Machine: { MemoryBytes: all, MemoryAvailableBytes: free } }: Wire<Node>): string {
  return `${((all - free) / GIB).toFixed(1)} of ${gib(all)} used`;
}

function diskOf({ Machine: { DiskBytes: all }, DiskFreeBytes: free }: Wire<Node>): string {
  if (all === undefined || free === undefined) return "unknown";
  return `${((all - free) / GIB).toFixed(1)} of ${gib(all)} used`;
}

function gib(bytes: number): string {
  return `${(bytes / GIB).toFixed(1)} GiB`;
}
