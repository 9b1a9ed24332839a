/**
 * Commands as their author wrote them. BuildKit names a command by what it really runs: with the caches, secrets, variables and
 * shell that we put around it (`dockerfile.ts`).
 */
import { ONE_SHELL } from "../dockerfile.ts";

const CHARACTERS_MAX = 300;
const MOUNTS = /^RUN (?:--mount=type=(?:cache,\S+|secret,id=[\w.-]+,target=\S+) )+/;
/** BuildKit lists the words of a JSON form in quotes, but does not escape within. */
const JSON_SHELL = /^RUN \["(?:env", "--", ".*", ")??\/bin\/sh", "-c", "(.*)"\]$/;
/** Looked for first: else a hostile line takes the time of its length squared. */
const JSON_END = '"]';
const SHELL = /^(?:env -- .*? )?\/bin\/sh -c /;
const ANNOUNCED = "+ ";

/** `RUN --mount=… ["/bin/sh", "-c", "npm ci"]` → `RUN npm ci`; another instruction stays. */
export function shownInstruction(text: string): string {
  const bare = text.replace(MOUNTS, "RUN ");
  const words = bare.endsWith(JSON_END) ? JSON_SHELL.exec(bare)?.[1] : undefined;
  if (words === undefined) return bare;
  const first = `${ONE_SHELL}", "build", "`;
  return `RUN ${words.startsWith(first) ? words.slice(first.length).replaceAll('", "', " && ") : words}`;
}

/** Of several commands in one shell, the one that was announced last. */
export function shownCommand(args: string, logLines: readonly string[]): string {
  const command = args.replace(SHELL, "");
  const first = `${ONE_SHELL} build `;
  if (!command.startsWith(first)) return cut(command);
  const announced = logLines.findLast((line) => line.startsWith(ANNOUNCED));
  return cut(announced?.slice(ANNOUNCED.length) ?? command.slice(first.length));
}

function cut(command: string): string {
  return command.length > CHARACTERS_MAX ? `${command.slice(0, CHARACTERS_MAX)}…` : command;
}
