/** What the port cannot show: deliveries are only read together with their events. */
import { Kysely } from "kysely";
import { expect, it } from "vitest";
import { aDelivery, anEvent } from "../ports/store-events.contract.ts";
import { createKyselyStore } from "./kysely-store.ts";
import { migrate, sqliteTypes } from "./migration.ts";
import type { Schema } from "./schema.ts";
import { sqliteErrorTranslator } from "./sqlite-error.ts";
import { SqliteFile, SqliteFileDialect } from "./sqlite-file.ts";

it("deliveries of events that are forgotten go too, also of one between others", async () => {
  const file = new SqliteFile(":memory:", { busyTimeoutMs: 0 });
  const db = new Kysely<Schema>({ dialect: new SqliteFileDialect(file) });
  await migrate(db, { types: sqliteTypes, beforeChange: async () => {} });
  const store = createKyselyStore({ db, translate: sqliteErrorTranslator("memory"), afterClose: () => {} });
  for (const serviceId of ["quiet", "busy", "busy"]) await store.events.append(anEvent({ serviceId }));
  for (const { sequence } of await store.events.listAfter(0, 10)) {
    await store.eventDeliveries.save(aDelivery({ eventSequence: sequence }));
  }
  await store.events.prune({ beforeMs: 0, keepPerService: 1, keep: 100 });
  const left = file.prepare("select event_sequence as n from event_deliveries order by 1").all([]);
  expect(left).toMatchObject([{ n: 1 }, { n: 3 }]);
  await store.close();
});
