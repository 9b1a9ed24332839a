/** Starts a program that needs root, by `sudo -n` where this process is not. */
import { messageOf } from "./errors.ts";
import { runProgram } from "./program.ts";

/** What does not start at all has exit code -1. */
export async function runAsRoot(
  program: string,
  args: readonly string[],
  input: string,
  signal: AbortSignal,
) {
  const [file, argv] = asRoot(program, args);
  try {
    return await runProgram(file, argv, input, signal);
  } catch (error) {
    signal.throwIfAborted();
    return { exitCode: -1, stdout: "", stderr: messageOf(error) };
  }
}

export function asRoot(program: string, args: readonly string[]): readonly [string, readonly string[]] {
  return process.getuid?.() === 0 ? [program, args] : ["sudo", ["-n", program, ...args]];
}
