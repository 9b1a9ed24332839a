import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../../test/support/wait-for.ts";
import { temporaryDirectory } from "../testing/test-repository.ts";
import { MirrorCache } from "./mirror-cache.ts";

const BYTES = 1000;
const never = new AbortController().signal;

let directory: string;

beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(() => rm(directory, { recursive: true }));

const names = async (): Promise<readonly string[]> => (await readdir(directory)).toSorted();

async function fill(name: string): Promise<void> {
  await mkdir(join(directory, name, "objects", "pack"), { recursive: true });
  await writeFile(join(directory, name, "objects", "pack", "one.pack"), Buffer.alloc(BYTES));
}

/** A checkout of the service that fetches something. */
async function use(cache: MirrorCache, serviceId: string): Promise<void> {
  await cache.use(serviceId, never, () => fill(`${serviceId}.git`));
  const endedAtMs = Date.now();
  await waitFor(() => Date.now() > endedAtMs, { everyMs: 0, what: "the next millisecond" });
}

test("above the limit those go that were used longest ago, with their submodules", async () => {
  const cache = new MirrorCache(directory, 3 * BYTES);
  await use(cache, "one");
  await cache.use("one", never, () => fill("one.modules/lib.git"));
  await use(cache, "two");
  expect(await names()).toEqual(["one.git", "one.modules", "two.git"]);
  await use(cache, "one");
  await use(cache, "three");
  expect(await names()).toEqual(["one.git", "one.modules", "three.git"]);
  await use(cache, "four");
  expect(await names()).toEqual(["four.git", "three.git"]);
});

test("a checkout looks at its own mirror alone, and the chores at all of them", async () => {
  const cache = new MirrorCache(directory, 3 * BYTES);
  await use(cache, "one");
  await use(cache, "two");
  await fill("one.modules/lib.git");
  await fill("one.modules/other.git");
  await use(cache, "two");
  expect(await names()).toEqual(["one.git", "one.modules", "two.git"]);
  await cache.trim();
  expect(await names()).toEqual(["two.git"]);
});

test("one that is in use, or waited for, stays until it is not", async () => {
  const cache = new MirrorCache(directory, BYTES);
  const begun = Promise.withResolvers<undefined>();
  const held = Promise.withResolvers<undefined>();
  const busy = cache.use("busy", never, async () => {
    await fill("busy.git");
    begun.resolve(undefined);
    await held.promise;
  });
  const waiting = cache.use("busy", never, () => Promise.resolve());
  await begun.promise;
  await use(cache, "other");
  await cache.removeLeft();
  expect(await names()).toEqual(["busy.git"]);
  held.resolve(undefined);
  await Promise.all([busy, waiting]);
  await use(cache, "other");
  expect(await names()).toEqual(["other.git"]);
});

test("a limit that one alone is above keeps nothing", async () => {
  await use(new MirrorCache(directory, 0), "one");
  expect(await names()).toEqual([]);
});

test("what a crash left while somebody looked into a repository is removed, and nothing else", async () => {
  const cache = new MirrorCache(directory, 9 * BYTES);
  for (const name of ["detect-1.git", "detect-2.modules", "gone-3", "service.git"]) await fill(name);
  await cache.use("detect-4", never, async () => {
    await fill("detect-4.git");
    await cache.removeLeft();
    expect(await names()).toEqual(["detect-4.git", "service.git"]);
  });
  await cache.forget("detect-4");
  expect(await names()).toEqual(["service.git"]);
});
