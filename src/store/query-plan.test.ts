import { Kysely } from "kysely";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { PageRequest, Store } from "../ports/store.ts";
import { aService } from "../ports/store.contract.ts";
import { anEvent } from "../ports/store-events.contract.ts";
import { createKyselyStore } from "./kysely-store.ts";
import { migrate, sqliteTypes } from "./migration.ts";
import type { Schema } from "./schema.ts";
import { sqliteErrorTranslator } from "./sqlite-error.ts";
import { SqliteFile, SqliteFileDialect } from "./sqlite-file.ts";

/** Partial indexes hold the living only, so walking one costs what is returned; of secrets and parameters there is a limit. */
const WALKS_ALLOWED = [
  /^SCAN \w+ USING (COVERING )?INDEX (services_(live|observability)|operations_open|instances_(live|stopped)|journal_started)$/,
  /^SCAN secrets USING (COVERING )?INDEX secrets_name$/,
  /^SCAN (parameters|alarms) USING COVERING INDEX \w+$/, // the count
  /^SCAN event_deliveries$/, // those of forgotten events, once an hour
  /^SCAN slots$/, // the highest one: backwards, one row
  /^SCAN events USING COVERING INDEX events_service$/, // counts, once an hour
  /^SCAN (ranked|\(subquery-\d+\))$/,
];

const statements = new Map<string, readonly unknown[]>();
let file: SqliteFile;
let store: Store;

beforeEach(async () => {
  file = new SqliteFile(":memory:", { busyTimeoutMs: 0 });
  const db = new Kysely<Schema>({
    dialect: new SqliteFileDialect(file),
    log: ({ query }) => void statements.set(query.sql, query.parameters),
  });
  await migrate(db, { types: sqliteTypes, beforeChange: async () => {} });
  store = createKyselyStore({ db, translate: sqliteErrorTranslator("memory"), afterClose: () => {} });
});
afterEach(() => store.close());

it("no query walks a table that grows", async () => {
  statements.clear();
  await askEverything(store);
  const walks: string[] = [];
  for (const [sql, parameters] of statements) {
    if (!/^(select|update|delete)/.test(sql)) continue;
    const plan = file.prepare(`explain query plan ${sql}`).all(parameters) as { detail: string }[];
    const bad = plan.filter(
      ({ detail }) => detail.startsWith("SCAN") && !WALKS_ALLOWED.some((ok) => ok.test(detail)),
    );
    walks.push(...bad.map(({ detail }) => `${detail}: ${sql}`));
  }
  expect(statements.size).toBeGreaterThan(50);
  expect(walks).toStrictEqual([]);
});

