import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { afterAll, beforeAll, describe } from "vitest";
import { describeStore } from "../ports/store.contract.ts";
import { openPostgresStore } from "./postgres-store.ts";

/** PGlite needs seconds to start: one for the file, emptied for each test. */
const START_TIMEOUT_MS = 60_000;

describe("store on PostgreSQL", () => {
  let server: PGlite;
  beforeAll(async () => {
    server = await PGlite.create();
  }, START_TIMEOUT_MS);
  afterAll(() => server.close());

  describeStore(async () => {
    await server.exec("drop schema public cascade; create schema public");
    return openPostgresStore({ dialect: new PGliteDialect({ pglite: outliving(server) }) });
  });
});

/** Closing a store ends its connection; here the server shall go on. */
function outliving(server: PGlite): PGlite {
  return new Proxy(server, {
    get(target, property) {
      if (property === "close") return async () => {};
      const value: unknown = Reflect.get(target, property, target);
      return typeof value === "function" ? (value.bind(target) as unknown) : value;
    },
  });
}
