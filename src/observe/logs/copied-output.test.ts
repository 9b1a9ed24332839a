import { appendFile, mkdir, readdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { OutputLine } from "../../ports/container-engine.ts";
import {
  allTexts,
  application,
  hex,
  logBench,
  LONG_MS,
  numbered,
  owner,
  streamLimit,
  patience,
} from "./test-support.ts";

const instanceId = hex(7);
const stream = application(instanceId);

test("an instance's output is copied whole and kept after its end", async () => {
  const { open, engine } = await logBench();
  const log = open();
  log.follow(owner, instanceId);
  log.follow(owner, instanceId);
  engine.print(...numbered(100));
  engine.end();
  await log.finish(instanceId, LONG_MS);
  expect(engine.calls).toEqual([null]);
  expect(await allTexts(log, stream)).toEqual(numbered(100));
  expect(await log.tail(owner, instanceId, 3)).toEqual(["line 97", "line 98", "line 99"]);
});

test("lines can be read as soon as they are written", async () => {
  const { open, engine } = await logBench();
  const log = open();
  log.follow(owner, instanceId);
  engine.print("one");
  await expect.poll(async () => allTexts(log, stream), patience).toEqual(["one"]);
  engine.print("two");
  await expect.poll(async () => log.tail(owner, instanceId, 5), patience).toEqual(["one", "two"]);
  engine.end();
});

test("a new control plane goes on after the last line in the file, in the middle of a batch", async () => {
  const { open, engine, directory } = await logBench();
  engine.print(...numbered(10));
  engine.end();
  const first = open();
  first.follow(owner, instanceId);
  await first.finish(instanceId, LONG_MS);
  // Of the next batch one line came whole and one was torn.
  const path = join(directory, owner.serviceId, "instances", instanceId, "0.jsonl");
  await appendFile(
    path,
    '{"time":1,"stream":"stdout","text":"line 10","cursor":"11"}\n{"time":1,"stream":"stdo',
  );
  engine.print(...numbered(10, 10));
  const second = open();
  second.follow(owner, instanceId);
  await second.finish(instanceId, LONG_MS);
  expect(engine.calls).toEqual([null, "11"]);
  expect(await allTexts(second, stream)).toEqual(numbered(20));
});

test("pieces of a line whose last piece is missing are not kept twice", async () => {
  const { open, engine, directory } = await logBench();
  const path = join(directory, owner.serviceId, "instances", instanceId);
  await mkdir(path, { recursive: true });
  await appendFile(join(path, "0.jsonl"), '{"time":1,"stream":"stdout","text":"a piece"}\n');
  engine.print("a piece and the rest");
  engine.end();
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  expect(await allTexts(log, stream)).toEqual(["a piece and the rest"]);
});

test("a reader that fails is tried again from the last cursor", async () => {
  const { open, engine, problems } = await logBench();
  engine.failures.push(new Error("socket hang up"), new Error("socket hang up"));
  engine.breakAfter = 20;
  engine.print(...numbered(50));
  engine.end();
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  expect(engine.calls).toEqual([null, null, null, "21"]);
  expect(await allTexts(log, stream)).toEqual(numbered(50));
  expect(problems).toEqual(["log-copy-failed"]);
});

test("a full disk delays an instance's lines but loses none", async () => {
  const { open, engine, directory, problems } = await logBench();
  const path = join(directory, owner.serviceId, "instances", instanceId);
  await mkdir(path, { recursive: true });
  await symlink("/dev/full", join(path, "0.jsonl"));
  engine.print(...numbered(30));
  engine.end();
  const log = open();
  log.follow(owner, instanceId);
  await expect.poll(() => problems, patience).toEqual(["log-copy-failed ENOSPC"]);
  await rm(join(path, "0.jsonl"));
  await log.finish(instanceId, LONG_MS);
  expect(await allTexts(log, stream)).toEqual(numbered(30));
});

test("waiting for an instance that does not end stops at the deadline", async () => {
  const { open, engine } = await logBench();
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, 10);
  await log.finish(hex(99), LONG_MS);
  engine.print("late");
  await expect.poll(async () => allTexts(log, stream), patience).toEqual(["late"]);
  engine.end();
});

test("after the deadline a reader that fails is given up", async () => {
  const { open, engine } = await logBench();
  engine.failures.push(...Array.from({ length: 10_000 }, () => new Error("gone")));
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, 100);
  await log.finish(instanceId, LONG_MS); // would only return at its deadline
  engine.failures.length = 0;
  engine.print("again");
  engine.end();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  expect(await allTexts(log, stream)).toEqual(["again"]);
});

test("stopping ends all copying, and what was read is in the file", async () => {
  const { open, engine } = await logBench();
  const log = open();
  const stop = new AbortController();
  const running = log.start(stop.signal);
  log.follow(owner, instanceId);
  engine.print(...numbered(5));
  await expect.poll(async () => allTexts(log, stream), patience).toHaveLength(5);
  stop.abort();
  await running;
  log.follow(owner, hex(8));
  expect(engine.calls).toEqual([null]);
});

test("an instance may write anything: binary, nothing, control characters, a megabyte", async () => {
  const { open, engine } = await logBench();
  const lines = ["\uDC00\uD800", "", "\r\u0000\u2028", "x".repeat(1_000_000), "end"];
  engine.print(...lines);
  engine.end();
  const log = open();
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  const texts = await allTexts(log, stream);
  expect(texts.join("|").replaceAll("x|x", "xx")).toBe(["\uFFFD\uFFFD", ...lines.slice(1)].join("|"));
});

test("a thousand silent instances hold no files open, and each line finds its stream", async () => {
  const { open } = await logBench();
  const speak = Promise.withResolvers<void>();
  const engine = {
    async *readOutput(id: string): AsyncGenerator<readonly OutputLine[]> {
      await speak.promise;
      yield [{ stream: "stdout", timestampMs: 1, text: id, cursor: "1" }];
    },
  };
  const log = open({}, engine);
  const before = (await readdir("/proc/self/fd")).length;
  const ids = Array.from({ length: 1_000 }, (_, index) => hex(index));
  for (const id of ids) log.follow(owner, id);
  await expect.poll(async () => (await readdir("/proc/self/fd")).length, patience).toBeLessThan(before + 10);
  speak.resolve();
  await Promise.all(ids.map(async (id) => log.finish(id, LONG_MS)));
  const tails = await Promise.all(ids.map(async (id) => log.tail(owner, id, 2)));
  expect(tails.flat()).toEqual(ids);
});

test("a hundred thousand lines arrive in order, and the oldest go at the limit", async () => {
  const { open, engine } = await logBench();
  engine.batchSize = 5_000;
  engine.print(...numbered(100_000));
  engine.end();
  const log = open(streamLimit(4 * 1024 * 1024));
  log.follow(owner, instanceId);
  await log.finish(instanceId, LONG_MS);
  const texts = await allTexts(log, stream, 10_000);
  expect(texts.length).toBeGreaterThan(20_000);
  expect(texts).toEqual(numbered(texts.length, 100_000 - texts.length));
  const [summary] = await log.streams(owner);
  expect(summary).toMatchObject({ lastEventMs: 1_000 + 99_999 });
  expect(summary?.storedBytes).toBeLessThanOrEqual(4 * 1024 * 1024);
});
