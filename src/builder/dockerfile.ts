/**
 * Instructions of generated Dockerfiles. Whatever comes from a user is encoded so that it can end no instruction, begin
 * no other, name no variable and open no here-document. Only what BuildKit's oldest front end knows is used.
 */
import { BuildError } from "../ports/builder.ts";

/** One variable of the build. */
export type Variables = Readonly<Record<string, string>>;

export interface CacheMount {
  readonly id: string;
  readonly directory: string;
}

/** A file under `/run/secrets`, there for one command alone. */
export interface SecretMount {
  readonly secretId: string;
}

type Mount = CacheMount | SecretMount;

/** The longest line BuildKit reads. */
const LINE_MAX_BYTES = 65_000;
/** A command that reads the same in shell form and as JSON, so that logs show what its author wrote. */
const PLAIN_COMMAND = /^[A-Za-z0-9./_](?:[\w ./:=@,+-]*[\w./:=@,+-])?$/;
const PLAIN_NAME = /^[A-Za-z_]\w*$/;
/** Runs each of its arguments, announced by `+ `. */
export const ONE_SHELL =
  'for command do printf "+ %s\\n" "$command"; eval "$command"; status=$?; [ "$status" = 0 ] || exit "$status"; done';
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1f\x7f]/;

/** One command of a user, by the shell of the image. `inline`: variables that no ENV before gives. */
export function runInstruction(command: string, mounts: readonly Mount[], inline: Variables): string {
  const isPlain = PLAIN_COMMAND.test(command) && Object.keys(inline).length === 0;
  const text = isPlain ? command : json([...environmentWords(inline), "/bin/sh", "-c", command]);
  return limited(`RUN ${mounts.map(mountFlag).join("")}${text}`);
}

/**
 * Several commands in one shell, so that `cd` and `export` last from one to the next; ends with the first that fails.
 * Each is printed before it runs.
 */
export function runInOneShell(
  commands: readonly string[],
  mounts: readonly Mount[],
  inline: Variables,
): string {
  const words = [...environmentWords(inline), "/bin/sh", "-c", ONE_SHELL, "build", ...commands];
  return limited(`RUN ${mounts.map(mountFlag).join("")}${json(words)}`);
}

/** ENV for what it can say; the rest has to be given inline. */
export function splitVariables(variables: Variables): { lines: readonly string[]; inline: Variables } {
  const entries = Object.entries(variables);
  const isForEnv = ([name, value]: [string, string]): boolean =>
    PLAIN_NAME.test(name) && !CONTROL.test(value) && Buffer.byteLength(value) < LINE_MAX_BYTES / 4;
  return {
    lines: entries.filter(isForEnv).map(([name, value]) => `ENV ${name}=${quoted(value)}`),
    inline: Object.fromEntries(entries.filter((entry) => !isForEnv(entry))),
  };
}

/** `path` is absolute and holds no control characters. */
export function workdirInstruction(path: string): string {
  return `WORKDIR ${/^[\w./@+-]+$/.test(path) ? path : quoted(path)}`;
}

/** Words for env(1), which takes any name and value. */
function environmentWords(variables: Variables): readonly string[] {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return words.length === 0 ? [] : ["env", "--", ...words];
}

function mountFlag(mount: Mount): string {
  if ("secretId" in mount) {
    const { secretId } = mount;
    return `--mount=type=secret,id=${secretId},target=/run/secrets/${secretId} `;
  }
  const { id, directory } = mount;
  return `--mount=type=cache,id=${id},target=${directory},sharing=locked `;
}

/** `<` is escaped, or newer front ends would see a here-document in `<<`. */
function json(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word).replaceAll("<", "\\u003c")).join(", ")}]`;
}

/** As the Dockerfile's own double quotes are read: a backslash before these three, and nothing else, is an escape. */
function quoted(text: string): string {
  return `"${text.replaceAll(/["\\$]/g, "\\$&")}"`;
}

function limited(line: string): string {
  if (Buffer.byteLength(line) <= LINE_MAX_BYTES) return line;
  const head = JSON.stringify(line.slice(0, 60));
  throw new BuildError(
    "configuration",
    `a command is too long for one build step: ${head}…; put it in a file`,
  );
}
