/** How a start command becomes the argument array of a container. */
import { splitCommandLine } from "../domain/command-line.ts";
import { isSlipwayError } from "../domain/error.ts";
import { BuildError } from "../ports/builder.ts";

/** Words that only a shell understands when they stand first. */
const SHELL_WORDS =
  /^(?:\.|:|!|cd|exec|export|set|source|eval|ulimit|umask|trap|if|for|while|until|case|test|unset|wait)(?:\s|$)/;
const QUOTED = /\\[\s\S]|'[^']*'|"(?:\\[\s\S]|[^"\\])*"/g;
const ASSIGNMENT = /^\w+=/;

/**
 * Plain words are the arguments themselves, so that the application gets the signals that stop it; anything else goes
 * to the container's shell. Throws BuildError "configuration" that begins with `path`.
 */
export function startArguments(command: string, path: string): readonly string[] {
  if (command.includes("\0")) throw refusal(`${path}: must not hold the character NUL`);
  if (needsShell(command.trim())) return ["/bin/sh", "-c", command];
  try {
    return splitCommandLine(command, path);
  } catch (error) {
    if (!isSlipwayError(error, "InvalidParameter")) throw error;
    throw refusal(error.message, error);
  }
}

function needsShell(command: string): boolean {
  // What stands in quotes or behind a backslash is text, but a shell replaces $ and ` within double quotes.
  const bare = command.replaceAll(QUOTED, (text) =>
    text.startsWith('"') && /[$`]/.test(text.replaceAll(/\\[\s\S]/g, "_")) ? "$" : "_",
  );
  return /[&|;<>()$`*?[\]{}~#\n\r]/.test(bare) || ASSIGNMENT.test(command) || SHELL_WORDS.test(command);
}

function refusal(message: string, cause?: unknown): BuildError {
  return new BuildError("configuration", message, { cause });
}
