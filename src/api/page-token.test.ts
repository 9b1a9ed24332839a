import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isSlipwayError } from "../domain/error.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { createPageTokens, type PageTokens } from "./page-token.ts";
import { testIds, testScope } from "./testing/test-api.ts";

let store: Store;
let tokens: PageTokens;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  tokens = createPageTokens({ store, scope: testScope, ids: testIds });
});
afterEach(() => store.close());

const isForeign = (call: Promise<unknown>): Promise<boolean> =>
  call.then(
    () => false,
    (error: unknown) => isSlipwayError(error, "ForeignToken"),
  );

test("a token opens for the request it was made for, whatever the order of its members", async () => {
  const token = await tokens.seal("1700000000000-42", [
    "ListServices",
    { MaxResults: 1, Filter: { a: 1, b: 2 } },
  ]);
  const again = ["ListServices", { Filter: { b: 2, a: 1 }, MaxResults: 1, Absent: undefined }];
  expect(await tokens.open(token, again)).toBe("1700000000000-42");
});

test("a token tells nothing about what it holds and stays below the model's 1024 characters", async () => {
  const key = "name-of-a-resource-".repeat(20);
  const token = await tokens.seal(key, []);
  expect(Buffer.from(token, "base64url").toString("latin1")).not.toContain("name-of");
  expect(token.length).toBeLessThan(1024);
  expect(await tokens.seal(key, [])).not.toBe(token);
});

test("a token opens for no other operation, parameter, account or region", async () => {
  const token = await tokens.seal("key", ["ListServices", { MaxResults: 1 }]);
  for (const binding of [
    ["ListServices", { MaxResults: 2 }],
    ["ListServices", {}],
    ["ListConnections", { MaxResults: 1 }],
  ]) {
    expect(await isForeign(tokens.open(token, binding))).toBe(true);
  }
  for (const scope of [
    { ...testScope, account: "111111111111" },
    { ...testScope, region: "eu-west-1" },
  ]) {
    const elsewhere = createPageTokens({ store, scope, ids: testIds });
    expect(await isForeign(elsewhere.open(token, ["ListServices", { MaxResults: 1 }]))).toBe(true);
  }
});

test("a token of another installation is foreign", async () => {
  const other = await openSqliteStore({ path: ":memory:" });
  const theirs = createPageTokens({ store: other, scope: testScope, ids: testIds });
  expect(await isForeign(tokens.open(await theirs.seal("key", []), []))).toBe(true);
  await other.close();
});

test("a token survives a restart, for its key is in the store", async () => {
  const token = await tokens.seal("key", []);
  const restarted = createPageTokens({ store, scope: testScope, ids: testIds });
  expect(await restarted.open(token, [])).toBe("key");
});

test("changing any one character makes a token foreign", async () => {
  const token = await tokens.seal("key", []);
  for (let index = 0; index < token.length; index += 1) {
    const changed = token.slice(0, index) + (token[index] === "A" ? "B" : "A") + token.slice(index + 1);
    expect([index, await isForeign(tokens.open(changed, []))]).toEqual([index, true]);
  }
});

test("no text that was made up is a token, and none is a fault", async () => {
  await fc.assert(fc.asyncProperty(fc.string(), async (text) => isForeign(tokens.open(text, []))));
  for (const text of ["", "=", "A".repeat(51_200)]) expect(await isForeign(tokens.open(text, []))).toBe(true);
});