async function askEverything(store: Store): Promise<void> {
  const { services, operations, releases, instances, journal, tags, vpcConnectors, connections } = store;
  await eachPage("5-5", async (page) => {
    await services.list(page);
    await services.listUsingAutoScaling("x", page);
    await operations.list("x", page);
    await instances.list("x", page);
  });
  await eachPage("5-5", async (page) => {
    await store.events.list({}, page);
    await store.events.list({ serviceId: "x", detailTypes: ["Slipway Instance Ended"], fromMs: 1 }, page);
  });
  await eachPage("5", async (page) => {
    await store.eventDeliveries.list("x", "dead", page);
    await store.eventDestinations.list(page);
    await releases.list("x", page);
    await connections.list(page);
    await store.secrets.list(page);
    await store.parameters.list("/x/", page);
  });
  await eachPage("5/x", async (page) => {
    for (const latestOnly of [true, false]) {
      await vpcConnectors.list({ latestOnly }, page);
      await vpcConnectors.list({ latestOnly, name: "x" }, page);
    }
  });
  for (const granularity of ["HOUR", "DAY"] as const) {
    for (const service of [{}, { serviceId: "x" }]) {
      await store.usage.sumByPeriod({ granularity, fromMs: 1, toMs: 2, ...service });
      await store.usage.sumByService({ granularity, fromMs: 1, toMs: 2, ...service });
    }
  }
  await Promise.all([
    services.get("x"),
    services.findByName("x"),
    services.listByStatus(["RUNNING", "PAUSED"]),
    services.listLiveIds(),
    services.listByIds(["x", "y"]),
    services.details([aService(), aService()]),
    services.listUsing("connection", "x"),
    services.listUsing("vpcConnector", "x"),
    services.listUsing("observabilityConfiguration", "x"),
    services.count(),
    services.highestSlot(),
    services.freeSlots(),
    operations.get("x", "x"),
    operations.listOpen("x"),
    operations.listAllOpen(),
    releases.get("x", 1),
    releases.nextNumber("x"),
    releases.listRetained(3),
    instances.get("x"),
    instances.listLive("x"),
    instances.listAllLive(),
    instances.prune(1, 2),
    journal.listStarted(),
    journal.listForOperation("x"),
    journal.prune({ ofOperationsBeforeMs: 1, othersBeforeMs: 2 }),
    tags.list("x"),
    tags.listOf(["x", "y"]),
    tags.remove("x", ["a"]),
    tags.removeAll("x"),
    vpcConnectors.get("x"),
    vpcConnectors.getLatest("x"),
    vpcConnectors.getRevision("x", 1),
    vpcConnectors.listRevisions("x"),
    vpcConnectors.countNames(),
    vpcConnectors.prune(1),
    connections.get("x"),
    connections.findByName("x"),
    connections.isNameTaken("x", null),
    connections.isNameTaken("x", "arn"),
    connections.count(),
    connections.remove("x"),
    store.accessKeys.get("x"),
    store.accessKeys.listOf("x"),
    store.accessKeys.noteUse("x", { atMs: 1, service: "sts", region: "us-east-1" }),
    store.accessKeys.remove("x"),
    store.settings.get("x"),
    store.sourceWatches.get("x"),
    store.secrets.get("x"),
    store.secrets.findByName("x"),
    store.secrets.listDeletable(1),
    store.secrets.count(),
    store.secrets.remove("x"),
    store.parameters.get("x"),
    store.parameters.count(),
    store.parameters.remove("x"),
    store.sealedValues.get("x", "1"),
    store.sealedValues.remove("x", ["1"]),
    store.sealedValues.removeAll("x"),
    store.sourceWatches.remove("x"),
    store.customDomains.get("x"),
    store.customDomains.findByName("x"),
    store.customDomains.count("x"),
    store.customDomains.remove("x"),
    store.certificates.get("x"),
    store.certificates.remove("x"),
    store.issuances.get("platform"),
    store.issuances.remove("platform"),
    store.alarms.get("x"),
    store.alarms.list("x", { after: "x", limit: 5 }),
    store.alarms.listDue(1, 5),
    store.alarms.count(),
    store.alarms.remove("x"),
    ...[null, "x"].map((alarmName) =>
      store.alarmHistory.list(
        { alarmName, type: "Action", fromMs: 1, toMs: 2, order: "oldest-first" },
        { after: "5-5", limit: 5 },
      ),
    ),
    store.alarmHistory.prune(1),
    store.events.appendOnce("x", anEvent({})),
    store.events.find(["x"]),
    store.events.listAfter(1, 5),
    store.events.latestSequence(),
    store.events.prune({ beforeMs: 1, keepPerService: 0, keep: 0 }),
    store.eventDeliveries.findDue("x", 1),
    store.eventDeliveries.nextDueAtMs("x"),
    store.eventDeliveries.countPending("x"),
    store.eventDeliveries.prune("x", "dead", 1),
    store.eventDeliveries.makeDue("x", 1),
    store.eventDeliveries.giveUp("x", 1),
    store.eventDeliveries.removeAll("x"),
    store.usage.prune({ hoursBeforeMs: 1, daysBeforeMs: 1 }),
  ]);
}

async function eachPage(after: string, ask: (page: PageRequest) => Promise<void>): Promise<void> {
  await ask({ after: null, limit: 5 });
  await ask({ after, limit: 5 });
}
