import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { servingPid } from "./process-control.ts";
import { readSettings } from "./settings.ts";
import { PID_FILE, prepareStateDirectory } from "./state-directory.ts";

let directory = "";
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), "slipway-main-"))));
afterEach(() => rmSync(directory, { recursive: true }));

const settings = () => readSettings({ SLIPWAY_STATE_DIR: directory });
const claim = (pid: number) => writeFileSync(join(directory, PID_FILE), `${pid}\n`);

describe("the pid of the control plane", () => {
  it("is one that has the database open", () => {
    const database = new DatabaseSync(join(directory, "slipway.db"));
    claim(process.pid);
    expect(servingPid(settings())).toBe(process.pid);
    database.close();
  });

  it("is nobody else's, though a foreign program that serves got the number after a reboot", () => {
    new DatabaseSync(join(directory, "slipway.db")).close();
    const stranger = spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)", "serve"]);
    try {
      claim(stranger.pid ?? 0);
      expect(servingPid(settings())).toBeNull();
    } finally {
      stranger.kill();
    }
  });
});

describe("the state directory", () => {
  it("is tightened when others may enter it", () => {
    chmodSync(directory, 0o755);
    prepareStateDirectory(directory);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
  });

  it("is made with the directories above it", () => {
    const path = join(directory, "state", "slipway");
    prepareStateDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it.each([
    ["a file", "file", "this exists and is no directory", "file"],
    ["below a file", "file/slipway", "this exists and is no directory", "file"],
    [
      "where no directory can be",
      "/proc/slipway",
      "the file system there takes no directories",
      "/proc/slipway",
    ],
    ["further below", "/proc/slipway/x", "the file system there takes no directories", "/proc/slipway"],
  ])("is refused at once, with what to do, when it is %s", (_where, name, problem, at) => {
    writeFileSync(join(directory, "file"), "");
    const path = resolve(directory, name);
    expect(() => prepareStateDirectory(path)).toThrow(
      `The state directory ${path} cannot be made: ${problem} (${resolve(directory, at)}). Set SLIPWAY_STATE_DIR`,
    );
  });

  it("is never one that many share: closing /tmp would stop the machine", () => {
    chmodSync(directory, 0o1777);
    expect(() => prepareStateDirectory(directory)).toThrow("a directory that many share");
    expect(statSync(directory).mode & 0o7777).toBe(0o1777);
  });
});
