/** Environment variables a user gives to their application. */
import { SlipwayError } from "./error.ts";
import { referenceProblem } from "./secret-reference.ts";

/** Linux takes no longer single string in an environment (MAX_ARG_STRLEN, the closing NUL included). */
const ENTRY_MAX_BYTES = 131_071;
/** Far above any sensible use, far below what a process can be started with. */
export const ENVIRONMENT_MAX_BYTES = 524_288;

/** Kept for the platform. [App Runner] */
const RESERVED_NAME = /^AWSAPPRUNNER/;

/**
 * Refuses what cannot be an environment, and `PORT`, which App Runner sets itself (developer guide, "Referencing
 * environment variables"). Throws InvalidParameter that names the place, never a name or value: both may be secret.
 */
export function assertEnvironment(environment: Readonly<Record<string, string>>, path: string): void {
  let totalBytes = 0;
  for (const [index, [name, value]] of Object.entries(environment).entries()) {
    const problem = entryProblem(name, value);
    if (problem !== null) throw new SlipwayError("InvalidParameter", { path: `${path}{${index}}`, problem });
    totalBytes += entryBytes(name, value);
  }
  if (totalBytes <= ENVIRONMENT_MAX_BYTES) return;
  throw new SlipwayError("InvalidParameter", {
    path,
    problem: `has ${totalBytes} bytes in all; it must have at most ${ENVIRONMENT_MAX_BYTES}`,
  });
}

/**
 * Refuses secrets under a name that cannot be or that a variable has, and what is no reference. Whether there is something
 * behind one is found out by the deployment. Throws InvalidParameter as above.
 */
export function assertSecrets(
  references: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string>>,
  path: string,
): void {
  for (const [index, [name, reference]] of Object.entries(references).entries()) {
    const problem = Object.hasOwn(environment, name)
      ? "a variable has this name already; variables and secrets share one space of names"
      : (entryProblem(name, reference) ?? referenceProblem(reference));
    if (problem !== null) throw new SlipwayError("InvalidParameter", { path: `${path}{${index}}`, problem });
  }
}

/** What keeps a variable from being one; null: nothing. */
export function entryProblem(name: string, value: string): string | null {
  if (name === "PORT") return "PORT is set from the service's Port; choose another name";
  if (RESERVED_NAME.test(name)) return "names that begin with AWSAPPRUNNER are reserved; choose another name";
  if (name === "" || /[=\0]/.test(name)) return "a name must not be empty and must hold neither = nor NUL";
  if (value.includes("\0")) return "a value must not hold NUL";
  if (entryBytes(name, value) > ENTRY_MAX_BYTES) {
    return `name and value together must have at most ${ENTRY_MAX_BYTES} bytes`;
  }
  return null;
}

/** Of `name=value`. */
export function entryBytes(name: string, value: string): number {
  return Buffer.byteLength(name) + 1 + Buffer.byteLength(value);
}
