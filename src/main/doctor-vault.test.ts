import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KnownValues } from "../secrets/known-values.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { checkMasterKey } from "./doctor-vault.ts";
import { INSTALLATION_ID } from "./installation-id.ts";
import { readSettings } from "./settings.ts";
import { openVault } from "./vault-parts.ts";

let directory: string;
let key: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
  key = join(directory, "master.key");
});
afterEach(() => rmSync(directory, { recursive: true }));

const settings = () => readSettings({ SLIPWAY_STATE_DIR: directory });
const look = (environment: Record<string, string> = {}, isServing = false) =>
  checkMasterKey(settings(), isServing, environment);

async function start(environment: Record<string, string> = {}): Promise<void> {
  const store = await openSqliteStore({ path: join(directory, "slipway.db") });
  try {
    await openVault(settings(), store, new KnownValues(), environment);
    await store.settings.put(INSTALLATION_ID, "x");
  } finally {
    await store.close();
  }
}

it("is content before the first start, and with the key that start makes", async () => {
  expect(await look()).toMatchObject({ status: "ok", detail: "Made at the first start" });
  await start();
  expect(await look()).toMatchObject({ status: "ok", detail: expect.stringContaining("opens the vault") });
});

it("fails where a start would fail: others may read the key, it is damaged, empty or another one", async () => {
  await start();
  chmodSync(key, 0o640);
  await expect(start()).rejects.toThrow("others may read");
  expect(await look()).toMatchObject({
    status: "failed",
    remedy: expect.stringContaining(`chmod 600 ${key}`),
  });
  chmodSync(key, 0o600);
  writeFileSync(key, "");
  expect(await look()).toMatchObject({ status: "failed", detail: expect.stringContaining("is empty") });
  writeFileSync(key, "short");
  expect(await look()).toMatchObject({ status: "failed", detail: expect.stringContaining("damaged") });
  writeFileSync(key, randomBytes(32).toString("base64"));
  expect(await look()).toMatchObject({
    status: "failed",
    detail: expect.stringContaining("another master key"),
  });
  await expect(start()).rejects.toThrow("does not open the vault");
});

it("tells of a key that is missing while data are sealed, and neither it nor a start makes a new one", async () => {
  await start();
  rmSync(key);
  expect(await look()).toMatchObject({ status: "failed", detail: expect.stringContaining("is missing") });
  await expect(start()).rejects.toThrow("is missing");
  expect(existsSync(key)).toBe(false);
});

it("knows a key from the environment, which nobody else inherits", async () => {
  const environment: Record<string, string> = { SLIPWAY_MASTER_KEY: randomBytes(32).toString("hex") };
  const given = { ...environment };
  await start(environment);
  expect(environment).toEqual({});
  expect(existsSync(key)).toBe(false);
  expect(await look(given)).toMatchObject({ status: "ok" });
  expect(await look({ SLIPWAY_MASTER_KEY: randomBytes(32).toString("hex") })).toMatchObject({
    status: "failed",
  });
  expect(await look({ SLIPWAY_MASTER_KEY: "short" })).toMatchObject({ status: "failed" });
  expect(await look()).toMatchObject({
    status: "warning",
    detail: expect.stringContaining("SLIPWAY_MASTER_KEY"),
  });
  expect(await look({}, true)).toMatchObject({ status: "ok" });
});
