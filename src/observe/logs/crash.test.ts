import { readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  allTexts,
  application,
  copyInChild,
  hex,
  logBench,
  LONG_MS,
  numbered,
  owner,
  patience,
  streamLimit,
} from "./test-support.ts";

const instanceId = hex(7);
const stream = application(instanceId);

test(
  "each line is copied exactly once however often the control plane is killed",
  { timeout: 60_000 },
  async () => {
    const { directory, open } = await logBench();
    for (const [run, killAfter] of [0, 5_000, 20_000, 30_000, 40_000].entries()) {
      expect(await copyInChild(directory, 50_000, killAfter, run)).toBe("SIGKILL");
      const copied = await allTexts(open(), stream, 10_000);
      expect(copied.length).toBeLessThan(50_000);
      expect(copied).toEqual(numbered(copied.length));
    }
    expect(await copyInChild(directory, 50_000, 50_000, 0)).toBeNull();
    expect(await allTexts(open(), stream, 10_000)).toEqual(numbered(50_000));
  },
);

test(
  "packing that is killed at any time leaves every line, once, and is done after the next start",
  { timeout: 120_000 },
  async () => {
    const { directory, open } = await logBench();
    const limit = 6 * 1024 * 1024;
    const streamDirectory = join(directory, owner.serviceId, "instances", instanceId);
    for (const [run, killAfter] of [20_000, 22_000, 28_000, 40_000, 44_000, 60_000].entries()) {
      expect(await copyInChild(directory, 70_000, killAfter, run * 3, limit)).toBe("SIGKILL");
      const copied = await allTexts(open(streamLimit(limit)), stream, 10_000);
      expect(copied).toEqual(numbered(copied.length));
    }
    expect(await copyInChild(directory, 70_000, 70_000, 0, limit)).toBeNull();
    const log = open(streamLimit(limit));
    await expect
      .poll(async () => {
        await log.sweep();
        return (await readdir(streamDirectory)).filter((name) => !name.endsWith(".jsonl.zst"));
      }, patience)
      .toEqual([]);
    expect(await allTexts(log, stream, 10_000)).toEqual(numbered(70_000));
  },
);

test("between any two acts of packing and of removing a segment, all of it is there or none", async () => {
  const { directory, engine, open } = await logBench();
  const said = Array.from({ length: 1_000 }, (_, index) => `line ${index} ${"x".repeat(100)}`);
  engine.batchSize = 500;
  engine.print(...said);
  engine.end();
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  const streamDirectory = join(directory, owner.serviceId, "instances", instanceId);
  const [plain, packed, draft] = ["0.jsonl", "0.jsonl.zst", "0.jsonl.zst.tmp"].map((name) =>
    join(streamDirectory, name),
  ) as [string, string, string];
  await expect.poll(async () => readdir(streamDirectory), patience).toEqual(["0.jsonl.zst"]);
  const whole = await readFile(packed);
  const text = zstdDecompressSync(whole); // a single block
  const states: readonly (readonly [plain: boolean, packed: boolean, draft: Buffer | null])[] = [
    [true, false, null],
    [true, false, whole.subarray(0, 100)],
    [true, false, whole],
    [true, true, null],
    [false, true, null],
  ];
  for (const [isPlain, isPacked, drafted] of states) {
    await Promise.all([plain, packed, draft].map(async (path) => rm(path, { force: true })));
    if (isPlain) await writeFile(plain, text);
    if (isPacked) await writeFile(packed, whole);
    if (drafted !== null) await writeFile(draft, drafted);
    const restarted = open();
    expect((await allTexts(restarted, stream)).join()).toBe(said.join());
    restarted.follow(owner, instanceId);
    await restarted.finish(instanceId, LONG_MS);
    await restarted.sweep();
    await expect.poll(async () => readdir(streamDirectory), patience).toEqual(["0.jsonl.zst"]);
    expect((await allTexts(restarted, stream)).join()).toBe(said.join());
    expect(engine.calls.at(-1)).toBe("1000");
  }
  await log.removeStream(owner, stream);
  expect(await allTexts(log, stream)).toEqual([]);
});

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
