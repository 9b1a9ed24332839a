/** Why a container did not start, as a sentence that says what to do. */
import { InstanceStartError, type InstanceSpec } from "../ports/container-engine.ts";
import { engineUnavailable, type EngineRefusal } from "./errors.ts";

/** Exit codes the engine itself gives to a container whose command could not be run (as a shell does). */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

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
