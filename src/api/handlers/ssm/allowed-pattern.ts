/**
 * AllowedPattern of a parameter: a regular expression of the user's, on a value of the user's. Whatever it is, it must not
 * hold up the control plane, so it gets a deadline that ends it.
 */
import { runInNewContext } from "node:vm";
import { SlipwayError } from "../../../domain/error.ts";

const DEADLINE_MS = 100;

/** Throws unless the value matches, or the pattern is empty. */
export function assertMatches(pattern: string, value: string): void {
  if (pattern === "" || doesMatch(pattern, value)) return;
  throw new SlipwayError("ParameterPatternMismatch", { pattern });
}

function doesMatch(pattern: string, value: string): boolean {
  try {
    return runInNewContext(
      "new RegExp(pattern).test(value)",
      { pattern, value },
      {
        timeout: DEADLINE_MS,
      },
    ) as boolean;
  } catch (error) {
    // Neither pattern nor value may come out with a foreign message.
    const isLate = (error as NodeJS.ErrnoException).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
    const problem = isLate ? "it takes too long to match" : "it is no regular expression";
    throw new SlipwayError("ParameterPatternBroken", { problem });
  }
}
