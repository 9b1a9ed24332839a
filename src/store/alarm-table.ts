/** Alarms in order of their names, and what became of them in order of time. */
import { type Expression, sql, type SqlBool } from "kysely";
import type { Alarm, AlarmHistoryItem } from "../domain/alarm.ts";
import { SlipwayError } from "../domain/error.ts";
import type { AlarmHistoryQuery, AlarmHistoryTable, AlarmTable } from "../ports/alarm-table.ts";
import type { Page, PageRequest } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

/** Nothing that a name may hold comes after it. */
const LAST_CHARACTER = "\u{10ffff}";
const END = Number.MAX_SAFE_INTEGER;

export function alarmTable(session: Session): AlarmTable {
  return {
    get: (name) => session.read((db) => getAlarm(db, name)),
    list: (prefix, page) => session.read((db) => listAlarms(db, prefix, page)),
    listDue: (nowMs, limit) => session.read((db) => listDue(db, nowMs, limit)),
    count: () => session.read(countAlarms),
    save: (alarm) => session.write((db) => saveAlarm(db, alarm)),
    remove: (name) =>
      session.write(async (db) => void (await db.deleteFrom("alarms").where("name", "=", name).execute())),
  };
}

export function alarmHistoryTable(session: Session): AlarmHistoryTable {
  return {
    append: (item, keep) => session.write((db) => appendItem(db, item, keep)),
    list: (query, page) => session.read((db) => listItems(db, query, page)),
    prune: (beforeMs) =>
      session.write(
        async (db) => void (await db.deleteFrom("alarm_history").where("at_ms", "<", beforeMs).execute()),
      ),
  };
}

function alarms(db: Queries) {
  return db.selectFrom("alarms").select(["name", "document"]);
}

function toAlarm({ name, document }: { readonly name: string; readonly document: string }): Alarm {
  return readDocument({ table: "alarms", id: name, document }) as Alarm;
}

async function getAlarm(db: Queries, name: string): Promise<Alarm | null> {
  const stored = await alarms(db).where("name", "=", name).executeTakeFirst();
  return stored === undefined ? null : toAlarm(stored);
}

async function listAlarms(db: Queries, prefix: string, page: PageRequest): Promise<Page<Alarm>> {
  const within = alarms(db)
    .where("name", ">=", prefix)
    .where("name", "<", `${prefix}${LAST_CHARACTER}`)
    .orderBy("name")
    .limit(rowsToFetch(page));
  const fetched = await (page.after === null ? within : within.where("name", ">", page.after)).execute();
  return toPage(fetched, page, { decode: toAlarm, keyOf: ({ name }) => name });
}

async function listDue(db: Queries, nowMs: number, limit: number): Promise<readonly Alarm[]> {
  const due = alarms(db)
    .where("next_evaluation_at_ms", "<=", nowMs)
    .orderBy("next_evaluation_at_ms")
    .limit(limit);
  return (await due.execute()).map(toAlarm);
}

async function countAlarms(db: Queries): Promise<number> {
  const { count } = await db
    .selectFrom("alarms")
    .select((eb) => eb.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function saveAlarm(db: Queries, alarm: Alarm): Promise<void> {
  const row = { next_evaluation_at_ms: alarm.nextEvaluationAtMs, document: writeDocument(alarm) };
  await db
    .insertInto("alarms")
    .values({ name: alarm.name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}

async function appendItem(db: Queries, item: AlarmHistoryItem, keep: number): Promise<void> {
  const { alarmName: alarm_name, atMs: at_ms, type } = item;
  await db
    .insertInto("alarm_history")
    .values({ alarm_name, at_ms, type, document: writeDocument(item) })
    .execute();
  const excess = db
    .selectFrom("alarm_history")
    .select("sequence")
    .where("alarm_name", "=", alarm_name)
    .orderBy("at_ms", "desc")
    .orderBy("sequence", "desc")
    .limit(END)
    .offset(keep);
  await db.deleteFrom("alarm_history").where("sequence", "in", excess).execute();
}

async function listItems(
  db: Queries,
  { alarmName, type, fromMs, toMs, order }: AlarmHistoryQuery,
  page: PageRequest,
): Promise<Page<AlarmHistoryItem>> {
  const direction = order === "newest-first" ? "desc" : "asc";
  const fetched = await db
    .selectFrom("alarm_history")
    .select(["sequence", "at_ms", "document"])
    .where("at_ms", ">=", fromMs)
    .where("at_ms", "<", toMs)
    .$if(alarmName !== null, (some) => some.where("alarm_name", "=", alarmName ?? ""))
    .$if(type !== null, (some) => some.where("type", "=", type ?? ""))
    .$if(page.after !== null, (some) => some.where(isBeyond(page.after ?? "", order)))
    .orderBy("at_ms", direction)
    .orderBy("sequence", direction)
    .limit(rowsToFetch(page))
    .execute();
  return toPage(fetched, page, {
    decode: ({ sequence, document }) =>
      readDocument({ table: "alarm_history", id: String(sequence), document }) as AlarmHistoryItem,
    keyOf: ({ at_ms, sequence }) => `${at_ms}-${sequence}`,
  });
}

function isBeyond(key: string, order: AlarmHistoryQuery["order"]): Expression<SqlBool> {
  const match = /^(\d{1,15})-(\d{1,15})$/.exec(key);
  if (match === null) throw new SlipwayError("ForeignToken");
  const [atMs, sequence] = [Number(match[1]), Number(match[2])];
  return order === "newest-first"
    ? sql<SqlBool>`(at_ms, sequence) < (${atMs}, ${sequence})`
    : sql<SqlBool>`(at_ms, sequence) > (${atMs}, ${sequence})`;
}
