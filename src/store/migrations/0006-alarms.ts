/** Alarms of metrics, and what became of them. */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

export const alarms: Migration = {
  number: 6,
  name: "alarms",
  async up(trx, { text, whole, sequence }) {
    await trx.schema
      .createTable("alarms")
      .addColumn("name", text, (column) => column.primaryKey())
      .addColumn("next_evaluation_at_ms", whole, (column) => column.notNull())
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await sql`create index alarms_due on alarms (next_evaluation_at_ms)`.execute(trx);
    await trx.schema
      .createTable("alarm_history")
      .addColumn("sequence", sequence)
      .addColumn("alarm_name", text, (column) => column.notNull())
      .addColumn("at_ms", whole, (column) => column.notNull())
      .addColumn("type", text, (column) => column.notNull())
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await sql`create index alarm_history_alarm on alarm_history (alarm_name, at_ms, sequence)`.execute(trx);
    await sql`create index alarm_history_time on alarm_history (at_ms, sequence)`.execute(trx);
  },
};
