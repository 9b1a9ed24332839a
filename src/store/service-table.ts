/** Services and the edge slots they own. */
import { sql, type SqlBool } from "kysely";
import { SlipwayError } from "../domain/error.ts";
import type { Service } from "../domain/service.ts";
import type { PageRequest, ServiceTable } from "../ports/store.ts";
import { flag, readDocument, writeDocument } from "./document.ts";
import { creationKey, isOlderThan, rowsToFetch, toPage } from "./page.ts";
import { readDetails } from "./service-details.ts";
import type { ServiceListing } from "./service-listing.ts";
import type { Queries, Session } from "./session.ts";

const usedColumns = {
  connection: "connection_arn",
  vpcConnector: "vpc_connector_arn",
  observabilityConfiguration: "observability_arn",
} as const;

/** `listing` is asked; `saved` is told of each service that is being written. */
export function serviceTable(
  session: Session,
  listing: ServiceListing,
  saved: (id: string) => void,
): ServiceTable {
  return {
    get: (id) => session.read((db) => findOne(allServices(db).where("id", "=", id))),
    findByName: (name) => session.read((db) => findOne(liveServices(db).where("name", "=", name))),
    list: (page) => session.read((db) => listPage(newestFirst(liveServices(db), page), page)),
    listByStatus: (statuses) => session.read((db) => listing.withStatus(db, statuses)),
    listByIds: (ids) =>
      ids.length === 0 ? Promise.resolve([]) : session.read((db) => readLiveServices(db, ids)),
    details: (services) => session.read((db) => readDetails(db, services)),
    listLiveIds: () => session.read(listLiveIds),
    listUsingAutoScaling: (arn, page) =>
      session.read((db) =>
        listPage(newestFirst(liveServices(db).where("auto_scaling_arn", "=", arn), page), page),
      ),
    listUsing: (kind, arn) =>
      session.read((db) => findAll(liveServices(db).where(usedColumns[kind], "=", arn).orderBy("sequence"))),
    count: () => session.read(countLive),
    save: (service) =>
      session.write((db) => {
        saved(service.id);
        return save(db, service);
      }),
    freeSlots: () => session.read(findFreeSlots),
    highestSlot: () => session.read(findHighestSlot),
  };
}

/** For a `ServiceListing`. */
export function readLiveServices(db: Queries, ids?: readonly string[]): Promise<readonly Service[]> {
  const live = liveServices(db);
  if (ids !== undefined) return findAll(live.where("id", "in", ids));
  return findAll(live.orderBy("created_at_ms").orderBy("sequence"));
}

type ServiceQuery = ReturnType<typeof allServices>;

function allServices(db: Queries) {
  return db.selectFrom("services").select(["id", "document", "created_at_ms", "sequence"]);
}

/** The literal 1 lets the planner see that a partial index applies; a bound one would hide it. */
function liveServices(db: Queries): ServiceQuery {
  return allServices(db).where("is_live", "=", sql.lit(1));
}

function newestFirst(query: ServiceQuery, { after }: PageRequest): ServiceQuery {
  const ordered = query.orderBy("created_at_ms", "desc").orderBy("sequence", "desc");
  return after === null ? ordered : ordered.where(isOlderThan(after));
}

/** Services that were made before there were keys have none. */
const decode = (stored: { readonly id: string; readonly document: string }): Service => ({
  encryptionKeyArn: null,
  ...(readDocument({ table: "services", ...stored }) as Omit<Service, "encryptionKeyArn">),
});

async function findOne(query: ServiceQuery): Promise<Service | null> {
  const stored = await query.executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function findAll(query: ServiceQuery): Promise<readonly Service[]> {
  return (await query.execute()).map(decode);
}

async function listPage(query: ServiceQuery, page: PageRequest) {
  const fetched = await query.limit(rowsToFetch(page)).execute();
  return toPage(fetched, page, { decode, keyOf: creationKey });
}

async function listLiveIds(db: Queries): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("services")
    .select("id")
    .where("is_live", "=", sql.lit(1))
    .orderBy("created_at_ms")
    .orderBy("sequence")
    .execute();
  return rows.map(({ id }) => id);
}

async function countLive(db: Queries): Promise<number> {
  const { count } = await db
    .selectFrom("services")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("is_live", "=", sql.lit(1))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Throws ServiceNameTaken when another service that is not deleted bears the name. */
async function save(db: Queries, service: Service): Promise<void> {
  const isLive = service.status !== "DELETED";
  if (isLive) await refuseTakenName(db, service);
  const { configuration } = service;
  const row = {
    arn: service.arn,
    name: service.name,
    host: service.host,
    status: service.status,
    is_live: flag(isLive),
    active_release_number: service.activeReleaseNumber,
    auto_scaling_arn: configuration.autoScalingConfigurationArn,
    connection_arn: configuration.connectionArn ?? null,
    vpc_connector_arn: configuration.network.vpcConnectorArn ?? null,
    observability_arn: configuration.observability?.configurationArn ?? null,
    created_at_ms: service.createdAtMs,
    document: writeDocument(service),
  };
  await db
    .insertInto("services")
    .values({ id: service.id, ...row })
    .onConflict((conflict) => conflict.column("id").doUpdateSet(row))
    .execute();
  await saveSlots(db, service);
}

async function refuseTakenName(db: Queries, { id, name }: Service): Promise<void> {
  const other = await liveServices(db).where("name", "=", name).where("id", "<>", id).executeTakeFirst();
  if (other !== undefined) throw new SlipwayError("ServiceNameTaken", { name });
}

async function saveSlots(db: Queries, { id, slots }: Service): Promise<void> {
  const wanted = slots === null ? [] : [slots.blue, slots.green];
  const owned = await db.selectFrom("slots").select("slot").where("service_id", "=", id).execute();
  if (owned.length === wanted.length && owned.every(({ slot }) => wanted.includes(slot))) return;
  await db.deleteFrom("slots").where("service_id", "=", id).execute();
  if (wanted.length === 0) return;
  await db
    .insertInto("slots")
    .values(wanted.map((slot) => ({ slot, service_id: id })))
    .execute();
}

async function findFreeSlots(db: Queries): Promise<{ readonly blue: number; readonly green: number }> {
  const blue = await firstFreeSlot(db, 0);
  return { blue, green: await firstFreeSlot(db, blue + 1) };
}

/** Walks the key in order and stops at the first gap. */
async function firstFreeSlot(db: Queries, from: number): Promise<number> {
  const start = await db.selectFrom("slots").select("slot").where("slot", "=", from).executeTakeFirst();
  if (start === undefined) return from;
  const beforeGap = await db
    .selectFrom("slots as taken")
    .select("taken.slot")
    .where("taken.slot", ">=", from)
    .where(sql<SqlBool>`not exists (select 1 from slots as next where next.slot = taken.slot + 1)`)
    .orderBy("taken.slot")
    .limit(1)
    .executeTakeFirstOrThrow();
  return beforeGap.slot + 1;
}

async function findHighestSlot(db: Queries): Promise<number> {
  const row = await db.selectFrom("slots").select("slot").orderBy("slot", "desc").limit(1).executeTakeFirst();
  return row?.slot ?? -1;
}
