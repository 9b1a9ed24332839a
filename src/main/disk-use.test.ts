import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { diskUseOf } from "./disk-use.ts";

function du(...paths: readonly string[]): number {
  const lines = execFileSync("du", ["--block-size=512", "--summarize", "--total", ...paths], {
    encoding: "utf8",
  });
  return Number(/^(\d+)\ttotal$/m.exec(lines)?.[1]) * 512;
}

test("what lies in the state directory is counted by kind, as du counts it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-disk-use-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const at = (...names: readonly string[]) => join(directory, ...names);
  mkdirSync(at("logs", "a", "b"), { recursive: true });
  writeFileSync(at("logs", "a", "b", "1.log"), "x".repeat(300_000));
  linkSync(at("logs", "a", "b", "1.log"), at("logs", "again.log"));
  symlinkSync(at("logs"), at("logs", "a", "around"));
  mkdirSync(at("hosted"));
  writeFileSync(at("hosted", "pack"), "x".repeat(50_000));
  writeFileSync(at("metrics.db"), "x".repeat(100_000));
  writeFileSync(at("metrics.db-wal"), "x".repeat(20_000));
  writeFileSync(at("slipway.db"), "x".repeat(9_000));
  writeFileSync(at("credentials"), "x");

  const found = await diskUseOf(directory);
  const bytes = Object.fromEntries(found.map((use) => [use.kind, use.bytes]));
  expect(bytes["logs"]).toBe(du(at("logs")));
  expect(bytes["repositories"]).toBe(du(at("hosted")));
  expect(bytes["metrics"]).toBe(du(at("metrics.db"), at("metrics.db-wal")));
  expect(bytes["database"]).toBe(du(at("slipway.db")));
  expect(found.reduce((sum, use) => sum + use.bytes, 0)).toBe(du(directory));
  expect(found.map(({ kind }) => kind)).toEqual(["logs", "metrics", "repositories", "database", "other"]);
});

test("a directory that is not there takes nothing", async () => {
  expect(await diskUseOf("/nowhere/at/all")).toEqual([]);
});
