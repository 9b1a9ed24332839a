/** Runs one program with an argument array, never through a shell. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

const DEADLINE_MS = 20_000;

interface ProgramResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Rejects when the program cannot be started, or when the deadline ends it. */
export async function runProgram(
  program: string,
  args: readonly string[],
  input: string,
): Promise<ProgramResult> {
  const child = spawn(program, [...args], {
    stdio: ["pipe", "pipe", "pipe"],
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  const exited = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? -1));
  });
  child.stdin.on("error", () => undefined); // a program that ends without reading: its exit code tells
  child.stdin.end(input);
  const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
  return { exitCode, stdout, stderr };
}
