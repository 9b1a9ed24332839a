/** Records as JSON text. We wrote them, so they are trusted on the way back; only damage is looked for. */
import { SlipwayError } from "../domain/error.ts";

export interface StoredDocument {
  readonly table: string;
  readonly id: string;
  readonly document: string;
}

/** Throws StoreUnavailable that names table and id when the text is damaged. */
export function readDocument({ table, id, document }: StoredDocument): object {
  try {
    const row: unknown = JSON.parse(document);
    if (typeof row === "object" && row !== null) return row;
  } catch {
    // The parser's message would quote the text, which may hold a secret.
  }
  throw new SlipwayError("StoreUnavailable", {
    problem: `the record ${id} in table ${table} is damaged. Restore a backup of the database`,
  });
}

export function writeDocument(row: object): string {
  return JSON.stringify(row);
}

/** Flags are 0 and 1: the one spelling both databases have. */
export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}
