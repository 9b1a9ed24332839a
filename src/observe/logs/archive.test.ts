import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { OutputLine } from "../../ports/container-engine.ts";
import type { FoundLine, LogQuery, LogStream } from "../../ports/service-log.ts";
import type { FileServiceLog } from "./file-service-log.ts";
import {
  allTexts,
  application,
  events,
  hex,
  logBench,
  LONG_MS,
  owner,
  patience,
  streamLimit,
} from "./test-support.ts";

const MIB = 1024 * 1024;
const never = new AbortController().signal;

/** Instances that say these lines, all at once, and end. */
function engineOf(output: Readonly<Record<string, readonly { atMs: number; text: string }[]>>) {
  return {
    async *readOutput(id: string, cursor: string | null): AsyncGenerator<readonly OutputLine[]> {
      const lines = output[id] ?? [];
      for (let from = Number(cursor ?? 0); from < lines.length; from += 500) {
        yield lines.slice(from, from + 500).map(({ atMs, text }, index) => ({
          stream: "stdout",
          timestampMs: atMs,
          text,
          cursor: String(from + index + 1),
        }));
      }
    },
  };
}

async function logOf(output: Parameters<typeof engineOf>[0], maxBytes = 4 * MIB) {
  const bench = await logBench();
  const log = bench.open(streamLimit(maxBytes), engineOf(output));
  for (const id of Object.keys(output)) log.follow(owner, id);
  await Promise.all(Object.keys(output).map(async (id) => log.finish(id, LONG_MS)));
  return { ...bench, log };
}

function lines(count: number, text: (index: number) => string, stepMs = 1) {
  return Array.from({ length: count }, (_, index) => ({ atMs: 10_000 + index * stepMs, text: text(index) }));
}

function query(changes: Partial<LogQuery>): LogQuery {
  return {
    owner,
    group: "application",
    streams: null,
    startTimeMs: 0,
    endTimeMs: 1e15,
    required: [],
    matches: () => true,
    cursor: null,
    limit: 100,
    timeLimitMs: 60_000,
    ...changes,
  };
}

async function searchAll(log: FileServiceLog, changes: Partial<LogQuery>): Promise<readonly FoundLine[]> {
  const found: FoundLine[] = [];
  for (let cursor: string | null = null; ;) {
    const page = await log.search(query({ ...changes, cursor }), never);
    found.push(...page.lines);
    cursor = page.cursor;
    if (cursor === null) return found;
  }
}

async function packedFiles(directory: string, id: string): Promise<readonly string[]> {
  const names = await readdir(join(directory, owner.serviceId, "instances", id));
  return names.filter((name) => name.endsWith(".zst"));
}

const padding = "x".repeat(100);

test("closed segments are packed, and everything reads as before", async () => {
  const id = hex(1);
  const said = lines(30_000, (index) => `line ${index} ${padding}`);
  const { log, directory } = await logOf({ [id]: said }, 8 * MIB);
  await expect.poll(async () => (await packedFiles(directory, id)).length, patience).toBe(3);
  const names = await readdir(join(directory, owner.serviceId, "instances", id));
  expect(names.every((name) => name.endsWith(".zst"))).toBe(true);
  expect(await allTexts(log, application(id))).toEqual(said.map(({ text }) => text));
  const [summary] = await log.streams(owner);
  expect(summary).toMatchObject({ firstEventMs: 10_000, lastEventMs: 39_999 });
  expect(summary?.storedBytes).toBeLessThan(1 * MIB);
  expect(await log.tail(owner, id, 1)).toEqual([said.at(-1)?.text]);
});

test("cursors taken before packing go on afterwards, in both directions", async () => {
  const id = hex(1);
  const { open, engine, directory } = await logBench();
  const log = open(streamLimit(4 * MIB));
  engine.batchSize = 1_000;
  engine.print(...lines(5_000, (index) => `line ${index} ${padding}`).map(({ text }) => text));
  log.follow(owner, id);
  await expect.poll(async () => (await log.tail(owner, id, 1))[0], patience).toMatch(/^line 4999/);
  const { cursor } = await log.read(owner, application(id), { cursor: null }, 1_234);
  engine.end();
  await log.finish(id, LONG_MS);
  await expect.poll(async () => packedFiles(directory, id), patience).toHaveLength(1);
  const after = await log.read(owner, application(id), { cursor }, 1);
  expect(after.lines[0]?.text).toMatch(/^line 1234 /);
  const before = await log.readBackward(owner, application(id), { cursor }, 2);
  expect(before.lines.map(({ text }) => text.split(" x")[0])).toEqual(["line 1232", "line 1233"]);
});

