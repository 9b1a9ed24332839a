/** Configuration resources with numbered revisions: three kinds in one table. */
import { sql, type SqlBool } from "kysely";
import { SlipwayError } from "../domain/error.ts";
import type { Page, PageRequest, RevisionTable } from "../ports/store.ts";
import { flag, readDocument, writeDocument } from "./document.ts";
import { parseRevisionKey, revisionKey, rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

export interface RevisionRecord {
  readonly arn: string;
  readonly name: string;
  readonly revision: number;
  readonly isActive: boolean;
  readonly deletedAtMs: number | null;
}

interface Stored {
  readonly arn: string;
  readonly document: string;
}

type Decode<Row> = (stored: Stored) => Row;
type Filter = Parameters<RevisionTable<RevisionRecord>["list"]>[0];

/** `kind` is what people call it; it also names the rows. */
export function revisionTable<Row extends RevisionRecord>(
  session: Session,
  kind: string,
): RevisionTable<Row> {
  const decode = ({ arn, document }: Stored) =>
    readDocument({ table: "revisions", id: arn, document }) as Row;
  return {
    get: (arn) => session.read((db) => findOne(ofKind(db, kind).where("arn", "=", arn), decode)),
    getRevision: (name, revision) =>
      session.read((db) =>
        findOne(ofKind(db, kind).where("name", "=", name).where("revision", "=", revision), decode),
      ),
    getLatest: (name) =>
      session.read((db) =>
        findOne(activeOfKind(db, kind).where("name", "=", name).orderBy("revision", "desc").limit(1), decode),
      ),
    listRevisions: (name) =>
      session.read(async (db) =>
        (await ofKind(db, kind).where("name", "=", name).orderBy("revision").execute()).map(decode),
      ),
    list: (filter, page) => session.read((db) => list(activeOfKind(db, kind), { filter, page, decode })),
    countNames: () => session.read((db) => countNames(db, kind)),
    save: (row) => session.write((db) => save(db, kind, row)),
    prune: (deletedBeforeMs) => session.write((db) => prune(db, kind, deletedBeforeMs)),
  };
}

type RevisionQuery = ReturnType<typeof ofKind>;

function ofKind(db: Queries, kind: string) {
  return db.selectFrom("revisions").select(["arn", "name", "revision", "document"]).where("kind", "=", kind);
}

function activeOfKind(db: Queries, kind: string): RevisionQuery {
  return ofKind(db, kind).where("is_active", "=", sql.lit(1));
}

async function findOne<Row>(query: RevisionQuery, decode: Decode<Row>): Promise<Row | null> {
  const stored = await query.executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function list<Row>(
  active: RevisionQuery,
  { filter, page, decode }: { filter: Filter; page: PageRequest; decode: Decode<Row> },
): Promise<Page<Row>> {
  let query = active.orderBy("name").orderBy("revision");
  if (filter.name !== undefined) query = query.where("name", "=", filter.name);
  if (filter.latestOnly) query = query.where(isNewestActive);
  if (page.after !== null) {
    const { name, revision } = parseRevisionKey(page.after);
    query = query.where(sql<SqlBool>`(name, revision) > (${name}, ${revision})`);
  }
  const fetched = await query.limit(rowsToFetch(page)).execute();
  return toPage(fetched, page, { decode, keyOf: revisionKey });
}

const isNewestActive = sql<SqlBool>`not exists (
  select 1 from revisions as newer
  where newer.kind = revisions.kind and newer.name = revisions.name
    and newer.revision > revisions.revision and newer.is_active = 1)`;

async function countNames(db: Queries, kind: string): Promise<number> {
  const { count } = await db
    .selectFrom("revisions")
    .select((eb) => eb.fn.count("name").distinct().as("count"))
    .where("kind", "=", kind)
    .where("is_active", "=", sql.lit(1))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Throws ResourceNameTaken when another ARN already bears this name and revision. */
async function save(db: Queries, kind: string, record: RevisionRecord): Promise<void> {
  const { arn, name, revision } = record;
  const same = ofKind(db, kind).where("name", "=", name).where("revision", "=", revision);
  const other = await same.where("arn", "<>", arn).executeTakeFirst();
  if (other !== undefined) throw new SlipwayError("ResourceNameTaken", { kind, name: `${name}/${revision}` });
  const row = {
    kind,
    name,
    revision,
    is_active: flag(record.isActive),
    deleted_at_ms: record.deletedAtMs,
    document: writeDocument(record),
  };
  await db
    .insertInto("revisions")
    .values({ arn, ...row })
    .onConflict((conflict) => conflict.column("arn").doUpdateSet(row))
    .execute();
}

async function prune(db: Queries, kind: string, deletedBeforeMs: number): Promise<void> {
  await db
    .deleteFrom("revisions")
    .where("kind", "=", kind)
    .where("deleted_at_ms", "<", deletedBeforeMs)
    .execute();
}
