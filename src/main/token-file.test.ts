import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tokenReader } from "./token-file.ts";

test("the token is read anew each time, and what keeps it from being read is told once", () => {
  const directory = mkdtempSync(join(tmpdir(), "slipway-token-"));
  const path = join(directory, "token");
  const told: string[] = [];
  const read = tokenReader(path, { error: (_fields: object, message: string) => told.push(message) });
  expect([read(), read()]).toEqual([null, null]);
  expect(told).toEqual(["metricsTokenFile cannot be read: metrics are for this machine alone"]);
  writeFileSync(path, "hunter2\n");
  expect(read()).toBe("hunter2");
  rmSync(directory, { recursive: true });
  expect(read()).toBeNull();
  expect(told).toHaveLength(2);
});

test("without a file there is no token, and nothing to tell", () => {
  const read = tokenReader(undefined, { error: () => expect.fail("nothing is wrong") });
  expect(read()).toBeNull();
});
