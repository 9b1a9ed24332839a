import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openSqliteStore } from "./sqlite-store.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "slipway-erasure-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

async function isOnDisk(text: string): Promise<boolean> {
  const files = await readdir(directory);
  const contents = await Promise.all(files.map((file) => readFile(join(directory, file), "latin1")));
  return contents.some((content) => content.includes(text));
}

test("what was removed is nowhere in the files of a database that was closed since", async () => {
  const path = join(directory, "slipway.db");
  const small = randomBytes(40).toString("base64url");
  // Goes to pages of its own, which are free afterwards.
  const large = randomBytes(20_000).toString("base64url");
  const first = await openSqliteStore({ path });
  await first.sealedValues.save("key", "material", small);
  await first.sealedValues.save("key", "large", large);
  await first.sealedValues.save("another", "material", "stays-where-it-is");
  await first.close();
  expect([await isOnDisk(small), await isOnDisk(large.slice(-500))]).toEqual([true, true]);
  const second = await openSqliteStore({ path });
  await second.sealedValues.removeAll("key");
  await second.close();
  expect([await isOnDisk(small), await isOnDisk(large.slice(-500))]).toEqual([false, false]);
  expect(await isOnDisk("stays-where-it-is")).toBe(true);
});
