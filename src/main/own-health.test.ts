import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeContainerEngine } from "../ports/fake-container-engine.ts";
import type { DiskUse } from "../ports/own-health.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { type OwnHealthOptions, WatchedHealth } from "./own-health.ts";

let directory: string;
let store: Store;
let nowMs: number;
const missing = new Map<string, string>();
const engine = new FakeContainerEngine();

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

function health(change: Partial<OwnHealthOptions> = {}): WatchedHealth {
  const clock = { now: () => nowMs };
  return new WatchedHealth({
    store,
    stateDirectory: directory,
    clock,
    missing,
    logProblemCount: () => 3,
    engine,
    ...change,
  });
}

test("it is ready since all was there, and anew after something was missing", async () => {
  const watched = health();
  missing.set("engine", "no socket");
  expect(await watched.problems()).toEqual([{ part: "engine", detail: "no socket" }]);
  missing.clear();
  const status = await watched.status();
  expect(status).toMatchObject({ problems: [], readySinceMs: 1_000, logProblemCount: 3 });
  const { machine, diskFreeBytes } = status;
  expect(machine.cpuCount).toBeGreaterThan(0);
  expect(machine.memoryReserveBytes).toBeLessThan(machine.memoryBytes);
  expect(machine.memoryAvailableBytes).toBeLessThanOrEqual(machine.memoryBytes);
  expect(diskFreeBytes).toBeLessThanOrEqual(machine.diskBytes ?? 0);
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

test("what the engine last said of itself stays when it does not answer any more", async () => {
  const watched = health();
  nowMs = 3_000;
  expect(await watched.engine()).toMatchObject({
    isAnswering: true,
    last: { atMs: 3_000, facts: { version: "1" } },
  });
  nowMs = 4_000;
  engine.facts = () => Promise.reject(new Error("no socket"));
  expect(await watched.engine()).toMatchObject({ isAnswering: false, last: { atMs: 3_000 } });
  expect(await health().engine()).toEqual({ isAnswering: false, last: null });
});

test("a database that does not answer and a disk that is gone are told", async () => {
  const silent = {
    ...store,
    settings: { ...store.settings, get: () => Promise.reject(new Error("broken")) },
  };
  const watched = health({ store: silent, stateDirectory: join(directory, "gone") });
  expect((await watched.problems()).map(({ part }) => part)).toEqual(["store", "disk"]);
});

test("a directory that takes long to count is told so, and who asks again waits for the same walk", async () => {
  const walk = Promise.withResolvers<readonly DiskUse[]>();
  let walks = 0;
  const measureDisk = async () => {
    walks += 1;
    return await walk.promise;
  };
  const watched = health({ measureDisk, diskUseDeadlineMs: 10 });
  await expect(watched.diskUse()).rejects.toThrow(
    `${directory} is not counted through after 0.01 s: it holds very many files, or its disk is slow. Counting goes on: ask again later.`,
  );
  const again = watched.diskUse();
  walk.resolve([{ kind: "logs", bytes: 5 }]);
  expect(await again).toEqual([{ kind: "logs", bytes: 5 }]);
  expect(walks).toBe(1);
  expect(await watched.diskUse()).toHaveLength(1);
  expect(walks).toBe(2);
});
