/** Access keys can be made inactive, and tell when they were used. The keys of one owner are asked for. */
import type { Migration } from "../migration-step.ts";

export const accessKeysOfUsers: Migration = {
  number: 9,
  name: "access keys of users",
  async up(trx, { text, whole }) {
    await trx.schema
      .alterTable("access_keys")
      .addColumn("is_active", whole, (column) => column.notNull().defaultTo(1))
      .execute();
    await trx.schema.alterTable("access_keys").addColumn("last_used_at_ms", whole).execute();
    await trx.schema.alterTable("access_keys").addColumn("last_used_service", text).execute();
    await trx.schema.alterTable("access_keys").addColumn("last_used_region", text).execute();
    await trx.schema
      .createIndex("access_keys_principal")
      .on("access_keys")
      .columns(["principal_arn", "created_at_ms"])
      .execute();
  },
};
