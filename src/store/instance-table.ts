/** Instances: those that live, and for a while those that have stopped. */
import { sql } from "kysely";
import type { Instance } from "../domain/instance.ts";
import type { InstanceTable, Page, PageRequest } from "../ports/store.ts";
import { flag, readDocument, writeDocument } from "./document.ts";
import { creationKey, isOlderThan, rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

export function instanceTable(session: Session): InstanceTable {
  return {
    get: (id) => session.read((db) => get(db, id)),
    listLive: (serviceId) =>
      session.read(async (db) =>
        (await liveInstances(db).where("service_id", "=", serviceId).execute()).map(decode),
      ),
    listAllLive: () => session.read(async (db) => (await liveInstances(db).execute()).map(decode)),
    list: (serviceId, page) => session.read((db) => list(db, serviceId, page)),
    save: (instance) => session.write((db) => save(db, instance)),
    prune: (olderThanMs, keep) => session.write((db) => prune(db, olderThanMs, keep)),
  };
}

const decode = (stored: { readonly id: string; readonly document: string }): Instance =>
  readDocument({ table: "instances", ...stored }) as Instance;

function allInstances(db: Queries) {
  return db.selectFrom("instances").select(["id", "document", "created_at_ms", "sequence"]);
}

/** By service, and oldest first within it: the order of the partial index. */
function liveInstances(db: Queries) {
  return allInstances(db).where("is_stopped", "=", sql.lit(0)).orderBy("service_id").orderBy("sequence");
}

/** Of these services, those that are not stopped. */
export async function readLiveInstances(
  db: Queries,
  serviceIds: readonly string[],
): Promise<readonly Instance[]> {
  return (await liveInstances(db).where("service_id", "in", serviceIds).execute()).map(decode);
}

async function get(db: Queries, id: string): Promise<Instance | null> {
  const stored = await allInstances(db).where("id", "=", id).executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function list(db: Queries, serviceId: string, page: PageRequest): Promise<Page<Instance>> {
  const { after } = page;
  const fetched = await allInstances(db)
    .where("service_id", "=", serviceId)
    .$if(after !== null, (query) => query.where(isOlderThan(after ?? "")))
    .orderBy("created_at_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(rowsToFetch(page))
    .execute();
  return toPage(fetched, page, { decode, keyOf: creationKey });
}

async function save(db: Queries, instance: Instance): Promise<void> {
  const row = {
    service_id: instance.serviceId,
    is_stopped: flag(instance.state === "stopped"),
    stopped_at_ms: instance.stoppedAtMs,
    created_at_ms: instance.createdAtMs,
    document: writeDocument(instance),
  };
  await db
    .insertInto("instances")
    .values({ id: instance.id, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
}

/** Ranks the stopped ones of each service by age: the newest `keep` of them stay, whatever their age. */
async function prune(db: Queries, olderThanMs: number, keep: number): Promise<void> {
  const ranked = db
    .selectFrom("instances")
    .select([
      "sequence",
      "stopped_at_ms",
      sql<number>`row_number() over (
        partition by service_id order by created_at_ms desc, sequence desc)`.as("age_rank"),
    ])
    .where("is_stopped", "=", sql.lit(1));
  const forgotten = db
    .selectFrom(ranked.as("ranked"))
    .select("ranked.sequence")
    .where("ranked.stopped_at_ms", "<", olderThanMs)
    .where("ranked.age_rank", ">", keep);
  await db.deleteFrom("instances").where("sequence", "in", forgotten).execute();
}
