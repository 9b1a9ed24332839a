/** Runs a program of this machine with an argument array, never through a shell. */
import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** How long a program has to clean up after SIGTERM. */
const GRACE_MS = 10_000;
const KEPT_CHARACTERS = 4_000;

export interface ToolOptions {
  readonly directory: string;
  readonly variables?: Readonly<Record<string, string>>;
  readonly deadlineMs: number;
}

/** The program is not installed. */
export class ToolMissing extends Error {
  override readonly name = "ToolMissing";
}

/** It ended with another exit code than 0; the message is the end of what it said. */
export class ToolFailed extends Error {
  override readonly name = "ToolFailed";
}

/** Standard output of a program that succeeded. When the signal or the deadline ends it, it has ended before this throws. */
export async function runTool(
  program: string,
  args: readonly string[],
  { directory, variables, deadlineMs }: ToolOptions,
  signal: AbortSignal,
): Promise<string> {
  signal.throwIfAborted();
  const deadline = AbortSignal.timeout(deadlineMs);
  const child = spawn(program, [...args], {
    cwd: directory,
    env: { ...process.env, ...variables },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const end = endOnAbort(child, AbortSignal.any([signal, deadline]));
  const exited = new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  try {
    const [exitCode, stdout, stderr] = await Promise.all([exited, text(child.stdout), text(child.stderr)]);
    signal.throwIfAborted();
    if (deadline.aborted) throw new ToolFailed(`${program} took longer than ${deadlineMs / 1_000} s`);
    if (exitCode !== 0) throw new ToolFailed(stderr.trim().slice(-KEPT_CHARACTERS));
    return stdout;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw new ToolMissing(program, { cause: error });
    throw error;
  } finally {
    end();
  }
}

/** SIGTERM first: programs that mount and unpack clean up. Returns what ends the watching. */
function endOnAbort(child: ReturnType<typeof spawn>, signal: AbortSignal): () => void {
  let timer: NodeJS.Timeout | null = null;
  const onAbort = () => {
    child.kill("SIGTERM");
    timer = setTimeout(() => child.kill("SIGKILL"), GRACE_MS);
  };
  signal.addEventListener("abort", onAbort, { once: true });
  return () => {
    signal.removeEventListener("abort", onAbort);
    if (timer !== null) clearTimeout(timer);
  };
}
