/** Access keys. */
import type { AccessKey, AccessKeyTable } from "../ports/store.ts";
import type { Queries, Session } from "./session.ts";

export function accessKeyTable(session: Session): AccessKeyTable {
  return {
    get: (id) => session.read((db) => get(db, id)),
    list: () => session.read(list),
    save: (key) => session.write((db) => save(db, key)),
  };
}

function allKeys(db: Queries) {
  return db
    .selectFrom("access_keys")
    .select(["id", "secret", "principal_arn as principalArn", "created_at_ms as createdAtMs"]);
}

async function get(db: Queries, id: string): Promise<AccessKey | null> {
  const row = await allKeys(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : copy(row);
}

/** Oldest first. */
async function list(db: Queries): Promise<readonly AccessKey[]> {
  const rows = await allKeys(db).orderBy("created_at_ms").orderBy("id").execute();
  return rows.map(copy);
}

/** The SQLite driver's rows have no prototype. */
function copy({ id, secret, principalArn, createdAtMs }: AccessKey): AccessKey {
  return { id, secret, principalArn, createdAtMs };
}

async function save(db: Queries, { id, secret, principalArn, createdAtMs }: AccessKey): Promise<void> {
  const row = { secret, principal_arn: principalArn, created_at_ms: createdAtMs };
  await db
    .insertInto("access_keys")
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}
