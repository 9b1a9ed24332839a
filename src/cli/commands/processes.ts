/** `slipway up`, `down` and `serve`: the control plane's own process. */
import { Command, InvalidArgumentError } from "commander";
import type { CliContext } from "../context.ts";
import { CliFailure } from "../failure.ts";
import type { DownOutcome, SettingDifference } from "../hooks.ts";
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
        context.io.out(`Root access key: ${accessKeyId}  ${secretAccessKey}`);
        context.io.out(`It is printed this once, and kept in ${file} (profile slipway), for your eyes only.`);
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
    // A variable before the command counts for one command only: it has to be there again.
    `${paint(io, "cyan", "→")} Apply those given now: \`slipway down --keep-serving\`, then \`slipway up\` with the same variables as now; services go on.`,
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
  $ slipway down --purge                    while the state directory is there; prints ID, the installation's
  $ docker images --format '{{.Repository}}:{{.Tag}}' --filter reference='slipway.local/runtime/*' | xargs -r docker rmi
                                            base images of runtimes; other installations make theirs again
  $ docker images --format '{{.Repository}}:{{.Tag}}' --filter reference='slipway/hello' | xargs -r docker rmi
                                            quickstart's example
  $ docker image prune --force --filter label=slipway.built-by=ID
  $ docker builder prune --force            the build cache, of other builds on this engine too
  $ rm -rf STATE_DIRECTORY                  with all keys, secrets and logs
  $ rm -f /usr/local/bin/slipway            if you made that link`;

export const downCommand: CommandFactory = (context) =>
  new Command("down")
    .description("stop Slipway: control plane, edge and instances; services come back with `slipway up`")
    .option("--keep-serving", "stop only the control plane; the edge and the instances go on serving")
    .option(
      "--purge",
      "also remove what was made on the engine: containers, network, firewall rules, images of services. The state directory and base images of runtimes stay",
    )
    .option("--timeout <seconds>", "give up after this long", positiveSeconds, DOWN_TIMEOUT_S)
    .option("--json", "print JSON: Outcome; with --purge also Removed")
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
          .then((stopped) => ({
            text: [stoppedText(stopped, options), ...purgedText(stopped, options)].join(" "),
            json: { Outcome: stopped.outcome, ...removedJson(stopped) },
          })),
      );
      if (options.json === true) printJson(context, result.json);
    });

function stoppedText({ outcome }: DownOutcome, { keepServing, purge }: DownOptions): string {
  if (outcome === "not-running") return purge === true ? "Slipway did not run." : "Slipway does not run.";
  return keepServing === true
    ? "The control plane is stopped; services go on answering."
    : "Slipway is stopped.";
}

function purgedText({ removed }: DownOutcome, { keepServing, purge }: DownOptions): readonly string[] {
  if (purge !== true || keepServing === true) return [];
  if (removed === undefined) {
    return ["Nothing was removed from the engine: the state directory names no installation."];
  }
  const { installationId, containers, images } = removed;
  const what = `${countOf(containers, "container")}, ${countOf(images, "image")}`;
  return [`Removed of installation ${installationId}: ${what}, its networks and firewall rules.`];
}

function removedJson({ removed }: DownOutcome) {
  if (removed === undefined) return {};
  const { installationId, containers, images } = removed;
  return { Removed: { InstallationId: installationId, Containers: containers, Images: images } };
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
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
