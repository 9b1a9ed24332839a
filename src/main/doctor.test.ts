import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { doctorChecks, runEssentialChecks } from "./doctor.ts";
import { runChecks } from "./doctor-check.ts";
import { readSettings } from "./settings.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-doctor-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

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
    const all = await runChecks(doctorChecks(settings, null));
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
