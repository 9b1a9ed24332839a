import {
  chmodSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kysely } from "kysely";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSlipwayError } from "../domain/error.ts";
import { noUsage } from "../domain/usage.ts";
import { aService } from "../ports/store.contract.ts";
import { createKyselyStore } from "./kysely-store.ts";
import type { Migration } from "./migration-step.ts";
import { released } from "./migration.ts";
import type { Schema } from "./schema.ts";
import { sqliteErrorTranslator } from "./sqlite-error.ts";
import { SqliteFile, SqliteFileDialect } from "./sqlite-file.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const PAGE_BYTES = 4096;
let directory: string;
let path: string;

beforeEach(() => {
  directory = join(mkdtempSync(join(tmpdir(), "slipway-store-")), "state");
  path = join(directory, "slipway.db");
});
afterEach(() => rmSync(join(directory, ".."), { recursive: true }));

describe("the state directory", () => {
  it("is made for its owner alone, with all its files", async () => {
    const store = await openSqliteStore({ path });
    await store.settings.put("a", "1");
    expect(modeOf(directory)).toBe(0o700);
    for (const name of ["slipway.db", "slipway.db-wal"]) expect(modeOf(join(directory, name))).toBe(0o600);
    await store.close();
    chmodSync(directory, 0o755);
    await (await openSqliteStore({ path })).close();
    expect(modeOf(directory)).toBe(0o700);
  });

  it("that cannot be made is a clear error", async () => {
    writeFileSync(join(directory, "..", "file"), "");
    const error = await refusal(
      openSqliteStore({ path: join(directory, "..", "file", "state", "slipway.db") }),
    );
    expect(error).toMatch(/ENOTDIR/);
  });
});

describe("opening", () => {
  it("is refused twice in one process, and possible again after closing or failing", async () => {
    const store = await openSqliteStore({ path });
    expect(await refusal(openSqliteStore({ path }))).toContain(`process ${process.pid} is using it`);
    await store.close();
    overwrite({ at: 0, bytes: 100 });
    await refusal(openSqliteStore({ path }));
    rmSync(path);
    await (await openSqliteStore({ path })).close();
  });

  it("lets others read meanwhile", async () => {
    const store = await openSqliteStore({ path });
    await store.settings.put("a", "1");
    const reader = new SqliteFile(path, { busyTimeoutMs: 0 });
    expect(reader.rows("select value from settings")).toMatchObject([{ value: "1" }]);
    await store.settings.put("a", "2");
    reader.close();
    await store.close();
  });

  it("refuses a file that is not a database", async () => {
    await filledStore();
    overwrite({ at: 0, bytes: 100 });
    expect(await refusal(openSqliteStore({ path }))).toMatch(/not a database.*Restore a backup/);
  });

  it("refuses a database with a damaged page", async () => {
    await filledStore();
    const pages = statSync(path).size / PAGE_BYTES;
    overwrite({ at: (pages - 12) * PAGE_BYTES, bytes: 10 * PAGE_BYTES });
    expect(await refusal(openSqliteStore({ path }))).toMatch(/damaged.*restore a backup/);
  });

  it("refuses rows whose service is gone", async () => {
    await filledStore();
    edit("insert into slots values (99, 'nobody')");
    expect(await refusal(openSqliteStore({ path }))).toMatch(/is damaged \(orphan row in slots\)/);
  });

  it("refuses a database of a newer version", async () => {
    await filledStore();
    edit("insert into schema_versions values (99, 'future')");
    expect(await refusal(openSqliteStore({ path }))).toMatch(/layout 99 was made by a newer Slipway/);
  });
});

describe("a damaged record", () => {
  it("is an error that names its table and id, and not its content", async () => {
    const service = aService();
    await filledStore(service);
    edit(`update services set document = '{"secret": "hunter2'`);
    const store = await openSqliteStore({ path });
    const message = await refusal(store.services.get(service.id));
    expect(message).toContain(`record ${service.id} in table services is damaged`);
    expect(message).not.toContain("hunter2");
    await store.close();
  });
});

