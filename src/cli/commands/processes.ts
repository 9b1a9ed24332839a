/** `slipway up`, `down` and `serve`: the control plane's own process. */
import { Command, InvalidArgumentError } from "commander";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import type { SettingDifference } from "../hooks.ts";
import type { Progress } from "../progress.ts";
import { paint } from "../style.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

interface TimeoutOption extends JsonOption {
  readonly timeout: number;
}

const UP_TIMEOUT_S = 60;
const DOWN_TIMEOUT_S = 60;

export const upCommand: CommandFactory = (context) =>
  new Command("up")
    .description("start Slipway in the background and wait until it answers")
    .option("--timeout <seconds>", "give up after this long", positiveSeconds, UP_TIMEOUT_S)
    .option(
      "--json",
      "print JSON: Outcome, Pid, Differences; on the first start also AccessKeyId, SecretAccessKey, CredentialsFile",
    )
    .addHelpText("after", examples("up", "up --timeout 120"))
    .action(async (options: TimeoutOption, command: Command) => {
      const result = await withProgress(context, "Starting Slipway", (progress) =>
        context.hooks
          .up({
            environment: context.environmentFor(command),
            timeoutMs: options.timeout * 1000,
            report: (line) => progress.line(line),
          })
          .then(({ outcome, pid, newKey, differences = [] }) => ({
            newKey,
            differences,
            text:
              outcome === "running"
                ? `Slipway runs already (process ${pid}).`
                : `Slipway runs (process ${pid}).`,
            json: {
              Outcome: outcome,
              Pid: pid,
              Differences: differences.map(({ name, running, given }) => ({
                Setting: name,
                Running: running,
                Given: given,
              })),
              ...(newKey !== undefined && {
                AccessKeyId: newKey.accessKeyId,
                SecretAccessKey: newKey.secretAccessKey,
                CredentialsFile: newKey.file,
              }),
            },
          })),
      );
      tellDifferences(context, result.differences);
      if (result.newKey !== undefined && options.json !== true) {
        const { accessKeyId, secretAccessKey, file } = result.newKey;
        context.io.out(`Root access key, shown this once: ${accessKeyId}  ${secretAccessKey}`);
        context.io.out(`It is also in ${file} (profile slipway), for your eyes only.`);
      }
      if (options.json === true) printJson(context, result.json);
    });

/** As the hook says it of a setting without a value. */
const NOT_SET = "not set";

function tellDifferences({ io }: CliContext, differences: readonly SettingDifference[]): void {
  if (differences.length === 0) return;
  io.err("It was started with other settings than those given now, and keeps its own:");
  for (const { name, running, given } of differences) {
    io.err(
      `  ${name}: ${running} (${given === NOT_SET ? "not given now: give it again to keep it" : `given now: ${given}`})`,
    );
  }
  io.err(
    `${paint(io, "cyan", "→")} Apply those given now with \`slipway down --keep-serving && slipway up\`; services go on.`,
  );
}

interface DownOptions extends TimeoutOption {
  readonly keepServing?: boolean;
  readonly purge?: boolean;
}

const REMOVAL = `

Without --purge containers, network, firewall rules and images stay for the next \`slipway up\`. To remove Slipway wholly:
  $ slipway info                            while it runs: tells the state directory
  $ slipway trust --remove                  if this machine was told to trust its certificates
  $ slipway down --purge                    while the state directory is there: it knows what is Slipway's
  $ docker images --quiet --filter reference='slipway.local/*/*' | sort -u | xargs -r docker rmi --force
  $ rm -rf STATE_DIRECTORY                  with all keys, secrets and logs`;

export const downCommand: CommandFactory = (context) =>
  new Command("down")
    .description("stop Slipway: control plane, edge and instances; services come back with `slipway up`")
    .option("--keep-serving", "stop only the control plane; the edge and the instances go on serving")
    .option(
      "--purge",
      "also remove what was made on the engine: containers, network, firewall rules, images of services. The state directory and base images of runtimes stay",
    )
    .option("--timeout <seconds>", "give up after this long", positiveSeconds, DOWN_TIMEOUT_S)
    .option("--json", "print JSON: Outcome")
    .addHelpText("after", examples("down", "down --keep-serving", "down --purge") + REMOVAL)
    .action(async (options: DownOptions, command: Command) => {
      const result = await withProgress(context, "Stopping Slipway", (progress) =>
        context.hooks
          .down({
            environment: context.environmentFor(command),
            timeoutMs: options.timeout * 1000,
            keepServing: options.keepServing === true,
            purge: options.purge === true,
            report: (line) => progress.line(line),
          })
          .then(({ outcome }) => ({
            text: outcome === "stopped" ? stoppedText(options) : "Slipway does not run.",
            json: { Outcome: outcome },
          })),
      );
      if (options.json === true) printJson(context, result.json);
    });

function stoppedText({ keepServing }: DownOptions): string {
  return keepServing === true
    ? "The control plane is stopped; services go on answering."
    : "Slipway is stopped.";
}

export const serveCommand: CommandFactory = (context) =>
  new Command("serve")
    .description("run the control plane in the foreground; SIGTERM or Ctrl-C ends it")
    .addHelpText("after", examples("serve"))
    .action(async (_options: unknown, command: Command) => {
      const exitCode = await context.hooks.serve({ environment: context.environmentFor(command) });
      if (exitCode !== 0)
        throw new CliFailure("The control plane ended with an error.", {
          exitCode,
          hint: "See its log above.",
        });
    });

async function withProgress<Result extends { readonly text: string }>(
  context: CliContext,
  title: string,
  act: (progress: Progress) => Promise<Result>,
): Promise<Result> {
  const progress = context.io.progress(title);
  try {
    const result = await act(progress);
    progress.succeed(result.text);
    return result;
  } catch (error) {
    progress.fail(`${title} failed.`);
    throw error;
  }
}

function positiveSeconds(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("Write a number of seconds.");
  return Number(text);
}
