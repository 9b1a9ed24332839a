/** Runs git with an argument array and an environment of our choice: none of the caller's GIT_* variables count. */
import { spawn } from "node:child_process";
import { buffer } from "node:stream/consumers";
import { CliFailure } from "../failure.ts";
import type { Environment } from "../hooks.ts";

export interface GitRun {
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Environment;
  readonly input?: string | Buffer;
}

export interface GitResult {
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Whatever git ends with. Throws CliFailure when there is no git. */
export async function tryGit(run: GitRun): Promise<GitResult> {
  const child = spawn("git", [...run.arguments], {
    cwd: run.directory,
    env: { ...run.environment },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", (cause) => reject(noGit(cause)));
    child.once("close", (code) => resolve(code ?? 1));
  });
  // git that ends before it has read all is told by its exit code.
  child.stdin.on("error", () => undefined);
  child.stdin.end(run.input ?? "");
  const [exitCode, stdout, stderr] = await Promise.all([ended, buffer(child.stdout), buffer(child.stderr)]);
  return { exitCode, stdout, stderr: stderr.toString("utf8") };
}

/** Its standard output; throws CliFailure with git's last words when it did not end well. */
export async function git(run: GitRun): Promise<Buffer> {
  const { exitCode, stdout, stderr } = await tryGit(run);
  if (exitCode === 0) return stdout;
  const words = stderr.trim().split("\n").at(-1) ?? "";
  throw new CliFailure(`git ${run.arguments[0]} ended with ${exitCode}: ${words}`);
}

/** The caller's environment without what would lead git to another repository, index or editor. */
export function plainGitEnvironment(environment: Environment): Environment {
  const kept = Object.entries(environment).filter(
    ([name]) => !name.startsWith("GIT_") || name === "GIT_SSL_CAINFO",
  );
  return { ...Object.fromEntries(kept), GIT_TERMINAL_PROMPT: "0", LC_ALL: "C" };
}

/** Settings that no argument shows: they may hold secrets. */
export function withSettings(
  environment: Environment,
  settings: readonly (readonly [string, string])[],
): Environment {
  const pairs = settings.flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { ...environment, ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(settings.length) };
}

function noGit(cause: unknown): CliFailure {
  return new CliFailure("git is needed to deploy a folder, and it is not there.", {
    hint: "Install it, for instance with `apt install git`.",
    cause,
  });
}
