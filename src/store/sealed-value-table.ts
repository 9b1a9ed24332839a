/** Sealed values of secrets and parameters, by owner and version. */
import type { SealedValueTable } from "../ports/store.ts";
import type { Queries, Session } from "./session.ts";

export function sealedValueTable(session: Session): SealedValueTable {
  return {
    get: (owner, version) => session.read((db) => get(db, owner, version)),
    ownersOf: (version) => session.read((db) => ownersOf(db, version)),
    save: (owner, version, sealed) => session.write((db) => save(db, { owner, version, sealed })),
    remove: (owner, versions) => session.write((db) => remove(db, owner, versions)),
    removeAll: (owner) =>
      session.write(
        async (db) => void (await db.deleteFrom("sealed_values").where("owner", "=", owner).execute()),
      ),
  };
}

async function get(db: Queries, owner: string, version: string): Promise<string | null> {
  const stored = await db
    .selectFrom("sealed_values")
    .select("sealed")
    .where("owner", "=", owner)
    .where("version", "=", version)
    .executeTakeFirst();
  return stored?.sealed ?? null;
}

async function ownersOf(db: Queries, version: string): Promise<readonly string[]> {
  const rows = await db.selectFrom("sealed_values").select("owner").where("version", "=", version).execute();
  return rows.map(({ owner }) => owner);
}

interface Row {
  readonly owner: string;
  readonly version: string;
  readonly sealed: string;
}

async function save(db: Queries, row: Row): Promise<void> {
  await db
    .insertInto("sealed_values")
    .values(row)
    .onConflict((conflict) => conflict.columns(["owner", "version"]).doUpdateSet({ sealed: row.sealed }))
    .execute();
}

async function remove(db: Queries, owner: string, versions: readonly string[]): Promise<void> {
  if (versions.length === 0) return;
  await db.deleteFrom("sealed_values").where("owner", "=", owner).where("version", "in", versions).execute();
}
