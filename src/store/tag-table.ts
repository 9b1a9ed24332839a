/** Tags of resources, by ARN. */
import type { Tag } from "../domain/tag.ts";
import type { TagTable } from "../ports/store.ts";
import type { Queries, Session } from "./session.ts";

export function tagTable(session: Session): TagTable {
  return {
    list: (resourceArn) => session.read((db) => list(db, resourceArn)),
    listOf: (resourceArns) => session.read((db) => readTags(db, resourceArns)),
    put: (resourceArn, tags) => session.write((db) => put(db, resourceArn, tags)),
    remove: (resourceArn, keys) => session.write((db) => remove(db, resourceArn, keys)),
    removeAll: (resourceArn) => session.write((db) => removeAll(db, resourceArn)),
  };
}

async function list(db: Queries, resourceArn: string): Promise<readonly Tag[]> {
  const rows = await db
    .selectFrom("tags")
    .select(["key", "value"])
    .where("resource_arn", "=", resourceArn)
    .orderBy("key")
    .execute();
  return rows.map(({ key, value }) => ({ key, value }));
}

/** Of these resources, by ARN; without those that have none. */
export async function readTags(
  db: Queries,
  resourceArns: readonly string[],
): Promise<ReadonlyMap<string, readonly Tag[]>> {
  if (resourceArns.length === 0) return new Map();
  const rows = await db
    .selectFrom("tags")
    .select(["resource_arn", "key", "value"])
    .where("resource_arn", "in", resourceArns)
    .orderBy("resource_arn")
    .orderBy("key")
    .execute();
  const byArn = Map.groupBy(rows, (row) => row.resource_arn);
  return new Map([...byArn].map(([arn, found]) => [arn, found.map(({ key, value }) => ({ key, value }))]));
}

/** One by one: a key given twice takes its last value, which one statement would refuse. */
async function put(db: Queries, resourceArn: string, tags: readonly Tag[]): Promise<void> {
  for (const { key, value } of tags) {
    await db
      .insertInto("tags")
      .values({ resource_arn: resourceArn, key, value })
      .onConflict((conflict) => conflict.columns(["resource_arn", "key"]).doUpdateSet({ value }))
      .execute();
  }
}

async function remove(db: Queries, resourceArn: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  await db.deleteFrom("tags").where("resource_arn", "=", resourceArn).where("key", "in", keys).execute();
}

async function removeAll(db: Queries, resourceArn: string): Promise<void> {
  await db.deleteFrom("tags").where("resource_arn", "=", resourceArn).execute();
}
