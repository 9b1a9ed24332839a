/** What the engine says when a build fails → BuildError: what is wrong, where, and what would be right. */
import { BuildError } from "../../ports/builder.ts";
import { shownCommand } from "./shown-command.ts";
import { cleanLine } from "./text-lines.ts";

export interface FailureSigns {
  /** The last lines of output, oldest first. */
  readonly logLines: readonly string[];
  /** The build's cgroup met its memory limit. */
  readonly hasMetMemoryLimit: boolean;
  /** The kernel says that it killed a process of the build for its memory; null: it does not tell. */
  readonly hasKilledForMemory: boolean | null;
  readonly memoryLimitBytes: number;
}

const KILLED = 137;
const PREFIXES =
  /^(?:failed to solve(?: with frontend [\w.]+)?: |failed to create LLB definition: |rpc error: code = \w+ desc = )+/;
/** Engines up to 20.10, then newer ones. */
const COMMAND_FAILED = [
  /executor failed running \[(.*)\]: (.*)$/s,
  /process "(.*)" did not complete successfully: (.*)$/s,
];
const DISK_FULL = /no space left on device|ENOSPC/i;
const BASE_IMAGE =
  /failed to (?:do request|resolve source metadata|authorize|fetch)|pull access denied|manifest unknown|repository does not exist|docker\.io\/\S+: not found/;

export function toBuildError(message: string, signs: FailureSigns): BuildError {
  const { logLines } = signs;
  const text = cleanLine(message.replace(/\s+/g, " ")).replace(PREFIXES, "");
  if (DISK_FULL.test(text)) return diskFull(logLines);
  const command = COMMAND_FAILED.map((pattern) => pattern.exec(text)).find((match) => match !== null);
  if (command) return commandFailed(command[1] ?? "", command[2] ?? "", signs);
  if (text.includes("network bridge not found"))
    return new BuildError(
      "engine",
      "The engine has no default bridge (`--bridge none`), and commands of a build get their network from it; start the engine with one.",
    );
  const problem = configurationProblem(text);
  if (problem !== null) return new BuildError("configuration", problem, { logLines });
  return new BuildError("engine", `The engine could not build: ${text}`, { logLines });
}

export function diskFull(logLines: readonly string[]): BuildError {
  return new BuildError("disk-full", "The build ran out of disk space.", { logLines });
}

export function outOfMemory(
  memoryLimitBytes: number,
  exitCode: number,
  logLines: readonly string[],
): BuildError {
  const limitMiB = Math.floor(memoryLimitBytes / 1_024 ** 2);
  return new BuildError(
    "out-of-memory",
    `The build needs more than the ${limitMiB} MiB of memory that builds have here.`,
    { exitCode, logLines },
  );
}

function commandFailed(args: string, outcome: string, signs: FailureSigns): BuildError {
  const { logLines, memoryLimitBytes } = signs;
  const exitCode = Number(/exit code: (\d+)/.exec(outcome)?.[1] ?? 1);
  if (isOutOfMemory(exitCode, signs)) return outOfMemory(memoryLimitBytes, exitCode, logLines);
  if (logLines.slice(-20).some((line) => DISK_FULL.test(line))) return diskFull(logLines);
  const said = /exit code: \d+/.test(outcome) ? `failed with exit code ${exitCode}` : `failed: ${outcome}`;
  return new BuildError("command", `The command \`${shownCommand(args, logLines)}\` ${said}.`, {
    exitCode,
    logLines,
  });
}

/**
 * Killed, and the limit was met. Where the kernel does not count the killed, a limit that was met may have been the
 * page cache's doing: then something must say that a process was killed.
 */
function isOutOfMemory(exitCode: number, signs: FailureSigns): boolean {
  if (signs.hasKilledForMemory !== null) return signs.hasKilledForMemory;
  const isKilled =
    exitCode === KILLED || signs.logLines.slice(-10).some((line) => /\bKilled\b|SIGKILL/.test(line));
  return signs.hasMetMemoryLimit && isKilled;
}

function configurationProblem(text: string): string | null {
  const parse = /dockerfile parse error(?: on)? line (\d+): (.*)$/i.exec(text);
  if (parse) return `Dockerfile, line ${parse[1]}: ${parse[2]}${heredocHint(parse[2] ?? "")}`;
  const missing =
    /failed to (?:compute cache key|calculate checksum).*?("[^"]+"|'[^']+'): not found/.exec(text) ??
    /failed to compute cache key: ("[^"]+") not found/.exec(text);
  if (missing) return `Dockerfile: ${missing[1]} is not in the source, or .dockerignore leaves it out.`;
  if (BASE_IMAGE.test(text)) return `Dockerfile: a base image cannot be had: ${text}`;
  const plain =
    /target stage .* could not be found|secret .* not found|no build stage|the Dockerfile cannot be empty|file with no instructions|entitlement .* not allowed|failed to process|circular dependency|invalid|unknown|unsupported|unable to find/i;
  return plain.test(text) ? `Dockerfile: ${text}` : null;
}

function heredocHint(problem: string): string {
  return /unknown instruction: (?:EOF|EOT|END)\b/i.test(problem)
    ? " (here-documents need Docker Engine 23 or newer)"
    : "";
}
