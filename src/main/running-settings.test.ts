import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { differencesFrom, readRunning, recordRunning } from "./running-settings.ts";
import { readSettings } from "./settings.ts";

let directory = "";
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "slipway-main-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const settings = (variables: Readonly<Record<string, string>> = {}) =>
  readSettings({ SLIPWAY_STATE_DIR: directory, ...variables });

test("the settings of the process that runs are told from those given now", () => {
  recordRunning(settings({ SLIPWAY_API_PORT: "7071", SLIPWAY_BUILD_MEMORY_MIB: "512" }));
  const running = readRunning(directory, process.pid) ?? {};
  expect(differencesFrom(running, settings({ SLIPWAY_BUILDS_AT_ONCE: "2" }))).toEqual([
    { name: "apiPort", running: "7071", given: "7070" },
    { name: "buildMemoryMiB", running: "512", given: "not set" },
    { name: "buildsAtOnce", running: "1", given: "2" },
  ]);
  const same = settings({
    SLIPWAY_API_PORT: "7071",
    SLIPWAY_BUILD_MEMORY_MIB: "512",
    SLIPWAY_LOG_FILE: "/x",
  });
  expect(differencesFrom(running, same)).toEqual([]);
});

test("what another process left behind says nothing of this one", () => {
  expect(readRunning(directory, process.pid)).toBeNull();
  recordRunning(settings());
  expect(readRunning(directory, process.pid + 1)).toBeNull();
});
