/** What PostgreSQL's codes mean for an operator. https://www.postgresql.org/docs/current/errcodes-appendix.html */
import { SlipwayError } from "../domain/error.ts";
import { RefusedRow } from "./refused-row.ts";

/** By code, or by its class (the first two characters). */
const problems: Readonly<Record<string, string>> = {
  "53100": "the disk of the server is full; nothing was lost. Free some space and try again",
  "53": "the server has no resources left",
  "57": "the server is stopping or starting, or ended the connection",
  "58": "the server met a system error. Look into its log",
  "08": "the connection failed",
  "28": "the server refused the user or password",
  "42501": "the user may not do this. It must own the database's schema",
  "3D": "the database does not exist. Create it first",
  "25006": "the server is read-only. Connect to the primary",
  XX: "the server reports damaged data. Look into its log, and restore a backup",
};
const CONSTRAINT = "23";
const UNREPRESENTABLE_CHARACTER = "22021";

export function translatePostgresError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof SlipwayError) return error;
  const code = "code" in error ? String(error.code) : "";
  if (code.startsWith(CONSTRAINT)) return new RefusedRow(error);
  if (code === UNREPRESENTABLE_CHARACTER) {
    const problem = "a text holds the character U+0000, which cannot be stored";
    return new SlipwayError("InvalidParameter", { path: "request", problem }, { cause: error });
  }
  const problem = problems[code] ?? problems[code.slice(0, 2)] ?? connectionProblem(error, code);
  return problem === null ? error : new SlipwayError("StoreUnavailable", { problem }, { cause: error });
}

/** The driver reports a lost connection in words only; the kernel's codes start with E. */
function connectionProblem(error: Error, code: string): string | null {
  const isLost =
    /^E[A-Z]{3,}$/.test(code) || /^(Connection terminated|Client has encountered)/.test(error.message);
  return isLost ? "the server cannot be reached" : null;
}
