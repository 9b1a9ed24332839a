/** What services used: hours, and days so that a year is not added up from hours. Both are written at once. */
import { type Insertable, type SelectQueryBuilder, sql } from "kysely";
import { addUsage, noUsage, type UsageAmounts, type UsageHour, usagePeriodStart } from "../domain/usage.ts";
import type { ServiceUsage, UsagePeriod, UsageQuery, UsageTable } from "../ports/store.ts";
import type { Schema } from "./schema.ts";
import type { Queries, Session } from "./session.ts";

type UsageTableName = "usage_hours" | "usage_days";
type Row = Insertable<Schema[UsageTableName]>;
type AmountColumn = Exclude<keyof Row, "service_id" | "start_ms">;

const AMOUNTS = [
  ["provisioned_ms", "provisionedMs"],
  ["memory_mib_ms", "memoryMiBMs"],
  ["active_ms", "activeMs"],
  ["active_cpu_millis_ms", "activeCpuMillisMs"],
  ["always_cpu_millis_ms", "alwaysCpuMillisMs"],
  ["always_memory_mib_ms", "alwaysMemoryMiBMs"],
  ["request_count", "requestCount"],
  ["start_count", "startCount"],
  ["build_ms", "buildMs"],
  ["automatic_deployment_ms", "automaticDeploymentMs"],
  ["egress_bytes", "egressBytes"],
] as const satisfies readonly (readonly [AmountColumn, keyof UsageAmounts])[];

/** A statement takes some 32,000 values, thirteen a row. */
const ROWS_AT_ONCE = 500;

export function usageTable(session: Session): UsageTable {
  return {
    add: (hours) => session.write((db) => add(db, hours)),
    sumByPeriod: (query) => session.read((db) => sumByPeriod(db, query)),
    sumByService: (query) => session.read((db) => sumByService(db, query)),
    prune: ({ hoursBeforeMs, daysBeforeMs }) =>
      session.write(async (db) => {
        await db.deleteFrom("usage_hours").where("start_ms", "<", hoursBeforeMs).execute();
        await db.deleteFrom("usage_days").where("start_ms", "<", daysBeforeMs).execute();
      }),
  };
}

async function add(db: Queries, hours: readonly UsageHour[]): Promise<void> {
  await addRows(db, "usage_hours", rowsOf(hours, "HOUR"));
  await addRows(db, "usage_days", rowsOf(hours, "DAY"));
}

/** One row a key: a statement may not change one twice. */
function rowsOf(hours: readonly UsageHour[], granularity: "HOUR" | "DAY"): readonly Row[] {
  const rows = new Map<string, UsageHour>();
  for (const hour of hours) {
    const { serviceId } = hour;
    const hourStartMs = usagePeriodStart(hour.hourStartMs, granularity);
    const key = `${serviceId} ${hourStartMs}`;
    rows.set(key, { serviceId, hourStartMs, ...addUsage(rows.get(key) ?? noUsage, hour) });
  }
  return [...rows.values()].map(toRow);
}

function toRow({ serviceId, hourStartMs, ...amounts }: UsageHour): Row {
  return { service_id: serviceId, start_ms: hourStartMs, ...toColumns(amounts) };
}

async function addRows(db: Queries, table: UsageTableName, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS_AT_ONCE) {
    await db
      .insertInto(table)
      .values(rows.slice(from, from + ROWS_AT_ONCE))
      .onConflict((conflict) => conflict.columns(["service_id", "start_ms"]).doUpdateSet(sumsFor(table)))
      .execute();
  }
}

/** What is there and what comes. */
function sumsFor(table: UsageTableName) {
  return Object.fromEntries(
    AMOUNTS.map(([column]) => [
      column,
      sql<number>`${sql.ref(`${table}.${column}`)} + ${sql.ref(`excluded.${column}`)}`,
    ]),
  );
}

async function sumByPeriod(db: Queries, query: UsageQuery): Promise<readonly UsagePeriod[]> {
  const rows = await selected(db, query).select("start_ms").groupBy("start_ms").orderBy("start_ms").execute();
  return rows.map((row): UsagePeriod => Object.assign(fromColumns(row), { startMs: row.start_ms }));
}

async function sumByService(db: Queries, query: UsageQuery): Promise<readonly ServiceUsage[]> {
  const rows = await selected(db, query)
    .select("service_id")
    .groupBy("service_id")
    .orderBy("service_id")
    .execute();
  return rows.map((row): ServiceUsage => Object.assign(fromColumns(row), { serviceId: row.service_id }));
}

type Sums = Readonly<Record<AmountColumn, number>>;

/** Sums over many services exceed what a whole number carries exactly; nobody needs them to the millisecond. */
function selected(
  db: Queries,
  { granularity, fromMs, toMs, serviceId }: UsageQuery,
): SelectQueryBuilder<Schema, UsageTableName, Sums> {
  const query = db
    .selectFrom(granularity === "HOUR" ? "usage_hours" : "usage_days")
    .select(
      AMOUNTS.map(([column]) => sql<number>`cast(sum(${sql.ref(column)}) as double precision)`.as(column)),
    )
    .where("start_ms", ">=", fromMs)
    .where("start_ms", "<", toMs);
  return serviceId === undefined ? query : query.where("service_id", "=", serviceId);
}

function toColumns(amounts: UsageAmounts): Sums {
  return Object.fromEntries(AMOUNTS.map(([column, name]) => [column, amounts[name]])) as Sums;
}

function fromColumns(row: Sums): UsageAmounts {
  return Object.fromEntries(AMOUNTS.map(([column, name]) => [name, row[column]])) as unknown as UsageAmounts;
}
