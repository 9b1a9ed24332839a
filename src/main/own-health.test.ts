import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { WatchedHealth } from "./own-health.ts";

let directory: string;
let store: Store;
let nowMs: number;
const missing = new Map<string, string>();

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "health-"));
  store = await openSqliteStore({ path: join(directory, "slipway.db") });
  nowMs = 1_000;
  missing.clear();
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true, force: true });
});

function health(change: { store?: Store; stateDirectory?: string } = {}): WatchedHealth {
  const clock = { now: () => nowMs };
  return new WatchedHealth({
    store,
    stateDirectory: directory,
    clock,
    missing,
    logProblemCount: () => 3,
    ...change,
  });
}

test("it is ready since all was there, and anew after something was missing", async () => {
  const watched = health();
  missing.set("engine", "no socket");
  expect(await watched.problems()).toEqual([{ part: "engine", detail: "no socket" }]);
  missing.clear();
  expect(await watched.status()).toMatchObject({ problems: [], readySinceMs: 1_000, logProblemCount: 3 });
  nowMs = 2_000;
  expect((await watched.status()).readySinceMs).toBe(1_000);
  missing.set("edge", "gone");
  expect((await watched.status()).readySinceMs).toBeNull();
  missing.clear();
  expect((await watched.status()).readySinceMs).toBe(2_000);
});

test("it is ready since the keeper missed nothing any more, not since somebody asked", async () => {
  const watched = health();
  missing.set("control plane", "starting");
  watched.missingChanged();
  nowMs = 2_000;
  missing.clear();
  watched.missingChanged();
  nowMs = 60_000;
  expect((await watched.status()).readySinceMs).toBe(2_000);
});

test("a database that does not answer and a disk that is gone are told", async () => {
  const silent = {
    ...store,
    settings: { ...store.settings, get: () => Promise.reject(new Error("broken")) },
  };
  const watched = health({ store: silent, stateDirectory: join(directory, "gone") });
  expect((await watched.problems()).map(({ part }) => part)).toEqual(["store", "disk"]);
});