describe("a layout step", () => {
  const newest = released.at(-1)!.number;
  const next: Migration = {
    number: newest + 1,
    name: "next",
    up: (trx) => trx.schema.createTable("next").addColumn("a", "text").execute(),
  };

  it("is taken once, after a copy of what was there", async () => {
    await filledStore();
    const migrations = [...released, next];
    const store = await openSqliteStore({ path, migrations });
    expect(await store.services.count()).toBe(1);
    await store.close();
    await (await openSqliteStore({ path, migrations })).close();
    const copies = readdirSync(directory).filter((name) => /backup|tmp/.test(name));
    expect(copies).toStrictEqual([`slipway.db.layout-${newest}.backup`]);
    const copy = await openSqliteStore({ path: join(directory, copies[0]!) });
    expect(await copy.services.count()).toBe(1);
    await copy.close();
  });

  it("keeps usage of the time before builds and traffic were counted", async () => {
    const before = await openSqliteStore({ path, migrations: released.filter(({ number }) => number < 8) });
    await before.close();
    const columns = "provisioned_ms, memory_mib_ms, active_ms, active_cpu_millis_ms, always_cpu_millis_ms";
    edit(
      `insert into usage_days (service_id, start_ms, ${columns}, always_memory_mib_ms, request_count, start_count)
       values ('s1', 0, 1, 2, 3, 4, 5, 6, 7, 8)`,
    );
    const store = await openSqliteStore({ path });
    await store.usage.add([{ ...noUsage, serviceId: "s1", hourStartMs: 0, requestCount: 1, egressBytes: 9 }]);
    expect(await store.usage.sumByPeriod({ granularity: "DAY", fromMs: 0, toMs: 1 })).toMatchObject([
      { provisionedMs: 1, requestCount: 8, startCount: 8, buildMs: 0, egressBytes: 9 },
    ]);
    await store.close();
  });

  it("that fails leaves the layout as it was", async () => {
    await filledStore();
    const failing: Migration = {
      ...next,
      number: newest + 2,
      up: () => Promise.reject(new Error("half way")),
    };
    await expect(openSqliteStore({ path, migrations: [...released, next, failing] })).rejects.toThrow(
      "half way",
    );
    const store = await openSqliteStore({ path });
    expect(await store.services.count()).toBe(1);
    await store.close();
  });
});

describe("a full disk", () => {
  it("refuses the write with a clear error, loses nothing, and works again when there is space", async () => {
    await filledStore();
    const file = new SqliteFile(path, { busyTimeoutMs: 0 });
    const db = new Kysely<Schema>({ dialect: new SqliteFileDialect(file) });
    const store = createKyselyStore({ db, translate: sqliteErrorTranslator(path), afterClose: () => {} });
    file.execute("pragma max_page_count = 1");
    const message = await refusal(
      store.transaction(async (tx) => {
        await tx.settings.put("small", "1");
        await tx.settings.put("big", "x".repeat(100 * PAGE_BYTES));
      }),
    );
    expect(message).toMatch(/the disk is full; nothing was lost/);
    expect(await store.settings.get("small")).toBeNull();
    expect(await store.services.count()).toBe(1);
    expect(file.rows("pragma integrity_check")).toMatchObject([{ integrity_check: "ok" }]);
    file.execute("pragma max_page_count = 100000");
    await store.settings.put("big", "x".repeat(100 * PAGE_BYTES));
    await store.close();
  });
});

/** A database of some dozen pages with one service. */
async function filledStore(service = aService()): Promise<void> {
  const store = await openSqliteStore({ path });
  await store.services.save(service);
  for (let n = 0; n < 40; n++) await store.settings.put(`filler-${n}`, "x".repeat(2000));
  await store.close();
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.catch((reason: unknown) => reason);
  expect(error).toSatisfy((reason) => isSlipwayError(reason, "StoreUnavailable"));
  return error instanceof Error ? error.message : "";
}

function overwrite({ at, bytes }: { readonly at: number; readonly bytes: number }): void {
  const descriptor = openSync(path, "r+");
  writeSync(descriptor, Buffer.alloc(bytes, 0xaa), 0, bytes, at);
  closeSync(descriptor);
}

function edit(sql: string): void {
  const file = new SqliteFile(path, { busyTimeoutMs: 0 });
  file.execute(`pragma foreign_keys = off; ${sql}`);
  file.close();
}

function modeOf(file: string): number {
  return statSync(file).mode & 0o777;
}
