/**
 * One run of the git binary: an argument array, an environment from scratch, limits of the kernel on memory and file
 * sizes, and a process group that is killed whole at the deadline or on abort.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { SourceError } from "../../ports/source-code.ts";

const STDERR_BYTES_MAX = 64 * 1024;
/** git maps packs and holds deltas; a pack whose deltas grow to more than this is a bomb. */
const ADDRESS_SPACE_BYTES_MAX = 4 * 1024 ** 3;

export interface GitRun {
  readonly arguments: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  readonly directory: string;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  readonly input?: string;
  /** Default 16 MiB. More ends the process and is SourceError "too-large". */
  readonly outputBytesMax?: number;
  /** The largest file git may write; the kernel ends it there. */
  readonly fileBytesMax?: number;
}

export interface GitResult {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Whatever status git ends with. Throws SourceError at the deadline and the signal's reason on abort. */
export async function runGit(run: GitRun): Promise<GitResult> {
  run.signal.throwIfAborted();
  const child = start(run);
  const stop = new AbortController();
  const deadline = setTimeout(() => stop.abort(timedOut(run.timeoutMs)), run.timeoutMs);
  const onAbort = (): void => stop.abort(run.signal.reason);
  run.signal.addEventListener("abort", onAbort, { once: true });
  stop.signal.addEventListener("abort", () => killGroup(child), { once: true });
  try {
    const ending = once(child, "close");
    const stdout = collect(child, run.outputBytesMax ?? 16 * 1024 ** 2, stop);
    const stderr = collectStart(child);
    child.stdin?.on("error", () => undefined).end(run.input ?? "");
    const [status] = (await ending) as [number | null];
    stop.signal.throwIfAborted();
    return { status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString("utf8") };
  } catch (error) {
    stop.signal.throwIfAborted();
    throw new SourceError("other", "git cannot be started. Install git and util-linux.", { cause: error });
  } finally {
    clearTimeout(deadline);
    run.signal.removeEventListener("abort", onAbort);
    killGroup(child);
  }
}

function start(run: GitRun): ChildProcess {
  const limits = [`--as=${ADDRESS_SPACE_BYTES_MAX}`, "--core=0"];
  if (run.fileBytesMax !== undefined) limits.push(`--fsize=${run.fileBytesMax}`);
  return spawn("prlimit", [...limits, "--", "git", ...run.arguments], {
    cwd: run.directory,
    env: run.environment,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
}

function collect(child: ChildProcess, bytesMax: number, stop: AbortController): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes <= bytesMax) chunks.push(chunk);
    else stop.abort(new SourceError("too-large", "The repository has too many branches or files."));
  });
  return chunks;
}

/** What git complains about first is the cause; what follows may be without end. */
function collectStart(child: ChildProcess): readonly Buffer[] {
  const chunks: Buffer[] = [];
  let bytes = 0;
  child.stderr?.on("data", (chunk: Buffer) => {
    if (bytes < STDERR_BYTES_MAX) chunks.push(chunk);
    bytes += chunk.length;
  });
  return chunks;
}

/** Helpers of git (transport, index-pack) are in its group; one that is left over is ended with it. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}

function timedOut(timeoutMs: number): SourceError {
  return new SourceError(
    "unreachable",
    `The repository was not read within ${Math.round(timeoutMs / 1000)} seconds.`,
  );
}
