/**
 * Lets one process write to a database file, and the kernel forget that when the process is gone, however it went.
 *
 * Node has no flock; SQLite has file locks. `<path>.lock` is an empty SQLite database whose write lock is held for life.
 * Its pid stands beside it as text, for the message only. Never open the lock file by other means in this process:
 * closing any descriptor of it would drop the kernel's lock.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { SlipwayError } from "../domain/error.ts";
import { isLocked } from "./sqlite-error.ts";
import { SqliteFile } from "./sqlite-file.ts";

export class WriterLock {
  readonly #file: SqliteFile;

  private constructor(file: SqliteFile) {
    this.#file = file;
  }

  /** Throws StoreUnavailable that names the process which holds it. */
  static acquire(databasePath: string): WriterLock {
    const file = new SqliteFile(`${databasePath}.lock`, { busyTimeoutMs: 0 });
    try {
      // Without a journal on disk a killed process leaves nothing behind but the empty file.
      file.execute("pragma journal_mode = memory; begin immediate");
      writeFileSync(pidPath(databasePath), `${process.pid}\n`, { mode: 0o600 });
    } catch (error) {
      file.close();
      throw isLocked(error) ? heldByAnother(databasePath) : error;
    }
    return new WriterLock(file);
  }

  release(): void {
    this.#file.close();
  }
}

function pidPath(databasePath: string): string {
  return `${databasePath}.pid`;
}

function heldByAnother(databasePath: string): SlipwayError {
  const problem = `${databasePath}: process ${readPid(databasePath)} is using it. Stop that Slipway first, or choose another state directory`;
  return new SlipwayError("StoreUnavailable", { problem });
}

function readPid(databasePath: string): string {
  try {
    return readFileSync(pidPath(databasePath), "utf8").trim() || "(starting)";
  } catch {
    return "(starting)";
  }
}
