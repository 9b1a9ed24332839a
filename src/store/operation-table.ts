/** Operations. One that has ended never changes again. */
import { isDeepStrictEqual } from "node:util";
import { sql } from "kysely";
import { isFinished, type Operation } from "../domain/operation.ts";
import { IllegalTransition } from "../domain/state-table.ts";
import type { OperationTable, Page, PageRequest } from "../ports/store.ts";
import { flag, readDocument, writeDocument } from "./document.ts";
import { creationKey, isOlderThan, rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

export function operationTable(session: Session): OperationTable {
  return {
    get: (serviceId, id) => session.read((db) => get(db, serviceId, id)),
    listOpen: (serviceId) =>
      session.read(async (db) =>
        (await openOperations(db).where("service_id", "=", serviceId).execute()).map(decode),
      ),
    listAllOpen: () => session.read(async (db) => (await openOperations(db).execute()).map(decode)),
    list: (serviceId, page) => session.read((db) => list(db, serviceId, page)),
    save: (operation) => session.write((db) => save(db, operation)),
  };
}

const decode = (stored: { readonly id: string; readonly document: string }): Operation =>
  readDocument({ table: "operations", ...stored }) as Operation;

function allOperations(db: Queries) {
  return db.selectFrom("operations").select(["id", "document", "created_at_ms", "sequence"]);
}

/** By service, and oldest first within it: the order of the partial index. */
function openOperations(db: Queries) {
  return allOperations(db).where("is_open", "=", sql.lit(1)).orderBy("service_id").orderBy("sequence");
}

async function get(db: Queries, serviceId: string, id: string): Promise<Operation | null> {
  const stored = await allOperations(db)
    .where("id", "=", id)
    .where("service_id", "=", serviceId)
    .executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

/** Of each of these services the newest one, if it ever had any. */
export async function readNewestOperations(
  db: Queries,
  serviceIds: readonly string[],
): Promise<readonly Operation[]> {
  const newest = db
    .selectFrom("services")
    .select((eb) =>
      eb
        .selectFrom("operations as one")
        .select("one.sequence")
        .whereRef("one.service_id", "=", "services.id")
        .orderBy("one.created_at_ms", "desc")
        .orderBy("one.sequence", "desc")
        .limit(1)
        .as("newest"),
    )
    .where("services.id", "in", serviceIds);
  return (await allOperations(db).where("sequence", "in", newest).execute()).map(decode);
}

async function list(db: Queries, serviceId: string, page: PageRequest): Promise<Page<Operation>> {
  const { after } = page;
  const fetched = await allOperations(db)
    .where("service_id", "=", serviceId)
    .$if(after !== null, (query) => query.where(isOlderThan(after ?? "")))
    .orderBy("created_at_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(rowsToFetch(page))
    .execute();
  return toPage(fetched, page, { decode, keyOf: creationKey });
}

async function save(db: Queries, operation: Operation): Promise<void> {
  const row = {
    service_id: operation.serviceId,
    status: operation.status,
    is_open: flag(!isFinished(operation)),
    release_number: operation.releaseNumber,
    created_at_ms: operation.createdAtMs,
    document: writeDocument(operation),
  };
  const written = await db
    .insertInto("operations")
    .values({ id: operation.id, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row).where("operations.is_open", "=", 1))
    .returning("id")
    .executeTakeFirst();
  if (written === undefined) await refuseChange(db, operation);
}

/** The stored operation has ended: the same content again is fine, anything else is a bug of ours. */
async function refuseChange(db: Queries, operation: Operation): Promise<void> {
  const stored = await allOperations(db).where("id", "=", operation.id).executeTakeFirstOrThrow();
  const ended = decode(stored);
  const sent: unknown = JSON.parse(writeDocument(operation));
  if (isDeepStrictEqual(ended, sent)) return;
  throw new IllegalTransition(`ended operation ${operation.id}`, ended.status, `changed ${operation.status}`);
}
