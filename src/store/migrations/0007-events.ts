/** What happened, in order, and what was sent of it where. Destinations are named resources. */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

export const events: Migration = {
  number: 7,
  name: "events",
  async up(trx, { text, whole, sequence }) {
    await trx.schema
      .createTable("events")
      .addColumn("sequence", sequence)
      .addColumn("id", text, (column) => column.notNull().unique())
      .addColumn("key", text)
      .addColumn("at_ms", whole, (column) => column.notNull())
      .addColumn("service_id", text)
      .addColumn("detail_type", text, (column) => column.notNull())
      .addColumn("severity", text, (column) => column.notNull())
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await sql`create index events_time on events (at_ms, sequence)`.execute(trx);
    await sql`create index events_service on events (service_id, at_ms, sequence)`.execute(trx);
    await sql`create index events_key on events (key, at_ms) where key is not null`.execute(trx);
    await trx.schema
      .createTable("event_deliveries")
      .addColumn("destination_arn", text, (column) => column.notNull())
      .addColumn("event_sequence", whole, (column) => column.notNull())
      .addColumn("state", text, (column) => column.notNull())
      .addColumn("due_at_ms", whole, (column) => column.notNull())
      .addColumn("document", text, (column) => column.notNull())
      .addPrimaryKeyConstraint("event_deliveries_key", ["destination_arn", "event_sequence"])
      .execute();
    await sql`create index event_deliveries_state on event_deliveries (destination_arn, state, event_sequence)`.execute(
      trx,
    );
    await sql`create index event_deliveries_due on event_deliveries (destination_arn, due_at_ms)
      where state = 'pending'`.execute(trx);
    await sql`create index event_deliveries_event on event_deliveries (event_sequence)`.execute(trx);
  },
};
