/** Parameters without their values, in order of their names: a path is a range of them. */
import type { Parameter } from "../domain/parameter.ts";
import type { Page, PageRequest, ParameterTable } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

interface Stored {
  readonly name: string;
  readonly document: string;
}

/** Nothing that a name may hold comes after it. */
const LAST_CHARACTER = "\u{10ffff}";

export function parameterTable(session: Session): ParameterTable {
  return {
    get: (name) => session.read((db) => get(db, name)),
    list: (prefix, page) => session.read((db) => list(db, prefix, page)),
    count: () => session.read(count),
    save: (parameter) => session.write((db) => save(db, parameter)),
    remove: (name) =>
      session.write(
        async (db) => void (await db.deleteFrom("parameters").where("name", "=", name).execute()),
      ),
  };
}

function parameters(db: Queries) {
  return db.selectFrom("parameters").select(["name", "document"]);
}

function decode({ name, document }: Stored): Parameter {
  return readDocument({ table: "parameters", id: name, document }) as Parameter;
}

async function get(db: Queries, name: string): Promise<Parameter | null> {
  const stored = await parameters(db).where("name", "=", name).executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function list(db: Queries, prefix: string, page: PageRequest): Promise<Page<Parameter>> {
  const within = parameters(db)
    .where("name", ">=", prefix)
    .where("name", "<", `${prefix}${LAST_CHARACTER}`)
    .orderBy("name")
    .limit(rowsToFetch(page));
  const fetched = await (page.after === null ? within : within.where("name", ">", page.after)).execute();
  return toPage(fetched, page, { decode, keyOf: ({ name }) => name });
}

async function count(db: Queries): Promise<number> {
  const { count } = await db
    .selectFrom("parameters")
    .select((eb) => eb.fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function save(db: Queries, parameter: Parameter): Promise<void> {
  const row = { document: writeDocument(parameter) };
  await db
    .insertInto("parameters")
    .values({ name: parameter.name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
}
