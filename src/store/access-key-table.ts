/** Access keys, their secrets sealed. */
import type { AccessKey, AccessKeyTable, AccessKeyUse } from "../ports/store.ts";
import { flag } from "./document.ts";
import type { Queries, Session } from "./session.ts";

export function accessKeyTable(session: Session): AccessKeyTable {
  return {
    get: (id) => session.read((db) => get(db, id)),
    list: () => session.read(list),
    listOf: (principalArn) => session.read((db) => listOf(db, principalArn)),
    save: (key) => session.write((db) => save(db, key)),
    noteUse: (id, use) => session.write((db) => noteUse(db, id, use)),
    remove: (id) => session.write((db) => remove(db, id)),
  };
}

function allKeys(db: Queries) {
  return db.selectFrom("access_keys").selectAll();
}

type Row = Awaited<ReturnType<ReturnType<typeof allKeys>["execute"]>>[number];

async function get(db: Queries, id: string): Promise<AccessKey | null> {
  const row = await allKeys(db).where("id", "=", id).executeTakeFirst();
  return row === undefined ? null : toKey(row);
}

/** Oldest first. */
async function list(db: Queries): Promise<readonly AccessKey[]> {
  const rows = await allKeys(db).orderBy("created_at_ms").orderBy("id").execute();
  return rows.map(toKey);
}

async function listOf(db: Queries, principalArn: string): Promise<readonly AccessKey[]> {
  const ofPrincipal = allKeys(db).where("principal_arn", "=", principalArn);
  return (await ofPrincipal.orderBy("created_at_ms").orderBy("id").execute()).map(toKey);
}

function toKey(row: Row): AccessKey {
  return {
    id: row.id,
    sealedSecret: row.secret,
    principalArn: row.principal_arn,
    createdAtMs: row.created_at_ms,
    isActive: row.is_active === 1,
    lastUsed: useOf(row),
  };
}

function useOf({ last_used_at_ms, last_used_service, last_used_region }: Row): AccessKeyUse | null {
  if (last_used_at_ms === null || last_used_service === null || last_used_region === null) return null;
  return { atMs: last_used_at_ms, service: last_used_service, region: last_used_region };
}

async function save(db: Queries, key: AccessKey): Promise<void> {
  const row = {
    secret: key.sealedSecret,
    principal_arn: key.principalArn,
    created_at_ms: key.createdAtMs,
    is_active: flag(key.isActive),
    ...columnsOf(key.lastUsed),
  };
  await db
    .insertInto("access_keys")
    .values({ id: key.id, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

async function noteUse(db: Queries, id: string, use: AccessKeyUse): Promise<void> {
  await db.updateTable("access_keys").set(columnsOf(use)).where("id", "=", id).execute();
}

function columnsOf(use: AccessKeyUse | null) {
  return {
    last_used_at_ms: use?.atMs ?? null,
    last_used_service: use?.service ?? null,
    last_used_region: use?.region ?? null,
  };
}

async function remove(db: Queries, id: string): Promise<void> {
  await db.deleteFrom("access_keys").where("id", "=", id).execute();
}
