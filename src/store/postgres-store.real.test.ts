import { Client } from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isSlipwayError } from "../domain/error.ts";
import { describeStore } from "../ports/store.contract.ts";
import { openPostgresStore } from "./postgres-store.ts";
import { PostgresServer } from "./testing/postgres-server.ts";

describe("store on a PostgreSQL server", () => {
  const server = new PostgresServer();
  const open = () => openPostgresStore({ connectionString: server.connectionString });
  beforeAll(() => server.start());
  afterAll(async () => {
    await server.stop();
    server.remove();
  });

  async function administer(sql: string): Promise<void> {
    const client = new Client({ connectionString: server.connectionString });
    await client.connect();
    await client.query(sql);
    await client.end();
  }

  async function openEmpty() {
    await administer("drop schema public cascade; create schema public");
    return open();
  }

  describe("behaves as every store", () => {
    describeStore(openEmpty);
  });

  it("is refused to a second one until the first is closed", async () => {
    const store = await openEmpty();
    const error: unknown = await open().catch((reason: unknown) => reason);
    expect(isSlipwayError(error, "StoreUnavailable")).toBe(true);
    expect(String(error)).toMatch(/another Slipway is using it \(server process \d+, from this machine\)/);
    await store.close();
    await (await open()).close();
  });

  it("loses a transaction with its connection, says so, and goes on with a new one", async () => {
    const store = await openEmpty();
    const endConnections = () =>
      administer("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'slipway'");
    const work = store.transaction(async (tx) => {
      await tx.settings.put("a", "1");
      await endConnections();
      await tx.settings.put("b", "1");
    });
    await expect(work).rejects.toSatisfy((error) => isSlipwayError(error, "StoreUnavailable"));
    expect(await store.settings.get("a")).toBeNull();
    await endConnections();
    await expect
      .poll(() =>
        store.settings.put("a", "2").then(
          () => true,
          () => false,
        ),
      )
      .toBe(true);
    await store.close();
  });

  it("is unavailable without its server and available again with it", async () => {
    const store = await openEmpty();
    await server.stop();
    const asked = await store.settings.get("a").catch((reason: unknown) => reason);
    expect(isSlipwayError(asked, "StoreUnavailable")).toBe(true);
    await server.start();
    await expect.poll(() => store.settings.get("a").catch(() => "unavailable")).toBeNull();
    await store.close();
  });
});
