/** Names of users, roles and policies are asked for without regard to case. Pairs that are there already stay. */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

export const namesWithoutCase: Migration = {
  number: 10,
  name: "names without case",
  async up(trx) {
    await sql`create index named_resources_without_case on named_resources (kind, lower(name))
      where is_live = 1`.execute(trx);
  },
};
