import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { RotatingLog } from "./rotating-log.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "slipway-log-"));
});

afterEach(() => rmSync(directory, { recursive: true }));

describe("the control plane's own log", () => {
  it("never grows beyond its bound, and keeps the newest lines", () => {
    const path = join(directory, "serve.log");
    const log = new RotatingLog(path);
    const line = `${"x".repeat(1023)}\n`;
    for (let count = 0; count < 25 * 1024; count++) log.write(line);
    log.write("the last line\n");
    expect(statSync(path).size + statSync(`${path}.1`).size).toBeLessThan(21 * 1024 * 1024);
    expect(readFileSync(path, "utf8").endsWith("the last line\n")).toBe(true);
  });

  it("goes on with the file of the process before", () => {
    const path = join(directory, "serve.log");
    new RotatingLog(path).write("before\n");
    new RotatingLog(path).write("after\n");
    expect(readFileSync(path, "utf8")).toBe("before\nafter\n");
  });

  it("survives a disk that is full", () => {
    expect(() => new RotatingLog("/dev/full").write("lost\n")).not.toThrow();
  });
});
