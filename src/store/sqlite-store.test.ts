import { describe } from "vitest";
import { describeStore } from "../ports/store.contract.ts";
import { openSqliteStore } from "./sqlite-store.ts";

describe("store on SQLite", () => {
  describeStore(() => openSqliteStore({ path: ":memory:" }));
});
