import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureMasterKey } from "../secrets/master-key.ts";
import { checkMasterKey, runDoctor, runEssentialChecks } from "./doctor.ts";
import { readSettings } from "./settings.ts";

let directory: string;
let key: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
  key = join(directory, "master.key");
});
afterEach(() => rmSync(directory, { recursive: true }));

const look = () => checkMasterKey({ stateDirectory: directory });

describe("the check of the master key", () => {
  it("is content before the first start, and with the key that start makes", async () => {
    expect(await look()).toMatchObject({ status: "ok", detail: "Made at the first start" });
    ensureMasterKey(key);
    expect(await look()).toMatchObject({ status: "ok" });
  });

  it("fails where a start would fail: others may read the key", async () => {
    writeFileSync(key, "x", { mode: 0o640 });
    expect(() => ensureMasterKey(key)).toThrow("others may read");
    expect(await look()).toMatchObject({
      status: "failed",
      remedy: expect.stringContaining(`chmod 600 ${key}`),
    });
  });

  it("fails with a key that a full disk left empty", async () => {
    writeFileSync(key, "", { mode: 0o600 });
    expect(await look()).toMatchObject({ status: "failed", remedy: "Put its backup back." });
  });
});

describe("the doctor", () => {
  it("names a setting whose file a start could not read", async () => {
    const path = join(directory, "nowhere.pem");
    const settings = readSettings({ SLIPWAY_STATE_DIR: directory, SLIPWAY_ACME_CA_FILE: path });
    const find = async () =>
      (await runEssentialChecks(settings)).find(({ name }) => name === "setting-files");
    expect(await find()).toMatchObject({
      status: "failed",
      detail: `Setting acmeCaFile: ${path} cannot be read`,
    });
    writeFileSync(path, "");
    expect(await find()).toMatchObject({ status: "ok" });
  });

  it("says of each failure what to do, and finds what a start needs among all it looks at", async () => {
    const settings = readSettings({
      SLIPWAY_STATE_DIR: directory,
      SLIPWAY_DOCKER_SOCKET: join(directory, "nobody.sock"),
    });
    const all = await runDoctor(settings, null);
    const essential = await runEssentialChecks(settings);
    expect(all.filter(({ status, remedy }) => status !== "ok" && remedy === undefined)).toEqual([]);
    expect(all.find(({ name }) => name === "engine")).toMatchObject({ status: "failed" });
    const names = essential.map(({ name }) => name);
    expect(all.slice(0, names.length).map(({ name }) => name)).toEqual(names);
    // Services from images run without git: a start does not wait for it.
    expect(names).not.toContain("git");
    expect(all.map(({ name }) => name)).toContain("git");
  });
});
