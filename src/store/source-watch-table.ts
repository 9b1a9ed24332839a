/** What is known of a service's source: one record a service. */
import type { SourceWatch } from "../domain/source-watch.ts";
import type { SourceWatchTable } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import type { Queries, Session } from "./session.ts";

export function sourceWatchTable(session: Session): SourceWatchTable {
  return {
    get: (serviceId) => session.read((db) => get(db, serviceId)),
    save: (watch) => session.write((db) => save(db, watch)),
    remove: (serviceId) => session.write((db) => remove(db, serviceId)),
  };
}

async function get(db: Queries, serviceId: string): Promise<SourceWatch | null> {
  const stored = await db
    .selectFrom("source_watches")
    .select("document")
    .where("service_id", "=", serviceId)
    .executeTakeFirst();
  if (stored === undefined) return null;
  const { document } = stored;
  return readDocument({ table: "source_watches", id: serviceId, document }) as SourceWatch;
}

async function save(db: Queries, watch: SourceWatch): Promise<void> {
  const row = { document: writeDocument(watch) };
  await db
    .insertInto("source_watches")
    .values({ service_id: watch.serviceId, ...row })
    .onConflict((conflict) => conflict.column("service_id").doUpdateSet(row))
    .execute();
}

async function remove(db: Queries, serviceId: string): Promise<void> {
  await db.deleteFrom("source_watches").where("service_id", "=", serviceId).execute();
}
