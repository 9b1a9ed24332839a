/** What SQLite's result codes mean for an operator. https://www.sqlite.org/rescode.html */
import { SlipwayError } from "../domain/error.ts";
import { RefusedRow } from "./refused-row.ts";

/** Primary result codes; the extended ones have them in their low byte. */
const problems: Readonly<Record<number, string>> = {
  5: "another process holds its write lock. Stop what else is writing to it",
  6: "it is locked. Stop what else is using it",
  7: "there is not enough memory",
  8: "it may not be written. Check the owner and mode of the file and that its file system is mounted writable",
  10: "reading or writing the disk failed. Check the disk and the system's log",
  11: "it is damaged. Stop Slipway and restore a backup",
  13: "the disk is full; nothing was lost. Free some space and try again",
  14: "it cannot be opened. Check that its directory exists and belongs to the user Slipway runs as",
  22: "the file system cannot hold a file of this size",
  23: "access to it was refused",
  26: "it is not a database, or it is damaged. Restore a backup, or move the file away to start empty",
};
const CONSTRAINT = 19;

export function sqliteErrorTranslator(path: string): (error: unknown) => unknown {
  return (error) => {
    const resultCode = resultCodeOf(error);
    if (resultCode === CONSTRAINT) return new RefusedRow(error);
    const problem = problems[resultCode ?? 0];
    if (problem === undefined) return error;
    return new SlipwayError("StoreUnavailable", { problem: `${path}: ${problem}` }, { cause: error });
  };
}

export function isLocked(error: unknown): boolean {
  return resultCodeOf(error) === 5;
}

function resultCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error)) return null;
  return Number(error.errcode) & 0xff;
}
