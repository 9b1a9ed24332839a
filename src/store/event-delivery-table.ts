/** Events on their way to destinations: what is pending, what was delivered lately, and dead letters. */
import { sql } from "kysely";
import type { PlatformEvent } from "../domain/event.ts";
import type { DeliveredEvent, EventDelivery, EventDeliveryTable } from "../ports/event-tables.ts";
import type { Page, PageRequest } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { parseNumberKey, rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

type State = EventDelivery["state"];

interface Stored {
  readonly event_sequence: number;
  readonly state: string;
  readonly due_at_ms: number;
  readonly document: string;
  readonly event_id: string;
  readonly event_document: string;
}

export function eventDeliveryTable(session: Session): EventDeliveryTable {
  return {
    save: (delivery) => session.write((db) => save(db, delivery)),
    findDue: (arn, nowMs) => session.read((db) => findDue(db, arn, nowMs)),
    nextDueAtMs: (arn) => session.read((db) => nextDueAtMs(db, arn)),
    countPending: (arn) => session.read((db) => countPending(db, arn)),
    list: (arn, state, page) => session.read((db) => list(db, { arn, state }, page)),
    makeDue: (arn, nowMs) => session.write((db) => makeDue(db, arn, nowMs)),
    giveUp: (arn, dueUntilMs) => session.write((db) => giveUp(db, arn, dueUntilMs)),
    removeAll: (arn) =>
      session.write(
        async (db) =>
          void (await db.deleteFrom("event_deliveries").where("destination_arn", "=", arn).execute()),
      ),
    prune: (arn, state, keep) => session.write((db) => prune(db, { arn, state }, keep)),
  };
}

async function save(db: Queries, delivery: EventDelivery): Promise<void> {
  const { destinationArn: destination_arn, eventSequence: event_sequence } = delivery;
  const row = { state: delivery.state, due_at_ms: delivery.dueAtMs, document: writeDocument(delivery) };
  await db
    .insertInto("event_deliveries")
    .values({ destination_arn, event_sequence, ...row })
    .onConflict((conflict) => conflict.columns(["destination_arn", "event_sequence"]).doUpdateSet(row))
    .execute();
}

interface Which {
  readonly arn: string;
  readonly state: State;
}

/** With their events: what was delivered of a pruned event is nobody's concern any more. */
function deliveries(db: Queries, { arn, state }: Which) {
  return db
    .selectFrom("event_deliveries")
    .innerJoin("events", "events.sequence", "event_deliveries.event_sequence")
    .select([
      "event_deliveries.event_sequence",
      "event_deliveries.state",
      "event_deliveries.due_at_ms",
      "event_deliveries.document",
      "events.id as event_id",
      "events.document as event_document",
    ])
    .where("event_deliveries.destination_arn", "=", arn)
    .where("event_deliveries.state", "=", state);
}

async function findDue(db: Queries, arn: string, nowMs: number): Promise<DeliveredEvent | null> {
  const stored = await deliveries(db, { arn, state: "pending" })
    .where("event_deliveries.due_at_ms", "<=", nowMs)
    .orderBy("event_deliveries.event_sequence")
    .limit(1)
    .executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function nextDueAtMs(db: Queries, arn: string): Promise<number | null> {
  const next = await db
    .selectFrom("event_deliveries")
    .innerJoin("events", "events.sequence", "event_deliveries.event_sequence")
    .select("event_deliveries.due_at_ms")
    .where("event_deliveries.destination_arn", "=", arn)
    .where("event_deliveries.state", "=", sql.lit("pending"))
    .orderBy("event_deliveries.due_at_ms")
    .limit(1)
    .executeTakeFirst();
  return next?.due_at_ms ?? null;
}

async function countPending(db: Queries, arn: string): Promise<number> {
  const { count } = await db
    .selectFrom("event_deliveries")
    .innerJoin("events", "events.sequence", "event_deliveries.event_sequence")
    .select((row) => row.fn.countAll().as("count"))
    .where("event_deliveries.destination_arn", "=", arn)
    .where("event_deliveries.state", "=", sql.lit("pending"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function makeDue(db: Queries, arn: string, nowMs: number): Promise<void> {
  await db
    .updateTable("event_deliveries")
    .set({ due_at_ms: nowMs })
    .where("destination_arn", "=", arn)
    .where("state", "=", sql.lit("pending"))
    .where("due_at_ms", ">", nowMs)
    .execute();
}

async function giveUp(db: Queries, arn: string, dueUntilMs: number): Promise<void> {
  await db
    .updateTable("event_deliveries")
    .set({ state: "dead" })
    .where("destination_arn", "=", arn)
    .where("state", "=", sql.lit("pending"))
    .where("due_at_ms", "<=", dueUntilMs)
    .execute();
}

async function list(db: Queries, which: Which, page: PageRequest): Promise<Page<DeliveredEvent>> {
  const { after } = page;
  const fetched = await deliveries(db, which)
    .$if(after !== null, (some) =>
      some.where("event_deliveries.event_sequence", "<", parseNumberKey(after ?? "")),
    )
    .orderBy("event_deliveries.event_sequence", "desc")
    .limit(rowsToFetch(page))
    .execute();
  return toPage(fetched, page, { decode, keyOf: ({ event_sequence }) => String(event_sequence) });
}

async function prune(db: Queries, { arn, state }: Which, keep: number): Promise<void> {
  const oldestKept = await db
    .selectFrom("event_deliveries")
    .select("event_sequence")
    .where("destination_arn", "=", arn)
    .where("state", "=", state)
    .orderBy("event_sequence", "desc")
    .limit(1)
    .offset(keep - 1)
    .executeTakeFirst();
  if (oldestKept === undefined) return;
  await db
    .deleteFrom("event_deliveries")
    .where("destination_arn", "=", arn)
    .where("state", "=", state)
    .where("event_sequence", "<", oldestKept.event_sequence)
    .execute();
}

/** State and time change for many at once: their columns count. */
function decode({ event_sequence, document, event_id, event_document, ...row }: Stored): DeliveredEvent {
  const id = String(event_sequence);
  const stored = readDocument({ table: "event_deliveries", id, document }) as EventDelivery;
  return {
    delivery: { ...stored, state: row.state as State, dueAtMs: row.due_at_ms },
    event: readDocument({ table: "events", id: event_id, document: event_document }) as PlatformEvent,
  };
}
