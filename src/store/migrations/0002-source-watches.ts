/** What is known of a service's source, for automatic deployments. */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

export const sourceWatches: Migration = {
  number: 2,
  name: "source watches",
  async up(trx, { text }) {
    await trx.schema
      .createTable("source_watches")
      .addColumn("service_id", text, (column) =>
        column.primaryKey().modifyEnd(sql`references services (id) deferrable initially deferred`),
      )
      .addColumn("document", text, (column) => column.notNull())
      .execute();
  },
};
