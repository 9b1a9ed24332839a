/** Configuration resources known by name alone: connections and ingress connections in one table. */
import { sql } from "kysely";
import { SlipwayError } from "../domain/error.ts";
import type { NamedTable, Page, PageRequest } from "../ports/store.ts";
import { flag, readDocument, writeDocument } from "./document.ts";
import { rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

export interface NamedRecord {
  readonly arn: string;
  readonly name: string;
  readonly status: string;
}

/**
 * How often something of a kind was changed since the start, within transactions and without. It counts when the change is
 * asked for: a read that comes after waits until the change is done or given up.
 */
export class NamedVersions {
  readonly #versions = new Map<string, number>();

  of(kind: string): number {
    return this.#versions.get(kind) ?? 0;
  }

  change(kind: string): void {
    this.#versions.set(kind, this.of(kind) + 1);
  }
}

interface Stored {
  readonly arn: string;
  readonly document: string;
}

type Decode<Row> = (stored: Stored) => Row;

/** `kind` is what people call it; it also names the rows. */
export function namedTable<Row extends NamedRecord>(
  session: Session,
  kind: string,
  versions: NamedVersions,
): NamedTable<Row> {
  const decode = ({ arn, document }: Stored) =>
    readDocument({ table: "named_resources", id: arn, document }) as Row;
  return {
    get: (arn) => session.read((db) => findOne(ofKind(db, kind).where("arn", "=", arn), decode)),
    findByName: (name) =>
      session.read((db) => findOne(liveOfKind(db, kind).where("name", "=", name), decode)),
    isNameTaken: (name, exceptArn) =>
      session.read((db) => isNameTaken(liveOfKind(db, kind), name, exceptArn)),
    list: (page) => session.read((db) => list(liveOfKind(db, kind), page, decode)),
    count: () => session.read((db) => count(db, kind)),
    save: (row) => {
      versions.change(kind);
      return session.write((db) => save(db, kind, row));
    },
    remove: (arn) => {
      versions.change(kind);
      return session.write((db) => remove(db, kind, arn));
    },
    version: () => versions.of(kind),
  };
}

type NamedQuery = ReturnType<typeof ofKind>;

function ofKind(db: Queries, kind: string) {
  return db.selectFrom("named_resources").select(["arn", "name", "document"]).where("kind", "=", kind);
}

function liveOfKind(db: Queries, kind: string): NamedQuery {
  return ofKind(db, kind).where("is_live", "=", sql.lit(1));
}

async function findOne<Row>(query: NamedQuery, decode: Decode<Row>): Promise<Row | null> {
  const stored = await query.executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function isNameTaken(live: NamedQuery, name: string, exceptArn: string | null): Promise<boolean> {
  const namesakes = live.where(sql`lower(name)`, "=", sql`lower(${name})`);
  const others = exceptArn === null ? namesakes : namesakes.where("arn", "<>", exceptArn);
  return (await others.limit(1).executeTakeFirst()) !== undefined;
}

async function list<Row>(live: NamedQuery, page: PageRequest, decode: Decode<Row>): Promise<Page<Row>> {
  const ordered = live.orderBy("name").limit(rowsToFetch(page));
  const fetched = await (page.after === null ? ordered : ordered.where("name", ">", page.after)).execute();
  return toPage(fetched, page, { decode, keyOf: ({ name }) => name });
}

async function count(db: Queries, kind: string): Promise<number> {
  const { count } = await db
    .selectFrom("named_resources")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("kind", "=", kind)
    .where("is_live", "=", sql.lit(1))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Throws ResourceNameTaken when another one that is not deleted bears the name. */
async function save(db: Queries, kind: string, record: NamedRecord): Promise<void> {
  const { arn, name } = record;
  const isLive = record.status !== "DELETED";
  const others = liveOfKind(db, kind).where("name", "=", name).where("arn", "<>", arn);
  if (isLive && (await others.executeTakeFirst()) !== undefined) {
    throw new SlipwayError("ResourceNameTaken", { kind, name });
  }
  const row = { kind, name, is_live: flag(isLive), document: writeDocument(record) };
  await db
    .insertInto("named_resources")
    .values({ arn, ...row })
    .onConflict((conflict) => conflict.column("arn").doUpdateSet(row))
    .execute();
}

async function remove(db: Queries, kind: string, arn: string): Promise<void> {
  await db.deleteFrom("named_resources").where("kind", "=", kind).where("arn", "=", arn).execute();
}
