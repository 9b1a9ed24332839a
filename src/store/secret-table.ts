/** Secrets without their values. Names are unique, also of those that are about to go. */
import { SlipwayError } from "../domain/error.ts";
import type { Secret } from "../domain/stored-secret.ts";
import type { Page, PageRequest, SecretTable } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

interface Stored {
  readonly arn: string;
  readonly document: string;
}

export function secretTable(session: Session): SecretTable {
  return {
    get: (arn) => session.read((db) => findOne(db, "arn", arn)),
    findByName: (name) => session.read((db) => findOne(db, "name", name)),
    list: (page) => session.read((db) => list(db, page)),
    listDeletable: (nowMs) => session.read((db) => listDeletable(db, nowMs)),
    count: () => session.read(count),
    save: (secret) => session.write((db) => save(db, secret)),
    remove: (arn) =>
      session.write(async (db) => void (await db.deleteFrom("secrets").where("arn", "=", arn).execute())),
  };
}

function secrets(db: Queries) {
  return db.selectFrom("secrets").select(["arn", "name", "document"]);
}

function decode({ arn, document }: Stored): Secret {
  return readDocument({ table: "secrets", id: arn, document }) as Secret;
}

async function findOne(db: Queries, column: "arn" | "name", value: string): Promise<Secret | null> {
  const stored = await secrets(db).where(column, "=", value).executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function list(db: Queries, page: PageRequest): Promise<Page<Secret>> {
  const ordered = secrets(db).orderBy("name").limit(rowsToFetch(page));
  const fetched = await (page.after === null ? ordered : ordered.where("name", ">", page.after)).execute();
  return toPage(fetched, page, { decode, keyOf: ({ name }) => name });
}

async function listDeletable(db: Queries, nowMs: number): Promise<readonly Secret[]> {
  return (await secrets(db).where("delete_at_ms", "<=", nowMs).execute()).map(decode);
}

async function count(db: Queries): Promise<number> {
  const { count } = await db
    .selectFrom("secrets")
    .select((eb) => eb.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function save(db: Queries, secret: Secret): Promise<void> {
  const { arn, name } = secret;
  const other = await secrets(db).where("name", "=", name).where("arn", "<>", arn).executeTakeFirst();
  if (other !== undefined) throw new SlipwayError("SecretExists", { name });
  const row = { name, delete_at_ms: secret.deletion?.atMs ?? null, document: writeDocument(secret) };
  await db
    .insertInto("secrets")
    .values({ arn, ...row })
    .onConflict((conflict) => conflict.column("arn").doUpdateSet(row))
    .execute();
}
