import { randomBytes } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../ports/store.ts";
import { SealedVault } from "../secrets/sealed-vault.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { ensureRootAccessKey } from "./root-access-key.ts";
import { testScope } from "./testing/test-api.ts";

const anOptions = () => ({
  scope: testScope,
  clock: { now: () => 7 },
  vault: new SealedVault(randomBytes(32)),
});
let store: Store;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
});
afterEach(() => store.close());

test("the root key is made once, shaped as AWS's, and kept; its secret lies sealed", async () => {
  const options = anOptions();
  const key = await ensureRootAccessKey(store, options);
  expect(key).toEqual({
    id: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    secret: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    isNew: true,
  });
  expect(await ensureRootAccessKey(store, options)).toEqual({ ...key, isNew: false });
  const [row, ...more] = await store.accessKeys.list();
  expect(row).toMatchObject({ id: key.id, principalArn: "arn:aws:iam::000000000000:root", createdAtMs: 7 });
  expect(JSON.stringify(row)).not.toContain(key.secret);
  expect(more).toEqual([]);
});

test("who owns the machine gets another key when the last one was made inactive", async () => {
  const options = anOptions();
  const { id } = await ensureRootAccessKey(store, options);
  const row = await store.accessKeys.get(id);
  if (row === null) throw new Error("no key");
  await store.accessKeys.save({ ...row, isActive: false });
  expect(await ensureRootAccessKey(store, options)).toMatchObject({ isNew: true });
  expect(await store.accessKeys.list()).toHaveLength(2);
});

test("a key under a master key that is lost makes room for a new one", async () => {
  const lost = await ensureRootAccessKey(store, anOptions());
  const found = await ensureRootAccessKey(store, anOptions());
  expect(found).toMatchObject({ isNew: true });
  expect((await store.accessKeys.list()).map(({ id }) => id)).toEqual([found.id]);
  expect(found.id).not.toBe(lost.id);
});

test("no two installations get the same key", async () => {
  const other = await openSqliteStore({ path: ":memory:" });
  const made = [await ensureRootAccessKey(store, anOptions()), await ensureRootAccessKey(other, anOptions())];
  expect(new Set(made.map(({ secret }) => secret)).size).toBe(2);
  await other.close();
});
