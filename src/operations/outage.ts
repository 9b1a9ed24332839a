/** Telling a neighbour that is away for a while from a bug. */
import { isSlipwayError } from "../domain/error.ts";
import { SourceError } from "../ports/source-code.ts";

/** Expected now and then, told where it matters (the operation's cause), and tried again. */
export function isOutage(error: unknown): boolean {
  if (error instanceof SourceError) return error.problem === "unreachable";
  return isSlipwayError(error, "EngineUnavailable") || isSlipwayError(error, "EdgeUnavailable");
}
