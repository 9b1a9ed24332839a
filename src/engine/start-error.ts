/** Why a container, or the program in it, did not start: as a sentence that says what to do. */
import { InstanceStartError, type InstanceSpec } from "../ports/container-engine.ts";
import { engineUnavailable, type EngineRefusal } from "./errors.ts";

/** Exit codes the engine itself gives to a container whose command could not be run (as a shell does). */
const NOT_EXECUTABLE = 126;
export const NOT_FOUND = 127;

/** A program that the engine's init could not start ends with one of these: its own two, and those of shells. */
export const NEVER_RAN: ReadonlySet<number> = new Set([2, NOT_EXECUTABLE, NOT_FOUND]);
/** After the program's name. Shells read what no system call takes, a file for another processor too. */
const SHELL_COMPLAINT = /: (?:line )?\d+: .*syntax error|: cannot execute binary file/i;

/** Engines from 23 on say it another way. */
const UNKNOWN_RUNTIME = /unknown (?:or invalid )?runtime/i;
const GVISOR_REMEDY =
  "install runsc, register it in the engine's daemon.json (docs/isolation.md shows how) and reload the engine; or set the tag to container.";

const REMEDY = "check the start command, and the image's ENTRYPOINT and CMD";
const MESSAGE_MAX_CHARACTERS = 300;

/** `exitCode` is the one the engine recorded for the container, 0 when it got none. */
export function toStartError(spec: InstanceSpec, refusal: EngineRefusal, exitCode: number): Error {
  const fail = (problem: InstanceStartError["problem"], message: string) =>
    new InstanceStartError(problem, message, { cause: refusal });
  // An exec format error has no code of its own.
  if (/exec format error/i.test(refusal.message)) {
    return fail(
      "exec-format",
      "The program is built for another processor than this engine's; build the image for it.",
    );
  }
  if (spec.sandbox === "gvisor" && UNKNOWN_RUNTIME.test(refusal.message)) {
    return fail(
      "other",
      "The engine has no gVisor, which the tag slipway:sandbox asks for: " + GVISOR_REMEDY,
    );
  }
  if (/no such image/i.test(refusal.message)) {
    return fail(
      "no-such-image",
      `The image ${spec.imageId} is not on the engine any more: load it again, or deploy a new one (of a paused service: delete and create it).`,
    );
  }
  if (/no command specified/i.test(refusal.message)) {
    return fail("command-not-found", "The image names no command; set a start command.");
  }
  // The same codes stand for anything else that was missing while the container was set up: a volume over /proc.
  const program = namedProgram(refusal);
  if (exitCode === NOT_FOUND && program !== null) {
    return fail("command-not-found", `The image has no executable ${program}; ${remedy(spec)}.`);
  }
  if (exitCode === NOT_EXECUTABLE && program !== null) {
    return fail("not-executable", `In the image ${program} is not executable; ${remedy(spec)}.`);
  }
  if (refusal.status >= 500 && exitCode === 0) return engineUnavailable(engineMessage(refusal), refusal);
  return fail("other", `The engine cannot start the container: ${engineMessage(refusal)}`);
}

export interface InitWords {
  /** What the init had to start. */
  readonly program: string;
  readonly exitCode: number;
  readonly lastLine: string;
}

/** Why the engine's init could not start the program; null when the program ran, and ended by itself. */
export async function toInitProblem(
  { program, exitCode, lastLine }: InitWords,
  hasFile: () => Promise<boolean>,
): Promise<string | null> {
  const quoted = JSON.stringify(program);
  // Where the engine would refuse a file that is no program, the init has the image's shell read it.
  if (lastLine.startsWith(`${program}: `) && SHELL_COMPLAINT.test(lastLine)) {
    return `In the image ${quoted} is no program for this machine, and no shell script either: build it for this machine's processor, or begin it with a line that names its interpreter (#!/…).`;
  }
  if (!lastLine.startsWith("[FATAL tini") || !lastLine.includes(`exec ${program} failed: `)) return null;
  if (exitCode === NOT_EXECUTABLE) return `In the image ${quoted} is not executable; ${REMEDY}.`;
  if (exitCode !== NOT_FOUND) return null;
  return (await hasFile())
    ? `In the image ${quoted} cannot be run: the interpreter or loader that it names is missing, or it is built for another processor.`
    : `The image has no executable ${quoted}; ${REMEDY}.`;
}

/** In quotes, as runc or crun names it: where the image has an ENTRYPOINT it is not the start command's first word. */
function namedProgram({ message }: EngineRefusal): string | null {
  const [, byRunc, byCrun] =
    /exec: ("(?:[^"\\]|\\.){1,200}")|executable file `([^`]{1,200})`/.exec(message) ?? [];
  return byRunc ?? (byCrun === undefined ? null : `"${byCrun}"`);
}

function remedy({ command }: InstanceSpec): string {
  return command === null
    ? "correct its ENTRYPOINT or CMD, or set a start command"
    : "check the start command and the image's ENTRYPOINT";
}

function engineMessage(refusal: EngineRefusal): string {
  return refusal.message.replaceAll(/\s+/g, " ").slice(0, MESSAGE_MAX_CHARACTERS);
}
