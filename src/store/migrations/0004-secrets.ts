/** Secrets and parameters, and apart from them their sealed values. */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

export const secrets: Migration = {
  number: 4,
  name: "secrets",
  async up(trx, { text, whole }) {
    await trx.schema
      .createTable("secrets")
      .addColumn("arn", text, (column) => column.primaryKey())
      .addColumn("name", text, (column) => column.notNull())
      .addColumn("delete_at_ms", whole)
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await sql`create unique index secrets_name on secrets (name)`.execute(trx);
    await sql`create index secrets_deletable on secrets (delete_at_ms) where delete_at_ms is not null`.execute(
      trx,
    );
    await trx.schema
      .createTable("parameters")
      .addColumn("name", text, (column) => column.primaryKey())
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await trx.schema
      .createTable("sealed_values")
      .addColumn("owner", text, (column) => column.notNull())
      .addColumn("version", text, (column) => column.notNull())
      .addColumn("sealed", text, (column) => column.notNull())
      .addPrimaryKeyConstraint("sealed_values_key", ["owner", "version"])
      .execute();
  },
};
