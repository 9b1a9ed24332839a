/** Small facts of the installation, by name. */
import type { SettingTable } from "../ports/store.ts";
import type { Queries, Session } from "./session.ts";

export function settingTable(session: Session): SettingTable {
  return {
    get: (name) => session.read((db) => get(db, name)),
    put: (name, value) => session.write((db) => put(db, name, value)),
  };
}

async function get(db: Queries, name: string): Promise<string | null> {
  const row = await db.selectFrom("settings").select("value").where("name", "=", name).executeTakeFirst();
  return row?.value ?? null;
}

async function put(db: Queries, name: string, value: string): Promise<void> {
  await db
    .insertInto("settings")
    .values({ name, value })
    .onConflict((conflict) => conflict.column("name").doUpdateSet({ value }))
    .execute();
}
