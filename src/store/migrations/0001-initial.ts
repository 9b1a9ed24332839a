/**
 * The first layout. Partial indexes hold what must be unique among the living and keep the lists of the living short.
 * References are checked at commit, so that a service and what belongs to it may be saved in any order.
 */
import { sql, type Transaction } from "kysely";
import type { ColumnTypes, Migration } from "../migration-step.ts";
import type { Schema } from "../schema.ts";

type Trx = Transaction<Schema>;

export const initial: Migration = {
  number: 1,
  name: "initial",
  async up(trx, types) {
    await createServices(trx, types);
    await createOperations(trx, types);
    await createReleases(trx, types);
    await createInstances(trx, types);
    await createJournal(trx, types);
    await createConfigurations(trx, types);
    await createIdentity(trx, types);
  },
};

const serviceReference = sql`references services (id) deferrable initially deferred`;

async function createServices(trx: Trx, { text, whole, sequence }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("services")
    .addColumn("sequence", sequence)
    .addColumn("id", text, (column) => column.notNull().unique())
    .addColumn("arn", text, (column) => column.notNull())
    .addColumn("name", text, (column) => column.notNull())
    .addColumn("host", text, (column) => column.notNull())
    .addColumn("status", text, (column) => column.notNull())
    .addColumn("is_live", whole, (column) => column.notNull())
    .addColumn("active_release_number", whole)
    .addColumn("auto_scaling_arn", text, (column) => column.notNull())
    .addColumn("connection_arn", text)
    .addColumn("vpc_connector_arn", text)
    .addColumn("observability_arn", text)
    .addColumn("created_at_ms", whole, (column) => column.notNull())
    .addColumn("document", text, (column) => column.notNull())
    .execute();
  await sql`create unique index services_live_name on services (name) where is_live = 1`.execute(trx);
  await sql`create unique index services_live_host on services (host) where is_live = 1`.execute(trx);
  await sql`create index services_live on services (created_at_ms, sequence) where is_live = 1`.execute(trx);
  await sql`create index services_status on services (status)`.execute(trx);
  await sql`create index services_auto_scaling on services (auto_scaling_arn, created_at_ms, sequence)
    where is_live = 1`.execute(trx);
  for (const used of ["connection", "vpc_connector", "observability"]) {
    await sql`create index ${sql.ref(`services_${used}`)} on services (${sql.ref(`${used}_arn`)})
      where is_live = 1`.execute(trx);
  }
  await trx.schema
    .createTable("slots")
    .addColumn("slot", whole, (column) => column.primaryKey())
    .addColumn("service_id", text, (column) => column.notNull().modifyEnd(serviceReference))
    .execute();
  await sql`create index slots_service on slots (service_id)`.execute(trx);
}

async function createOperations(trx: Trx, { text, whole, sequence }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("operations")
    .addColumn("sequence", sequence)
    .addColumn("id", text, (column) => column.notNull().unique())
    .addColumn("service_id", text, (column) => column.notNull().modifyEnd(serviceReference))
    .addColumn("status", text, (column) => column.notNull())
    .addColumn("is_open", whole, (column) => column.notNull())
    .addColumn("release_number", whole)
    .addColumn("created_at_ms", whole, (column) => column.notNull())
    .addColumn("document", text, (column) => column.notNull())
    .execute();
  await sql`create index operations_service on operations (service_id, created_at_ms, sequence)`.execute(trx);
  await sql`create index operations_open on operations (service_id, sequence) where is_open = 1`.execute(trx);
}

