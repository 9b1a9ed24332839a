/** Reads one setting of the database without the store, which would refuse a damaged one and wait for its only writer. */
import { DatabaseSync } from "node:sqlite";
import { DATABASE_FILE, statePath } from "./state-directory.ts";

/** Null: there is none, or no database that can be read. */
export function readStoredSetting(stateDirectory: string, name: string): string | null {
  try {
    const database = new DatabaseSync(statePath(stateDirectory, DATABASE_FILE), { readOnly: true });
    try {
      const row = database.prepare("select value from settings where name = ?").get(name);
      return typeof row?.["value"] === "string" ? row["value"] : null;
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
}
