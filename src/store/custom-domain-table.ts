/** Custom domains. The names they stand for are rows of their own, so that the database itself refuses to share one. */
import { SlipwayError } from "../domain/error.ts";
import { type CustomDomain, namesOf } from "../domain/custom-domain.ts";
import type { CustomDomainTable, Page, PageRequest } from "../ports/store.ts";
import { readDocument, writeDocument } from "./document.ts";
import { rowsToFetch, toPage } from "./page.ts";
import type { Queries, Session } from "./session.ts";

interface Stored {
  readonly name: string;
  readonly document: string;
}

export function customDomainTable(session: Session): CustomDomainTable {
  return {
    get: (name) => session.read((db) => get(db, name)),
    findByName: (name) => session.read((db) => findByName(db, name)),
    list: (serviceId, page) => session.read((db) => list(db, serviceId, page)),
    listAll: () => session.read(listAll),
    count: (serviceId) => session.read((db) => count(db, serviceId)),
    save: (domain) => session.write((db) => save(db, domain)),
    remove: (name) => session.write((db) => remove(db, name)),
  };
}

async function get(db: Queries, name: string): Promise<CustomDomain | null> {
  const stored = await domains(db).where("name", "=", name).executeTakeFirst();
  return stored === undefined ? null : decode(stored);
}

async function findByName(db: Queries, name: string): Promise<CustomDomain | null> {
  const owner = await ownerOf(db, name);
  return owner === undefined ? null : get(db, owner.domain_name);
}

async function list(db: Queries, serviceId: string, page: PageRequest): Promise<Page<CustomDomain>> {
  const ordered = domains(db).where("service_id", "=", serviceId).orderBy("name").limit(rowsToFetch(page));
  const fetched = await (page.after === null ? ordered : ordered.where("name", ">", page.after)).execute();
  return toPage(fetched, page, { decode, keyOf: ({ name }) => name });
}

async function listAll(db: Queries): Promise<readonly CustomDomain[]> {
  return (await domains(db).orderBy("name").execute()).map(decode);
}

async function count(db: Queries, serviceId: string): Promise<number> {
  const { count } = await db
    .selectFrom("custom_domains")
    .select((eb) => eb.fn.countAll().as("count"))
    .where("service_id", "=", serviceId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

async function save(db: Queries, domain: CustomDomain): Promise<void> {
  for (const name of namesOf(domain)) {
    const owner = await ownerOf(db, name);
    if (owner !== undefined && owner.domain_name !== domain.name)
      throw new SlipwayError("DomainTaken", { name });
  }
  const row = { service_id: domain.serviceId, document: writeDocument(domain) };
  await db
    .insertInto("custom_domains")
    .values({ name: domain.name, ...row })
    .onConflict((conflict) => conflict.column("name").doUpdateSet(row))
    .execute();
  await forgetNames(db, domain.name);
  await db
    .insertInto("custom_domain_names")
    .values(namesOf(domain).map((name) => ({ name, domain_name: domain.name })))
    .execute();
}

async function remove(db: Queries, name: string): Promise<void> {
  await forgetNames(db, name);
  await db.deleteFrom("custom_domains").where("name", "=", name).execute();
}

async function forgetNames(db: Queries, domainName: string): Promise<void> {
  await db.deleteFrom("custom_domain_names").where("domain_name", "=", domainName).execute();
}

function domains(db: Queries) {
  return db.selectFrom("custom_domains").select(["name", "document"]);
}

function ownerOf(db: Queries, name: string) {
  return db
    .selectFrom("custom_domain_names")
    .select("domain_name")
    .where("name", "=", name)
    .executeTakeFirst();
}

function decode({ name, document }: Stored): CustomDomain {
  return readDocument({ table: "custom_domains", id: name, document }) as CustomDomain;
}
