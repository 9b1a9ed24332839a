import { expect, test } from "vitest";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { ensureRootAccessKey } from "./root-access-key.ts";
import { testScope } from "./testing/test-api.ts";

const options = { scope: testScope, clock: { now: () => 7 } };

test("the root key is made once, shaped as AWS's, and kept", async () => {
  const store = await openSqliteStore({ path: ":memory:" });
  const key = await ensureRootAccessKey(store, options);
  expect(key).toEqual({
    id: expect.stringMatching(/^AKIA[A-Z2-7]{16}$/),
    secret: expect.stringMatching(/^[A-Za-z0-9+/]{40}$/),
    principalArn: "arn:aws:iam::000000000000:root",
    createdAtMs: 7,
  });
  expect(await ensureRootAccessKey(store, options)).toBeNull();
  expect(await store.accessKeys.list()).toEqual([key]);
  await store.close();
});

test("no two installations get the same key", async () => {
  const made = new Set<string | undefined>();
  for (let count = 0; count < 3; count += 1) {
    const store = await openSqliteStore({ path: ":memory:" });
    made.add((await ensureRootAccessKey(store, options))?.secret);
    await store.close();
  }
  expect(made.size).toBe(3);
});
