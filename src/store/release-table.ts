/** Releases: numbered snapshots of a service. */
import { type ExpressionBuilder, sql } from "kysely";
import type { Release } from "../domain/release.ts";
import type { Page, PageRequest, ReleaseTable } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { parseNumberKey, rowsToFetch, toPage } from "./page.ts";
import type { Schema } from "./schema.ts";
import type { Queries, Session } from "./session.ts";

export function releaseTable(session: Session): ReleaseTable {
  return {
    get: (serviceId, number) => session.read((db) => get(db, serviceId, number)),
    list: (serviceId, page) => session.read((db) => list(db, serviceId, page)),
    nextNumber: (serviceId) => session.read((db) => nextNumber(db, serviceId)),
    save: (release) => session.write((db) => save(db, release)),
    listRetained: (keep) => session.read((db) => listRetained(db, keep)),
  };
}

interface StoredRelease {
  readonly service_id: string;
  readonly number: number;
  readonly document: string;
}

const decode = ({ service_id, number, document }: StoredRelease): Release =>
  readDocument({ table: "releases", id: `${service_id}/${number}`, document }) as Release;

const releaseColumns = ["releases.service_id", "releases.number", "releases.document"] as const;

function allReleases(db: Queries) {
  return db.selectFrom("releases").select(releaseColumns);
}

async function get(db: Queries, serviceId: string, number: number): Promise<Release | null> {
  const stored = await allReleases(db)
    .where("service_id", "=", serviceId)
    .where("number", "=", number)
    .executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

/** Of these services, those in traffic. SQLite takes a cross join as the order to go in. */
export async function readActiveReleases(
  db: Queries,
  serviceIds: readonly string[],
): Promise<readonly Release[]> {
  const stored = await db
    .selectFrom("services")
    .crossJoin("releases")
    .select(releaseColumns)
    .where("services.id", "in", serviceIds)
    .whereRef("releases.service_id", "=", "services.id")
    .whereRef("releases.number", "=", "services.active_release_number")
    .execute();
  return stored.map(decode);
}

async function list(db: Queries, serviceId: string, page: PageRequest): Promise<Page<Release>> {
  const { after } = page;
  const fetched = await allReleases(db)
    .where("service_id", "=", serviceId)
    .$if(after !== null, (query) => query.where("number", "<", parseNumberKey(after ?? "")))
    .orderBy("number", "desc")
    .limit(rowsToFetch(page))
    .execute();
  return toPage(fetched, page, { decode, keyOf: ({ number }) => String(number) });
}

async function nextNumber(db: Queries, serviceId: string): Promise<number> {
  const newest = await db
    .selectFrom("releases")
    .select("number")
    .where("service_id", "=", serviceId)
    .orderBy("number", "desc")
    .limit(1)
    .executeTakeFirst();
  return (newest?.number ?? 0) + 1;
}

async function save(db: Queries, release: Release): Promise<void> {
  const row = { operation_id: release.operationId, document: writeDocument(release) };
  await db
    .insertInto("releases")
    .values({ service_id: release.serviceId, number: release.number, ...row })
    .onConflict((conflict) => conflict.columns(["service_id", "number"]).doUpdateSet(row))
    .execute();
}

/**
 * A union removes what is retained for two reasons, and lets each reason use its own index. SQLite takes a cross join as
 * the order to go in: from the few services and operations to their releases.
 */
async function listRetained(db: Queries, keep: number): Promise<readonly Release[]> {
  const ofLive = db
    .selectFrom("services")
    .crossJoin("releases")
    .select(releaseColumns)
    .where("services.is_live", "=", sql.lit(1))
    .whereRef("releases.service_id", "=", "services.id");
  const ofOpen = db
    .selectFrom("operations")
    .crossJoin("releases")
    .select(releaseColumns)
    .where("operations.is_open", "=", sql.lit(1));
  const stored = await ofLive
    .whereRef("releases.number", "=", "services.active_release_number")
    .union(
      ofOpen
        .whereRef("releases.service_id", "=", "operations.service_id")
        .whereRef("releases.number", "=", "operations.release_number"),
    )
    .union(ofOpen.whereRef("releases.operation_id", "=", "operations.id"))
    .$if(keep > 0, (query) => query.union(ofLive.where("releases.number", ">=", oldestKept(keep))))
    .orderBy("service_id")
    .orderBy("number")
    .execute();
  return stored.map(decode);
}

/** Number of the `keep`th newest release of the service in question; 0 when it has fewer. */
function oldestKept(keep: number) {
  return (eb: ExpressionBuilder<Schema, "services">) =>
    eb.fn.coalesce(
      eb
        .selectFrom("releases as newer")
        .select("newer.number")
        .whereRef("newer.service_id", "=", "services.id")
        .orderBy("newer.number", "desc")
        .limit(1)
        .offset(keep - 1),
      sql.lit(0),
    );
}
