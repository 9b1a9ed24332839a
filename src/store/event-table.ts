/** Events in the order they were told. They are read by time, which is what people ask for; the order settles the rest. */
import { randomUUID } from "node:crypto";
import { type Expression, sql, type SqlBool } from "kysely";
import { SlipwayError } from "../domain/error.ts";
import type { NewEvent, PlatformEvent } from "../domain/event.ts";
import type { EventLimits, EventQuery, EventTable, RecordedEvent } from "../ports/event-tables.ts";
import type { Page, PageRequest } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

/** A key that was told within this time is not told again. */
const KEY_HOLDS_MS = 7 * 86_400_000;
/** Far beyond any time and any sequence, and exact. */
const END = Number.MAX_SAFE_INTEGER;

interface Stored {
  readonly sequence: number;
  readonly id: string;
  readonly at_ms: number;
  readonly document: string;
}

export function eventTable(session: Session): EventTable {
  return {
    append: (event) => session.write((db) => insert(db, event, null)),
    appendOnce: (key, event) => session.write((db) => appendOnce(db, key, event)),
    find: (ids) => session.read((db) => find(db, ids)),
    list: (query, page) => session.read((db) => list(db, query, page)),
    listAfter: (sequence, limit) => session.read((db) => listAfter(db, sequence, limit)),
    latestSequence: () => session.read(latestSequence),
    prune: (limits) => session.write((db) => prune(db, limits)),
  };
}

async function insert(db: Queries, event: NewEvent, key: string | null): Promise<void> {
  const id = randomUUID();
  const { atMs: at_ms, serviceId: service_id, detailType: detail_type, severity } = event;
  const document = writeDocument({ id, ...event });
  const row = { id, key, at_ms, service_id, detail_type, severity, document };
  await db.insertInto("events").values(row).execute();
}

async function appendOnce(db: Queries, key: string, event: NewEvent): Promise<boolean> {
  const told = await db
    .selectFrom("events")
    .select("sequence")
    .where("key", "=", key)
    .where("at_ms", ">", event.atMs - KEY_HOLDS_MS)
    .limit(1)
    .executeTakeFirst();
  if (told !== undefined) return false;
  await insert(db, event, key);
  return true;
}

function events(db: Queries) {
  return db.selectFrom("events").select(["sequence", "id", "at_ms", "document"]);
}

function decode({ sequence, id, document }: Stored): RecordedEvent {
  return { sequence, event: readDocument({ table: "events", id, document }) as PlatformEvent };
}

async function find(db: Queries, ids: readonly string[]): Promise<readonly RecordedEvent[]> {
  if (ids.length === 0) return [];
  const found = await events(db).where("id", "in", ids).execute();
  return found.map(decode).toSorted((a, b) => a.sequence - b.sequence);
}

async function list(db: Queries, query: EventQuery, page: PageRequest): Promise<Page<RecordedEvent>> {
  const { serviceId, detailTypes = [], severities = [], fromMs = 0, toMs = END } = query;
  const { after } = page;
  const fetched = await events(db)
    .where("at_ms", ">=", fromMs)
    .where("at_ms", "<", toMs)
    .$if(serviceId !== undefined, (some) => some.where("service_id", "=", serviceId ?? ""))
    .$if(detailTypes.length > 0, (some) => some.where("detail_type", "in", detailTypes))
    .$if(severities.length > 0, (some) => some.where("severity", "in", severities))
    .$if(after !== null, (some) => some.where(isEarlierThan(after ?? "")))
    .orderBy("at_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(rowsToFetch(page))
    .execute();
  return toPage(fetched, page, { decode, keyOf: ({ at_ms, sequence }) => `${at_ms}-${sequence}` });
}

function isEarlierThan(key: string): Expression<SqlBool> {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(key);
  if (match === null) throw new SlipwayError("ForeignToken");
  return sql<SqlBool>`(at_ms, sequence) < (${Number(match[1])}, ${Number(match[2])})`;
}

async function listAfter(db: Queries, sequence: number, limit: number): Promise<readonly RecordedEvent[]> {
  const found = await events(db).where("sequence", ">", sequence).orderBy("sequence").limit(limit).execute();
  return found.map(decode);
}

async function latestSequence(db: Queries): Promise<number> {
  const newest = await db
    .selectFrom("events")
    .select("sequence")
    .where("sequence", "<", END)
    .orderBy("sequence", "desc")
    .limit(1)
    .executeTakeFirst();
  return newest?.sequence ?? 0;
}

/** What no service is concerned by counts as one service. */
async function prune(db: Queries, { beforeMs, keepPerService, keep }: EventLimits): Promise<void> {
  await db.deleteFrom("events").where("at_ms", "<", beforeMs).execute();
  const crowded = await db
    .selectFrom("events")
    .select("service_id")
    .groupBy("service_id")
    .having((eb) => eb.fn.countAll(), ">", keepPerService)
    .execute();
  for (const { service_id } of crowded) {
    const ofService = sql<SqlBool>`service_id is not distinct from ${service_id}`;
    await removeAllBut(db, keepPerService, ofService);
  }
  await removeAllBut(db, keep, sql<SqlBool>`at_ms >= 0`);
  const known = db.selectFrom("events").select("sequence");
  await db.deleteFrom("event_deliveries").where("event_sequence", "not in", known).execute();
}

async function removeAllBut(db: Queries, keep: number, which: Expression<SqlBool>): Promise<void> {
  const excess = db
    .selectFrom("events")
    .select("sequence")
    .where(which)
    .orderBy("at_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(END)
    .offset(keep);
  await db.deleteFrom("events").where("sequence", "in", excess).execute();
}