test("backwards from the end gives every line once, oldest first in each page, and leads forward again", async () => {
  const id = hex(1);
  const said = lines(9_000, (index) => `line ${index} ${padding}`);
  const { log, directory } = await logOf({ [id]: said }, 2 * MIB);
  await expect.poll(async () => (await packedFiles(directory, id)).length, patience).toBeGreaterThan(1);
  const stream = application(id);
  const texts: string[] = [];
  let page = await log.readBackward(owner, stream, { cursor: null }, 700);
  while (page.lines.length > 0) {
    const onwards = await log.read(owner, stream, { cursor: page.forwardCursor }, 1);
    expect(onwards.lines[0]?.text).toBe(texts[0]);
    texts.unshift(...page.lines.map(({ text }) => text));
    page = await log.readBackward(owner, stream, { cursor: page.cursor }, 700);
  }
  expect((await log.readBackward(owner, stream, { cursor: page.cursor }, 700)).cursor).toBe(page.cursor);
  expect(texts).toEqual(said.map(({ text }) => text));
});

test("pages keep to the wished time at both ends, though the clock jumped back and forth", async () => {
  const id = hex(1);
  const jumping = lines(6_000, (index) => `line ${index} ${padding}`).map(({ text }, index) => ({
    atMs: index % 2_000 < 1_000 ? 50_000 + index : 1_000 + index,
    text,
  }));
  const { log } = await logOf({ [id]: jumping }, 2 * MIB);
  const span = { startTimeMs: 2_500, endTimeMs: 4_500 };
  const wanted = jumping.filter(({ atMs }) => atMs >= 2_500 && atMs < 4_500).map(({ text }) => text);
  expect(wanted.length).toBeGreaterThan(500);
  const stream = application(id);
  const forward = await log.read(owner, stream, { cursor: null, ...span }, 9_999);
  expect(forward.lines.map(({ text }) => text)).toEqual(wanted);
  const backward = await log.readBackward(owner, stream, { cursor: null, ...span }, 9_999);
  expect(backward.lines.map(({ text }) => text)).toEqual(wanted);
  const found = await searchAll(log, span);
  expect(found.map(({ timestampMs }) => timestampMs)).toEqual(
    jumping
      .map(({ atMs }) => atMs)
      .filter((atMs) => atMs >= 2_500 && atMs < 4_500)
      .sort((left, right) => left - right),
  );
});

test("a rare text is found in all streams, in the order of time, whatever the size of a page", async () => {
  const ids = [hex(1), hex(2), hex(3)];
  const output = Object.fromEntries(
    ids.map((id, nth) => [
      id,
      lines(8_000, (index) => `${index % 1_000 === nth ? 'needle "q"\t\\ü' : "hay"} ${index} ${padding}`, 3),
    ]),
  );
  const { log } = await logOf(output);
  for (const limit of [1, 5, 100]) {
    const found = await searchAll(log, { required: ['needle "q"\t\\ü', "00"], limit });
    const wanted = Object.values(output)
      .flat()
      .filter(({ text }) => text.startsWith("needle") && text.includes("00"));
    expect(found.map(({ text }) => text).sort()).toEqual(wanted.map(({ text }) => text).sort());
    const times = found.map(({ timestampMs }) => timestampMs);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(new Set(found.map((line) => line.id)).size).toBe(found.length);
  }
});

test("a search asks only the streams it was given, and believes nothing but the text of a line", async () => {
  const { log } = await logOf({
    [hex(1)]: lines(3, () => "a"),
    [hex(2)]: lines(2, () => "stdout cursor time"),
  });
  expect(await searchAll(log, { streams: [application(hex(2))] })).toHaveLength(2);
  expect(await searchAll(log, { required: ["stdout"] })).toHaveLength(2);
  expect(await searchAll(log, { required: ["cursor", "time"] })).toHaveLength(2);
  expect(await searchAll(log, { required: ['"'] })).toEqual([]);
  expect(await searchAll(log, { matches: (text) => text === "a" })).toHaveLength(3);
  expect(await searchAll(log, { streams: [application(hex(9))] })).toEqual([]);
});

test("a search that may not take any time still gets on, page by page", async () => {
  const { log } = await logOf({
    [hex(1)]: lines(9_000, (index) => `${index} ${padding}`),
    [hex(2)]: lines(9_000, (index) => `${index} ${padding}`),
  });
  const found = await searchAll(log, { required: ["777"], timeLimitMs: 0 });
  expect(found).toHaveLength(2 * lines(9_000, String).filter(({ text }) => text.includes("777")).length);
});

