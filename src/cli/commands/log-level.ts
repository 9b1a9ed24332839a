/** `slipway log-level`: how much the control plane writes into its own log, for good or for a time. */
import { Argument, Command, InvalidArgumentError } from "commander";
import type { SlipwayOperationTypes } from "../../contract/slipway-operations.ts";
import type { Wire } from "../client.ts";
import { usageFailure } from "../failure.ts";
import { formatTimestamp, parseSince } from "../time.ts";
import { type CommandFactory, examples, type JsonOption, printJson } from "./shared.ts";

type State = Wire<SlipwayOperationTypes["GetLogLevel"]["output"]>;

interface LevelOptions extends JsonOption {
  readonly for?: number;
}

const LEVELS = ["error", "warn", "info", "debug"] as const;

export const logLevelCommand: CommandFactory = (context) =>
  new Command("log-level")
    .description("show or set how much the control plane writes into serve.log")
    .addArgument(new Argument("[level]", "left out, it is shown").choices(LEVELS))
    .option("--for <time>", "fall back after this: 10m, 2h; at most a day", duration)
    .option("--json", "print JSON: GetLogLevel's members")
    .addHelpText("after", examples("log-level", "log-level debug --for 10m", "log-level info"))
    .action(async (level: State["Level"] | undefined, options: LevelOptions, command: Command) => {
      if (level === undefined && options.for !== undefined) {
        throw usageFailure("--for needs a level.", "Write for example `slipway log-level debug --for 10m`.");
      }
      const client = await context.connect(command);
      const state =
        level === undefined
          ? await client.call("Slipway.GetLogLevel", {})
          : await client.call("Slipway.SetLogLevel", {
              Level: level,
              ...(options.for !== undefined && { DurationSeconds: options.for }),
            });
      if (options.json === true) return printJson(context, state);
      context.io.out(describe(state));
    });

function describe({ Level, Until, FallsBackTo }: State): string {
  if (Until === undefined) return Level;
  return `${Level} until ${formatTimestamp(Until * 1000)}, then ${FallsBackTo ?? "info"}`;
}

/** Seconds. */
function duration(text: string): number {
  const right = "Write a time such as 10m or 2h, a day at most.";
  if (!/^\d+[smhd]$/.test(text)) throw new InvalidArgumentError(right);
  const seconds = -parseSince(text, 0) / 1000;
  if (seconds < 1 || seconds > 86_400) throw new InvalidArgumentError(right);
  return seconds;
}
