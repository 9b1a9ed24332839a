/** Runs one command line and turns whatever happens into an exit code and at most a few lines. */
import { CommanderError } from "commander";
import { ApiError } from "./client.ts";
import { createContext } from "./context.ts";
import { CliFailure, EXIT_FAILED, EXIT_USAGE } from "./failure.ts";
import type { CliHooks } from "./hooks.ts";
import type { CliIo } from "./io.ts";
import { buildProgram } from "./program.ts";
import { paint } from "./style.ts";

export interface CliRun {
  /** Without the interpreter and the program's name. */
  readonly args: readonly string[];
  readonly io: CliIo;
  readonly hooks: CliHooks;
}

/** Resolves to the exit code; never rejects. */
export async function runCli({ args, io, hooks }: CliRun): Promise<number> {
  const program = buildProgram(createContext(io, hooks));
  try {
    if (args.length === 0) {
      program.outputHelp();
      return 0;
    }
    await program.parseAsync([...args], { from: "user" });
    return 0;
  } catch (error) {
    return report(io, error, args);
  }
}

function report(io: CliIo, error: unknown, args: readonly string[]): number {
  if (error instanceof CommanderError) return reportUsage(io, error, args);
  const failure = error instanceof CliFailure ? error : translate(error);
  io.err(`${paint(io, "red", "error:")} ${failure.message}`);
  for (const line of failure.details) io.err(line);
  if (failure.hint !== undefined) io.err(`${paint(io, "cyan", "→")} ${failure.hint}`);
  return failure.exitCode;
}

function reportUsage(io: CliIo, error: CommanderError, args: readonly string[]): number {
  if (error.exitCode === 0) return 0;
  const [name = ""] = args;
  const command = error.code === "commander.unknownCommand" || !/^[a-z]+$/.test(name) ? "" : ` ${name}`;
  const message = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ");
  io.err(`${paint(io, "red", "error:")} ${message}`);
  io.err(`${paint(io, "cyan", "→")} See \`slipway${command} --help\`.`);
  return EXIT_USAGE;
}

/** AWS's codes for a signature that does not hold. */
const SIGNATURE_CODES: ReadonlySet<string> = new Set([
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "IncompleteSignature",
  "SignatureDoesNotMatch",
]);

function translate(error: unknown): CliFailure {
  if (error instanceof ApiError) {
    const hint = SIGNATURE_CODES.has(error.code)
      ? "The access key does not belong to this endpoint: compare `slipway info` with SLIPWAY_ENDPOINT and SLIPWAY_STATE_DIR."
      : undefined;
    return new CliFailure(`${error.message} (${error.code})`, {
      cause: error,
      ...(hint === undefined ? {} : { hint }),
    });
  }
  // Hooks throw errors of the composition root: their messages are written for people.
  if (error instanceof Error) return new CliFailure(error.message, { cause: error, exitCode: EXIT_FAILED });
  return new CliFailure(String(error));
}
