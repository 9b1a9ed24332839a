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
    return fail("no-such-image", `The image ${spec.imageId} is not on the engine any more; deploy again.`);
  }
  if (/no command specified/i.test(refusal.message)) {
    return fail("command-not-found", "The image names no command; set a start command.");
  }
  if (exitCode === NOT_FOUND) {
    return fail(
      "command-not-found",
      `The image has no executable ${command(spec)}; check the start command.`,
    );
  }
  if (exitCode === NOT_EXECUTABLE) {
    return fail(
      "not-executable",
      `${command(spec)} is not executable (permission denied); check the start command.`,
    );
  }
  if (refusal.status >= 500 && exitCode === 0) return engineUnavailable(engineMessage(refusal), refusal);
  return fail("other", `The engine cannot start the container: ${engineMessage(refusal)}`);
}

function command(spec: InstanceSpec): string {
  const program = spec.command?.[0];
  return program === undefined ? "as named by its own command" : `"${program}"`;
}

function engineMessage(refusal: EngineRefusal): string {
  return refusal.message.replaceAll(/\s+/g, " ").slice(0, MESSAGE_MAX_CHARACTERS);
}