async function createReleases(trx: Trx, { text, whole }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("releases")
    .addColumn("service_id", text, (column) => column.notNull().modifyEnd(serviceReference))
    .addColumn("number", whole, (column) => column.notNull())
    .addColumn("operation_id", text, (column) => column.notNull())
    .addColumn("document", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("releases_key", ["service_id", "number"])
    .execute();
  await sql`create index releases_operation on releases (operation_id)`.execute(trx);
}

async function createInstances(trx: Trx, { text, whole, sequence }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("instances")
    .addColumn("sequence", sequence)
    .addColumn("id", text, (column) => column.notNull().unique())
    .addColumn("service_id", text, (column) => column.notNull().modifyEnd(serviceReference))
    .addColumn("is_stopped", whole, (column) => column.notNull())
    .addColumn("stopped_at_ms", whole)
    .addColumn("created_at_ms", whole, (column) => column.notNull())
    .addColumn("document", text, (column) => column.notNull())
    .execute();
  await sql`create index instances_service on instances (service_id, created_at_ms, sequence)`.execute(trx);
  await sql`create index instances_live on instances (service_id, sequence) where is_stopped = 0`.execute(
    trx,
  );
  await sql`create index instances_stopped on instances (service_id, created_at_ms desc, sequence desc)
    where is_stopped = 1`.execute(trx);
}

async function createJournal(trx: Trx, { text, whole, sequence }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("journal")
    .addColumn("sequence", sequence)
    .addColumn("service_id", text, (column) => column.notNull())
    .addColumn("operation_id", text)
    .addColumn("step", text, (column) => column.notNull())
    .addColumn("arguments_json", text, (column) => column.notNull())
    .addColumn("status", text, (column) => column.notNull())
    .addColumn("error", text)
    .addColumn("started_at_ms", whole, (column) => column.notNull())
    .addColumn("ended_at_ms", whole)
    .execute();
  await sql`create index journal_started on journal (sequence) where status = 'started'`.execute(trx);
  await sql`create index journal_operation on journal (operation_id, sequence)`.execute(trx);
  await sql`create index journal_age on journal (started_at_ms)`.execute(trx);
}

async function createConfigurations(trx: Trx, { text, whole }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("revisions")
    .addColumn("arn", text, (column) => column.primaryKey())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("name", text, (column) => column.notNull())
    .addColumn("revision", whole, (column) => column.notNull())
    .addColumn("is_active", whole, (column) => column.notNull())
    .addColumn("deleted_at_ms", whole)
    .addColumn("document", text, (column) => column.notNull())
    .execute();
  await sql`create unique index revisions_key on revisions (kind, name, revision)`.execute(trx);
  await sql`create index revisions_active on revisions (kind, name, revision) where is_active = 1`.execute(
    trx,
  );
  await sql`create index revisions_deleted on revisions (kind, deleted_at_ms)
    where deleted_at_ms is not null`.execute(trx);
  await trx.schema
    .createTable("named_resources")
    .addColumn("arn", text, (column) => column.primaryKey())
    .addColumn("kind", text, (column) => column.notNull())
    .addColumn("name", text, (column) => column.notNull())
    .addColumn("is_live", whole, (column) => column.notNull())
    .addColumn("document", text, (column) => column.notNull())
    .execute();
  await sql`create unique index named_resources_live_name on named_resources (kind, name)
    where is_live = 1`.execute(trx);
}

async function createIdentity(trx: Trx, { text, whole }: ColumnTypes): Promise<void> {
  await trx.schema
    .createTable("tags")
    .addColumn("resource_arn", text, (column) => column.notNull())
    .addColumn("key", text, (column) => column.notNull())
    .addColumn("value", text, (column) => column.notNull())
    .addPrimaryKeyConstraint("tags_key", ["resource_arn", "key"])
    .execute();
  await trx.schema
    .createTable("access_keys")
    .addColumn("id", text, (column) => column.primaryKey())
    .addColumn("secret", text, (column) => column.notNull())
    .addColumn("principal_arn", text, (column) => column.notNull())
    .addColumn("created_at_ms", whole, (column) => column.notNull())
    .execute();
  await trx.schema
    .createTable("settings")
    .addColumn("name", text, (column) => column.primaryKey())
    .addColumn("value", text, (column) => column.notNull())
    .execute();
}
