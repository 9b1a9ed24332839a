/**
 * What services used, by the hour and by the day. No reference to services: a record of one that is not there must not
 * cost the minute of all others.
 */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

const AMOUNTS = [
  "provisioned_ms",
  "memory_mib_ms",
  "active_ms",
  "active_cpu_millis_ms",
  "always_cpu_millis_ms",
  "always_memory_mib_ms",
  "request_count",
  "start_count",
];

export const usage: Migration = {
  number: 3,
  name: "usage",
  async up(trx, { text, whole }) {
    for (const name of ["usage_hours", "usage_days"]) {
      let table = trx.schema
        .createTable(name)
        .addColumn("service_id", text, (column) => column.notNull())
        .addColumn("start_ms", whole, (column) => column.notNull())
        .addPrimaryKeyConstraint(`${name}_key`, ["service_id", "start_ms"]);
      for (const amount of AMOUNTS) table = table.addColumn(amount, whole, (column) => column.notNull());
      await table.execute();
      await sql`create index ${sql.ref(`${name}_start`)} on ${sql.table(name)} (start_ms)`.execute(trx);
    }
  },
};
