import { appendFile, mkdir, rm, stat, symlink } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { allTexts, events, fileText, hex, logBench, numbered, owner, patience } from "./test-support.ts";

test("lines of ours carry App Runner's prefix, in order", async () => {
  const log = (await logBench()).open();
  await log.write(owner, events, { key: "1", text: "Service creation started." });
  await log.write(owner, events, { key: "2", text: "Service status is set to RUNNING." });
  expect(await allTexts(log, events)).toEqual([
    "[AppRunner] Service creation started.",
    "[AppRunner] Service status is set to RUNNING.",
  ]);
});

test("a key is written once in its stream, and again in another stream", async () => {
  const log = (await logBench()).open();
  const operation = { kind: "operation", operationId: hex(9) } as const;
  for (const stream of [events, events, operation]) await log.write(owner, stream, { key: "k", text: "a" });
  expect(await allTexts(log, events)).toEqual(["[AppRunner] a"]);
  expect(await allTexts(log, operation)).toEqual(["[AppRunner] a"]);
});

test("a key is known after a restart", async () => {
  const bench = await logBench();
  await bench.open().write(owner, events, { key: "k", text: "before" });
  const restarted = bench.open();
  await restarted.write(owner, events, { key: "k", text: "after" });
  await restarted.write(owner, events, { key: "k2", text: "next" });
  expect(await allTexts(restarted, events)).toEqual(["[AppRunner] before", "[AppRunner] next"]);
});

test("a line that a crash left half written is written again", async () => {
  const bench = await logBench();
  await bench.open().write(owner, events, { key: "1", text: "whole" });
  const path = join(bench.directory, owner.serviceId, "events.jsonl");
  await appendFile(path, '{"time":1,"stream":"slipway","text":"[AppRunner] to');
  const restarted = bench.open();
  await restarted.write(owner, events, { key: "2", text: "torn" });
  expect(await allTexts(restarted, events)).toEqual(["[AppRunner] whole", "[AppRunner] torn"]);
  expect((await fileText(path)).trimEnd().split("\n")).toHaveLength(2);
});

test("many lines at once keep their order, each once", async () => {
  const log = (await logBench()).open();
  const lines = numbered(3_000);
  await Promise.all([...lines, ...lines].map(async (text) => log.write(owner, events, { key: text, text })));
  expect(await allTexts(log, events)).toEqual(lines.map((text) => `[AppRunner] ${text}`));
});

test("more streams than stay open keep their keys", async () => {
  const log = (await logBench()).open();
  for (const text of ["first", "again"]) {
    for (let id = 0; id < 300; id++) {
      await log.write(owner, { kind: "operation", operationId: hex(id) }, { key: "k", text });
    }
  }
  expect(await allTexts(log, { kind: "operation", operationId: hex(0) })).toEqual(["[AppRunner] first"]);
  expect(await log.streams(owner)).toHaveLength(300);
});

test("a full disk is reported once a minute, and nothing is missing when there is space again", async () => {
  const bench = await logBench();
  const log = bench.open();
  const path = join(bench.directory, owner.serviceId, "events.jsonl");
  await mkdir(join(bench.directory, owner.serviceId), { recursive: true });
  await symlink("/dev/full", path);
  for (const text of ["a", "b"]) await log.write(owner, events, { key: text, text });
  expect(bench.problems).toEqual(["log-write-failed ENOSPC"]);
  bench.clock.nowMs += 61_000;
  await log.write(owner, events, { key: "c", text: "c" });
  expect(bench.problems).toHaveLength(2);
  await rm(path);
  await log.write(owner, events, { key: "d", text: "d" });
  expect(await allTexts(log, events)).toEqual(["a", "b", "c", "d"].map((text) => `[AppRunner] ${text}`));
});

test("lines that waited for space are written without another line", async () => {
  const bench = await logBench();
  const log = bench.open();
  const path = join(bench.directory, owner.serviceId, "events.jsonl");
  await mkdir(join(bench.directory, owner.serviceId), { recursive: true });
  await symlink("/dev/full", path);
  await log.write(owner, events, { key: "a", text: "a" });
  await rm(path);
  const stop = new AbortController();
  const running = log.start(stop.signal);
  await expect.poll(async () => allTexts(log, events), patience).toEqual(["[AppRunner] a"]);
  stop.abort();
  await running;
});

test("an id that is not ours is refused, whatever it tries", async () => {
  const bench = await logBench();
  const log = bench.open();
  const outside = { kind: "operation", operationId: "../../../etc" } as const;
  await log.write(owner, outside, { key: "k", text: "a" });
  log.follow({ ...owner, serviceId: ".." }, hex(1));
  expect(bench.problems).toEqual([
    "log-write-failed ResourceNotFoundException",
    "log-copy-failed ResourceNotFoundException",
  ]);
  await expect(log.read(owner, outside, { cursor: null }, 1)).rejects.toThrow("Log stream not found");
  await expect(log.tail(owner, "x/../y", 1)).rejects.toThrow("Log stream not found");
  await expect(log.streams({ ...owner, serviceId: "." })).rejects.toThrow("Log stream not found");
});

test("only the owner may read files and directories", async () => {
  const bench = await logBench();
  await bench.open().write(owner, { kind: "operation", operationId: hex(2) }, { key: "k", text: "a" });
  const directory = join(bench.directory, owner.serviceId, "operations");
  const modes = await Promise.all(
    [bench.directory, directory, join(directory, `${hex(2)}.jsonl`)].map(
      async (path) => (await stat(path)).mode,
    ),
  );
  expect(modes.map((mode) => mode & 0o777)).toEqual([0o700, 0o700, 0o600]);
});
