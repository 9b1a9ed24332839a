/** Runs one command line and turns whatever happens into an exit code and at most a few lines. */
import { type Command, CommanderError } from "commander";
import { ApiError } from "./client.ts";
import { createContext } from "./context.ts";
import { CliFailure, EXIT_FAILED, EXIT_USAGE } from "./failure.ts";
import type { CliHooks } from "./hooks.ts";
import type { CliIo } from "./io.ts";
import { nearestWord } from "./nearest-word.ts";
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
    return report(io, error, { args, meant: meantCommand(program, args) });
  }
}

interface Typed {
  readonly args: readonly string[];
  /** The command that was mistyped, as it should be; null where none is near. */
  readonly meant: string | null;
}

/** A group's first command takes a name, so a mistyped one of its others comes there as a name. */
function meantCommand(program: Command, [group = "", word = "", ...rest]: readonly string[]): string | null {
  const below = program.commands.find(
    (one) => one.name() === group || one.aliases().includes(group),
  )?.commands;
  const words = below?.flatMap((one) => one.aliases().concat(one.name())) ?? [];
  if (word.startsWith("-") || words.includes(word)) return null;
  const meant = nearestWord(word, words);
  return meant === null ? null : ["slipway", group, meant, ...rest].join(" ");
}

function report(io: CliIo, error: unknown, typed: Typed): number {
  const { args } = typed;
  if (error instanceof CommanderError) return reportUsage(io, error, typed);
  const failure = error instanceof CliFailure ? error : translate(error, args);
  io.err(`${paint(io, "red", "error:")} ${failure.message}`);
  for (const line of failure.details) io.err(line);
  const hint =
    didYouMean(typed) ?? failure.hint ?? (failure.exitCode === EXIT_USAGE ? seeHelp(args) : SEE_DOCTOR);
  io.err(`${paint(io, "cyan", "→")} ${hint}`);
  return failure.exitCode;
}

function didYouMean({ meant }: Typed): string | null {
  return meant === null ? null : `Did you mean \`${meant}\`?`;
}

function reportUsage(io: CliIo, error: CommanderError, typed: Typed): number {
  if (error.exitCode === 0) return 0;
  const message = error.message.replace(/^error: /, "").replaceAll(/\s*\n\s*/g, " ");
  io.err(`${paint(io, "red", "error:")} ${message}`);
  const hint = didYouMean(typed) ?? seeHelp(error.code === "commander.unknownCommand" ? [] : typed.args);
  io.err(`${paint(io, "cyan", "→")} ${hint}`);
  return EXIT_USAGE;
}

const SEE_DOCTOR = "See what is wrong with `slipway doctor`.";

function seeHelp([name = ""]: readonly string[]): string {
  return `See \`slipway${/^[a-z][a-z-]*$/.test(name) ? ` ${name}` : ""} --help\`.`;
}

/** AWS's codes for a signature that does not hold. */
const SIGNATURE_CODES: ReadonlySet<string> = new Set([
  "UnrecognizedClientException",
  "InvalidSignatureException",
  "IncompleteSignature",
  "SignatureDoesNotMatch",
]);

/** What IAM and STS call it, and what all others do. */
const DENIED_CODES: ReadonlySet<string> = new Set(["AccessDenied", "AccessDeniedException"]);

function translate(error: unknown, args: readonly string[]): CliFailure {
  if (error instanceof ApiError) {
    return new CliFailure(`${error.message} (${error.code})`, { cause: error, hint: hintOf(error, args) });
  }
  // Hooks throw errors of the composition root: their messages are written for people.
  if (error instanceof Error) return new CliFailure(error.message, { cause: error, exitCode: EXIT_FAILED });
  return new CliFailure(String(error));
}

/** Commands whose missing thing is not a service → the command that lists those. */
const LISTS: Readonly<Record<string, string>> = {
  rollback: "releases NAME",
  sbom: "releases NAME",
  runtimes: "runtimes",
  cancel: "ops NAME",
  secrets: "secrets ls",
  destinations: "destinations",
};

/** The next thing to do about a refusal of the API. */
function hintOf({ code, status }: ApiError, args: readonly string[]): string {
  if (SIGNATURE_CODES.has(code)) {
    return "The access key belongs to another endpoint (compare `slipway info` with SLIPWAY_ENDPOINT and SLIPWAY_STATE_DIR), or was switched off or deleted.";
  }
  if (DENIED_CODES.has(code)) {
    return "Somebody who may has to allow it: `slipway users grant USER POLICY`; `slipway whoami` says who you are.";
  }
  if (status >= 500) return "See `slipway doctor`, and serve.log in the state directory.";
  if (code.startsWith("HTTP ")) return "Compare SLIPWAY_ENDPOINT with `slipway info`.";
  if (code === "ThrottlingException") return "Try again in a moment.";
  if (code === "ResourceNotFoundException") return `See what there is with \`slipway ${listOf(args)}\`.`;
  return seeHelp(args);
}

/** Of the service that was named, where its name came first. */
function listOf([command = "", name = ""]: readonly string[]): string {
  const list = LISTS[command] ?? "ls";
  return /^[A-Za-z0-9][\w-]*$/.test(name) ? list.replace("NAME", name) : list;
}
