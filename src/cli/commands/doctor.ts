/** `slipway doctor`: what is wrong, and how to mend it. Works without a control plane too. */
import { Command } from "commander";
import { Unreachable } from "../client.ts";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import type { LocalCheck } from "../hooks.ts";
import { paint, paintStatus } from "../style.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

export const doctorCommand: CommandFactory = (context) =>
  new Command("doctor")
    .description("check engine, proxy, ports, disk, names and clock; say what to do about each failure")
    .option("--json", "print JSON: RunDoctor's Checks")
    .addHelpText("after", examples("doctor", "doctor --json"))
    .action(async (options: JsonOption, command: Command) => {
      const checks = await runChecks(context, command);
      if (options.json === true) printJson(context, checks);
      else for (const line of checks.flatMap((check) => renderCheck(context, check))) context.io.out(line);
      const failed = checks.filter(({ Status }) => Status === "failed").length;
      if (failed > 0) {
        throw new CliFailure(`${failed} of ${checks.length} checks failed.`, {
          hint: "Mend what is marked → above, then run `slipway doctor` again.",
        });
      }
    });

/** The control plane looks from where it matters; when it does not answer, this process looks and says so. */
async function runChecks(context: CliContext, command: Command): Promise<readonly LocalCheck[]> {
  try {
    const { Checks } = await (await context.connect(command)).call("Slipway.RunDoctor", {});
    return [{ Name: "control plane", Status: "ok", Detail: "answers" }, ...Checks];
  } catch (error) {
    if (!(error instanceof CliFailure)) throw error;
    const local = await context.hooks.doctorLocal({ environment: context.environmentFor(command) });
    const remedy =
      error instanceof Unreachable
        ? "Start it with `slipway up`; its log is serve.log in the state directory."
        : error.hint;
    return [
      {
        Name: "control plane",
        Status: "failed",
        Detail: error.message,
        Remedy: remedy ?? "Start it with `slipway up`.",
      },
      ...local,
    ];
  }
}

function renderCheck({ io }: CliContext, check: LocalCheck): string[] {
  const lines = [`${paintStatus(io, check.Status).padEnd(7)} ${check.Name}: ${check.Detail}`];
  if (check.Remedy !== undefined) lines.push(paint(io, "cyan", `        → ${check.Remedy}`));
  return lines;
}
