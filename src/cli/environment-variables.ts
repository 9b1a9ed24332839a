/**
 * What stands in the environment of a service: references to secrets from `--secret`, and variables from `--env KEY=VALUE`, `--env KEY` (taken from the caller's environment, so that a secret
 * does not stand in the list of processes) and `--env-file`. Values are never printed.
 */
import { usageFailure } from "./failure.ts";
import type { Environment } from "./hooks.ts";

const NAME = /^[A-Za-z_][\w.-]*$/;

export function parseAssignments(
  assignments: readonly string[],
  environment: Environment,
): Readonly<Record<string, string>> {
  return Object.fromEntries(assignments.map((assignment) => parseAssignment(assignment, environment)));
}

function parseAssignment(assignment: string, environment: Environment): readonly [string, string] {
  const equals = assignment.indexOf("=");
  const name = equals === -1 ? assignment : assignment.slice(0, equals);
  if (!NAME.test(name)) {
    throw usageFailure(`--env: "${name}" is not a variable's name.`, "Write --env KEY=VALUE.");
  }
  if (equals !== -1) return [name, assignment.slice(equals + 1)];
  const inherited = environment[name];
  if (inherited === undefined) {
    throw usageFailure(
      `--env ${name}: there is no such variable here.`,
      `Write --env ${name}=VALUE, or export it first.`,
    );
  }
  return [name, inherited];
}

/** `--secret NAME=REFERENCE`. What a reference may be, the API knows. */
export function parseSecrets(assignments: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    assignments.map((assignment) => {
      const [, name = "", reference] = /^([^=]*)=(.+)$/s.exec(assignment) ?? [];
      // Some give the secret itself: what is wrong is told without it.
      if (reference !== undefined && NAME.test(name)) return [name, reference];
      throw usageFailure(
        `--secret ${name === "" ? nameIn(assignment) : name}: not NAME=REFERENCE.`,
        "A reference is the ARN of a secret or a parameter, or the name of a parameter: --secret API_KEY=/shop/api-key.",
      );
    }),
  );
}

/** A text without a reference may be the secret itself; only what looks like a name is shown. */
function nameIn(assignment: string): string {
  const [name = ""] = assignment.split("=", 1);
  const isNamed = assignment.includes("=") ? NAME.test(name) : /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/.test(name);
  return isNamed ? name : "(hidden)";
}

/**
 * One KEY=VALUE a line; blank lines and lines that start with # are skipped; `export ` before the name is allowed. A value
 * in single quotes is taken as it stands, one in double quotes knows \n, \t, \r, \" and \\. No variables are replaced.
 */
export function parseEnvironmentFile(text: string, path: string): Readonly<Record<string, string>> {
  const variables: Record<string, string> = {};
  for (const [index, raw] of text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value] = /^(?:export\s+)?([^=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || !NAME.test(name)) {
      // The line itself may hold a secret: only its number is told.
      throw usageFailure(
        `${path}, line ${index + 1}: not KEY=VALUE.`,
        "Write one KEY=VALUE a line; comments start with #.",
      );
    }
    variables[name] = unquote(value, `${path}, line ${index + 1}`);
  }
  return variables;
}

const ESCAPES: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r" };

function unquote(value: string, place: string): string {
  const quote = value[0];
  if (quote !== '"' && quote !== "'") return value.replace(/\s+#.*$/, "");
  const [, inner] =
    (quote === "'" ? /^'([^']*)'\s*(?:#.*)?$/ : /^"((?:[^"\\]|\\.)*)"\s*(?:#.*)?$/).exec(value) ?? [];
  if (inner === undefined) throw usageFailure(`${place}: a ${quote} is never closed.`);
  return quote === "'"
    ? inner
    : inner.replaceAll(/\\(.)/g, (_whole, character: string) => ESCAPES[character] ?? character);
}
