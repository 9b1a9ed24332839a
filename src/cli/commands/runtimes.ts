/** `slipway runtimes`: the managed runtimes, and making their base images ahead of the first build. */
import { Command } from "commander";
import type { RuntimeSummary } from "../../contract/slipway-operations.ts";
import type { Client, Wire } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import { paint, paintStatus, printable } from "../style.ts";
import { renderTable } from "../table.ts";
import { type CommandFactory, examples, type JsonOption, printJson, type WaitOption } from "./shared.ts";

const POLL_MS = 1000;

export const runtimesCommand: CommandFactory = (context) =>
  new Command("runtimes")
    .description("list the managed runtimes, or make their base images")
    .addCommand(listCommand(context), { isDefault: true })
    .addCommand(buildCommand(context))
    .addHelpText("after", examples("runtimes ls", "runtimes build NODEJS_22 python312"));

function listCommand(context: CliContext): Command {
  return new Command("ls")
    .description("list every managed runtime, present or not")
    .option("--json", "print JSON: ListRuntimes' Runtimes")
    .action(async (options: JsonOption, command: Command) => {
      const client = await context.connect(command);
      const { Runtimes: runtimes } = await client.call("Slipway.ListRuntimes", {});
      if (options.json === true) return printJson(context, runtimes);
      for (const line of render(context, runtimes)) context.io.out(line);
    });
}

function render({ io }: CliContext, runtimes: readonly Wire<RuntimeSummary>[]): readonly string[] {
  const today = new Date(io.now()).toISOString().slice(0, 10);
  return renderTable(runtimes, [
    { title: paint(io, "dim", "RUNTIME"), cell: ({ Runtime }) => Runtime },
    { title: paint(io, "dim", "STATE"), cell: ({ State }) => paintStatus(io, State) },
    { title: paint(io, "dim", "VERSION"), cell: (one) => one.PresentVersion ?? one.Versions.join(", ") },
    { title: paint(io, "dim", "SIZE"), cell: ({ SizeBytes }) => sizeOf(SizeBytes) },
    { title: paint(io, "dim", "END OF SUPPORT"), cell: (one) => endOf(one, today) },
  ]);
}

function sizeOf(bytes: number | undefined): string {
  return bytes === undefined ? "" : `${Math.round(bytes / 1_000_000)} MB`;
}

function endOf({ EndOfSupport: end }: Wire<RuntimeSummary>, today: string): string {
  if (end === undefined) return "";
  return end < today ? `${end} (over)` : end;
}

function buildCommand(context: CliContext): Command {
  return new Command("build")
    .description("make the base images of runtimes, anew where they are there; else the first build does")
    .argument("<runtime...>", "NODEJS_22, or nodejs22 as in apprunner.yaml")
    .option("--no-wait", "return at once; `slipway runtimes ls` tells how far they are")
    .option("--json", "print JSON: the runtimes")
    .action(async (names: readonly string[], options: WaitOption, command: Command) => {
      const client = await context.connect(command);
      const built: Wire<RuntimeSummary>[] = [];
      for (const name of names) built.push(await build(context, client, { name, options }));
      if (options.json === true) printJson(context, built);
    });
}

async function build(
  { io }: CliContext,
  client: Client,
  { name, options }: { readonly name: string; readonly options: WaitOption },
): Promise<Wire<RuntimeSummary>> {
  const { Runtime: begun } = await client.call("Slipway.BuildRuntime", { Runtime: name });
  if (!options.wait) {
    io.err(`${begun.Runtime} is being made. See \`slipway runtimes ls\`.`);
    return begun;
  }
  const progress = io.progress(`Making ${begun.Runtime}`);
  let runtime = begun;
  let told: string | undefined;
  for (;;) {
    if (runtime.LastLine !== undefined && runtime.LastLine !== told)
      progress.line(printable(runtime.LastLine));
    told = runtime.LastLine;
    if (runtime.State !== "building") break;
    await io.sleep(POLL_MS);
    runtime = (await find(client, begun.Runtime)) ?? runtime;
  }
  if (runtime.State === "present") progress.succeed(`${runtime.Runtime} ${runtime.PresentVersion} is there.`);
  else {
    progress.fail(`${runtime.Runtime} is not there.`);
    throw new CliFailure(`${runtime.Runtime}: ${runtime.LastLine ?? "its images could not be made."}`, {
      hint: "See what is wrong with `slipway doctor`.",
    });
  }
  return runtime;
}

async function find(client: Client, name: string): Promise<Wire<RuntimeSummary> | undefined> {
  const { Runtimes: runtimes } = await client.call("Slipway.ListRuntimes", {});
  return runtimes.find(({ Runtime }) => Runtime === name);
}
