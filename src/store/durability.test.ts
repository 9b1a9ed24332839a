import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isSlipwayError } from "../domain/error.ts";
import { openSqliteStore } from "./sqlite-store.ts";

const KILLS = 5;
const TIMEOUT_MS = 60_000;
const program = fileURLToPath(new URL("testing/committer.ts", import.meta.url));

describe("a store whose process is killed", () => {
  let directory: string;
  let path: string;
  const children: ChildProcess[] = [];
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "slipway-store-"));
    path = join(directory, "slipway.db");
  });
  afterEach(() => {
    for (const child of children.splice(0)) child.kill("SIGKILL");
    rmSync(directory, { recursive: true });
  });

  /** Kills the process after this many commits; returns the last count it had reported as committed. */
  async function commitUntilKilled(commits: number): Promise<number> {
    const child = startCommitter();
    let reported = 0;
    let lines = 0;
    for await (const line of createInterface(child.stdout)) {
      reported = Number(line);
      lines += 1;
      if (lines === commits) child.kill("SIGKILL");
    }
    return reported;
  }

  function startCommitter() {
    const child = spawn(process.execPath, [program, path], { stdio: ["ignore", "pipe", "inherit"] });
    children.push(child);
    return child;
  }

  it(
    "has lost nothing that was committed, and kept nothing by half",
    async () => {
      let committed = 0;
      for (let kill = 1; kill <= KILLS; kill++) {
        const reported = await commitUntilKilled(kill * 17);
        expect(reported).toBeGreaterThanOrEqual(committed + kill * 17);
        const store = await openSqliteStore({ path });
        const count = Number(await store.settings.get("count"));
        expect([reported, reported + 1]).toContain(count);
        expect(await store.tags.list("counts")).toHaveLength(count);
        await store.close();
        committed = count;
      }
    },
    TIMEOUT_MS,
  );

  it(
    "is refused to a second process, which learns who has it, until the first is gone",
    async () => {
      const child = startCommitter();
      await once(child.stdout, "data");
      const error: unknown = await openSqliteStore({ path }).catch((reason: unknown) => reason);
      expect(isSlipwayError(error, "StoreUnavailable")).toBe(true);
      expect(String(error)).toContain(`process ${child.pid} is using it`);
      const exit = once(child, "exit");
      child.kill("SIGKILL");
      await exit;
      const store = await openSqliteStore({ path });
      expect(Number(await store.settings.get("count"))).toBeGreaterThan(0);
      await store.close();
    },
    TIMEOUT_MS,
  );
});
