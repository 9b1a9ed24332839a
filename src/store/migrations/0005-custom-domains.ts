/** Custom domains, the names they stand for, certificates, and how far each certificate is. */
import { sql } from "kysely";
import type { Migration } from "../migration-step.ts";

export const customDomains: Migration = {
  number: 5,
  name: "custom domains",
  async up(trx, { text, whole }) {
    await trx.schema
      .createTable("custom_domains")
      .addColumn("name", text, (column) => column.primaryKey())
      .addColumn("service_id", text, (column) =>
        column.notNull().modifyEnd(sql`references services (id) deferrable initially deferred`),
      )
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await sql`create index custom_domains_service on custom_domains (service_id, name)`.execute(trx);
    await trx.schema
      .createTable("custom_domain_names")
      .addColumn("name", text, (column) => column.primaryKey())
      .addColumn("domain_name", text, (column) => column.notNull())
      .execute();
    await sql`create index custom_domain_names_domain on custom_domain_names (domain_name)`.execute(trx);
    await trx.schema
      .createTable("certificates")
      .addColumn("id", text, (column) => column.primaryKey())
      .addColumn("created_at_ms", whole, (column) => column.notNull())
      .addColumn("document", text, (column) => column.notNull())
      .execute();
    await sql`create index certificates_created on certificates (created_at_ms, id)`.execute(trx);
    await trx.schema
      .createTable("issuances")
      .addColumn("subject", text, (column) => column.primaryKey())
      .addColumn("document", text, (column) => column.notNull())
      .execute();
  },
};
