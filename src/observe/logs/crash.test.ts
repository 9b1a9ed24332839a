import { spawn } from "node:child_process";
import { once } from "node:events";
import { stat, truncate } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { allTexts, application, hex, logBench, LONG_MS, numbered, owner } from "./test-support.ts";

const instanceId = hex(7);
const stream = application(instanceId);

/** Runs a copying process to its end; says by which signal it ended. */
async function copyInChild(...parameters: readonly (string | number)[]): Promise<NodeJS.Signals | null> {
  const fixture = fileURLToPath(new URL("./copy.fixture.ts", import.meta.url));
  const child = spawn(process.execPath, [fixture, ...parameters.map(String)], { stdio: "inherit" });
  const [, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return signal;
}

test(
  "each line is copied exactly once however often the control plane is killed",
  { timeout: 60_000 },
  async () => {
    const { directory, open } = await logBench();
    for (const [run, killAfter] of [0, 5_000, 20_000, 30_000, 45_000].entries()) {
      expect(await copyInChild(directory, 50_000, killAfter, run)).toBe("SIGKILL");
      const copied = await allTexts(open(), stream, 10_000);
      expect(copied.length).toBeLessThan(50_000);
      expect(copied).toEqual(numbered(copied.length));
    }
    expect(await copyInChild(directory, 50_000, 50_000, 0)).toBeNull();
    expect(await allTexts(open(), stream, 10_000)).toEqual(numbered(50_000));
  },
);

test("wherever the file was torn, copying goes on without loss or doubles", { timeout: 30_000 }, async () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(text, { minLength: 1, maxLength: 30 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      async (lines, share) => {
        const { directory, engine, open } = await logBench();
        engine.print(...lines);
        engine.end();
        const path = join(directory, owner.serviceId, "instances", instanceId, "0.jsonl");
        for (let run = 0; run < 2; run++) {
          const log = open();
          log.follow(owner, instanceId);
          await log.finish(instanceId, LONG_MS);
          expect(await allTexts(log, stream)).toEqual(lines.map((line) => line.toWellFormed()));
          await truncate(path, Math.floor((await stat(path)).size * share));
        }
      },
    ),
    { numRuns: 30 },
  );
});
