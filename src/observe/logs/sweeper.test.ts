import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import {
  allTexts,
  application,
  events,
  hex,
  logBench,
  LONG_MS,
  numbered,
  owner,
  streamLimit,
  patience,
} from "./test-support.ts";

const DAY_MS = 86_400_000;
const instanceId = hex(4);

test("lines past their age are removed, and an empty service leaves no directory", async () => {
  const { open, clock, directory } = await logBench();
  const log = open();
  await log.write(owner, events, { key: "k", text: "a" });
  await log.write(owner, { kind: "operation", operationId: hex(5) }, { key: "k", text: "a" });
  await log.sweep();
  expect(await log.streams(owner)).toHaveLength(2);
  clock.nowMs += 15 * DAY_MS;
  await log.sweep();
  expect(await readdir(directory)).toEqual([]);
});

test("a removed stream can be written to again", async () => {
  const { open, clock } = await logBench();
  const log = open();
  await log.write(owner, events, { key: "1", text: "old" });
  const { cursor } = await log.read(owner, events, { cursor: null }, 9);
  clock.nowMs += 15 * DAY_MS;
  await log.sweep();
  await log.write(owner, events, { key: "2", text: "n" });
  expect(await allTexts(log, events)).toEqual(["[AppRunner] n"]);
  expect((await log.read(owner, events, { cursor }, 9)).lines).toHaveLength(1);
});

test("a quiet instance that still runs loses its old lines but not its place", async () => {
  const { open, clock, engine } = await logBench();
  engine.print(...numbered(10));
  const log = open();
  log.follow(owner, instanceId);
  await expect.poll(async () => log.tail(owner, instanceId, 99), patience).toHaveLength(10);
  clock.nowMs += 15 * DAY_MS;
  await log.sweep();
  expect(await log.tail(owner, instanceId, 99)).toEqual([]);
  const restarted = open();
  restarted.follow(owner, instanceId);
  await expect.poll(() => engine.calls, patience).toEqual([null, "10"]);
  engine.print("line 10");
  engine.end();
  await restarted.finish(instanceId, LONG_MS);
  expect(engine.calls).toEqual([null, "10"]);
});

test("a slow stream begins new segments, so that its old lines can go", async () => {
  const { open, clock, directory } = await logBench();
  const log = open();
  await log.write(owner, events, { key: "1", text: "old" });
  clock.nowMs += 2 * DAY_MS;
  await log.write(owner, events, { key: "2", text: "new" });
  expect((await readdir(join(directory, owner.serviceId))).sort()).toEqual([
    "events.1.jsonl",
    "events.jsonl",
    "owner.json",
  ]);
  expect(await allTexts(log, events)).toEqual(["[AppRunner] old", "[AppRunner] new"]);
});

test("a service that takes too much loses its oldest segments first", async () => {
  const { open, engine } = await logBench();
  engine.print(...numbered(2_000));
  engine.end();
  const log = open({
    ...streamLimit(100_000),
    maxBytesPerGroup: { application: 40_000, access: 40_000, service: 40_000 },
  });
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  await log.sweep();
  const [summary] = await log.streams(owner);
  expect(summary?.storedBytes).toBeLessThanOrEqual(40_000);
  expect(await log.tail(owner, instanceId, 1)).toEqual(["line 1999"]);
  expect((await allTexts(log, application(instanceId))).at(-1)).toBe("line 1999");
});

test("the sweep runs by itself and leaves strange files alone", async () => {
  const { open, clock, directory } = await logBench();
  const log = open();
  await log.write(owner, events, { key: "k", text: "a" });
  const strange = join(directory, owner.serviceId, "notes.txt");
  await writeFile(strange, "mine");
  clock.nowMs += 15 * DAY_MS;
  const stop = new AbortController();
  const running = log.start(stop.signal);
  await expect.poll(async () => log.streams(owner), patience).toEqual([]);
  stop.abort();
  await running;
  expect(await readdir(join(directory, owner.serviceId))).toEqual(["notes.txt"]);
});