test("a search that is given up rejects", async () => {
  const { log } = await logOf({ [hex(1)]: lines(3, () => "a") });
  const end = new AbortController();
  const searching = log.search(query({}), end.signal);
  end.abort(new Error("enough"));
  await expect(searching).rejects.toThrow("enough");
  await expect(log.search(query({ cursor: "1.0" }), never)).rejects.toThrow("not issued for this request");
});

test("whoever watches gets the lines as they are written, with the ids that a search gives", async () => {
  const { open, engine } = await logBench();
  const log = open();
  const end = new AbortController();
  const seen: FoundLine[] = [];
  const watching = (async () => {
    for await (const { lines: some } of log.watch(owner, "application", end.signal)) seen.push(...some);
  })();
  log.follow(owner, hex(1));
  engine.print("one", "two");
  await expect.poll(() => seen.map(({ text }) => text), patience).toEqual(["one", "two"]);
  expect(await searchAll(log, {})).toEqual(seen);
  await log.write(owner, events, { key: "k", text: "of another group" });
  end.abort();
  await watching;
  expect(seen).toHaveLength(2);
  engine.end();
});

test("a slow watcher is told how much it missed", async () => {
  const { log } = await logOf({});
  const end = new AbortController();
  const watched = log.watch(owner, "access", end.signal)[Symbol.asyncIterator]();
  const first = watched.next();
  const some = lines(8_000, String).map(({ atMs, text }) => ({ timestampMs: atMs, text }));
  for (let round = 0; round < 3; round++) await log.writeAccess(owner, some);
  const taken = [(await first).value, (await watched.next()).value];
  const counts = taken.map((page) => [page?.lines.length ?? 0, page?.missed ?? 0]);
  expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(24_000);
  expect(counts.at(-1)?.[1]).toBeGreaterThan(0);
  end.abort();
  expect((await watched.next()).done).toBe(true);
});

test("groups are there as long as they have lines, by name, also when the service is gone", async () => {
  const { log, open, clock, directory } = await logOf({ [hex(1)]: lines(3, () => "a") });
  const older = { serviceId: hex(9), serviceName: "bakery" };
  await log.write(older, events, { key: "k", text: "a" });
  await log.writeAccess(owner, [{ timestampMs: 5, text: "{}" }]);
  const restarted = open();
  expect(
    (await restarted.groups()).map(({ owner: whose, group }) => `${whose.serviceName} ${group}`),
  ).toEqual(["bakery service", "shop access", "shop application"]);
  expect((await restarted.groups())[1]).toMatchObject({ createdAtMs: clock.nowMs, retentionDays: null });
  clock.nowMs += 15 * 86_400_000;
  await restarted.sweep();
  expect(await restarted.groups()).toEqual([]);
  expect(await readdir(directory)).toEqual([]);
});

test("a group keeps its lines as long as was wished, shorter or longer than usual", async () => {
  const { log, open, clock } = await logOf({ [hex(1)]: lines(3, () => "a") });
  await log.write(owner, events, { key: "k", text: "a" });
  await log.setRetention(owner, "application", 1);
  await log.setRetention(owner, "service", 30);
  clock.nowMs += 3 * 86_400_000;
  const restarted = open();
  await restarted.sweep();
  expect(await restarted.groups()).toMatchObject([{ group: "service", retentionDays: 30 }]);
  clock.nowMs += 20 * 86_400_000;
  await restarted.sweep();
  expect(await restarted.groups()).toHaveLength(1);
  await restarted.setRetention(owner, "service", null);
  expect(await restarted.groups()).toEqual([]);
});

test("a removed group is gone, and what is said afterwards is there, once", async () => {
  const { open, engine } = await logBench();
  const log = open();
  const streams: readonly LogStream[] = [application(hex(1)), { kind: "access" }];
  engine.print("old");
  log.follow(owner, hex(1));
  await log.writeAccess(owner, [{ timestampMs: 5, text: "{}" }]);
  await expect.poll(async () => log.tail(owner, hex(1), 9), patience).toEqual(["old"]);
  await log.removeGroup(owner, "application");
  await log.removeGroup(owner, "application");
  await log.removeStream(owner, { kind: "access" });
  expect(await Promise.all(streams.map(async (stream) => allTexts(log, stream)))).toEqual([[], []]);
  expect(await log.groups()).toEqual([]);
  expect(await log.streams(owner)).toEqual([]);
  engine.print("new");
  engine.end();
  await log.finish(hex(1), LONG_MS);
  expect(await allTexts(log, application(hex(1)))).toEqual(["new"]);
  expect(await log.groups()).toMatchObject([{ group: "application" }]);
});
