import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeOutput } from "./log-record.ts";
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

const instanceId = hex(3);
const stream = application(instanceId);

async function copied(lines: readonly string[], maxBytes = 1_000_000) {
  const { open, engine } = await logBench();
  engine.print(...lines);
  const log = open(streamLimit(maxBytes));
  log.follow(owner, instanceId);
  await expect.poll(async () => (await allTexts(log, stream)).at(-1), patience).toEqual(lines.at(-1));
  return { log, engine };
}

test(
  "pages of any size give the whole stream over its segments, each line once",
  { timeout: 30_000 },
  async () => {
    const text = fc.oneof(fc.string({ unit: "grapheme" }), fc.string({ unit: "binary", maxLength: 3_000 }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(text, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 70 }),
        async (lines, limit) => {
          const { open, engine } = await logBench();
          engine.print(...lines);
          engine.end();
          // Half more than needed: about three segments, and none is removed.
          const log = open(streamLimit(300 + 1.5 * encodedBytes(lines)));
          log.follow(owner, instanceId);
          await log.finish(instanceId, LONG_MS);
          expect(await allTexts(log, stream, limit)).toEqual(lines.map((line) => line.toWellFormed()));
        },
      ),
      { numRuns: 40 },
    );
  },
);

function encodedBytes(lines: readonly string[]): number {
  const encoded = lines.map((text, index) =>
    encodeOutput({ stream: "stdout", timestampMs: 1_000 + index, text, cursor: String(index + 1) }),
  );
  return Buffer.byteLength(encoded.join(""));
}

test("the same cursor comes back while nothing is new, and finds what is written later", async () => {
  const { log, engine } = await copied(["a", "b"]);
  const first = await log.read(owner, stream, { cursor: null }, 10);
  const again = await log.read(owner, stream, { cursor: first.cursor }, 10);
  expect(again).toEqual({ lines: [], cursor: first.cursor });
  engine.print("c");
  await expect
    .poll(async () => (await log.read(owner, stream, { cursor: first.cursor }, 10)).lines, patience)
    .toEqual([{ timestampMs: 1_002, text: "c" }]);
  engine.end();
});

test("a stream that nobody wrote to is empty, and its cursor works later", async () => {
  const { open } = await logBench();
  const log = open();
  const { lines, cursor } = await log.read(owner, { kind: "events" }, { cursor: null }, 10);
  expect(lines).toEqual([]);
  await log.write(owner, { kind: "events" }, { key: "k", text: "a" });
  expect((await log.read(owner, { kind: "events" }, { cursor }, 10)).lines).toHaveLength(1);
  expect(await log.streams({ ...owner, serviceId: hex(77) })).toEqual([]);
});

test("a cursor follows over the edge of a segment", async () => {
  const { log, engine } = await copied(numbered(10), 4_000);
  const { cursor } = await log.read(owner, stream, { cursor: null }, 10);
  engine.print(...numbered(20, 10));
  await expect
    .poll(async () => (await log.read(owner, stream, { cursor }, 99)).lines.map(({ text }) => text), patience)
    .toEqual(numbered(20, 10));
  engine.end();
});

test("a cursor into a removed segment goes on at the oldest line there is", async () => {
  const { log, engine } = await copied(numbered(5), 4_000);
  const { cursor } = await log.read(owner, stream, { cursor: null }, 2);
  engine.print(...numbered(500, 5));
  engine.end();
  await log.finish(instanceId, LONG_MS);
  const { lines } = await log.read(owner, stream, { cursor }, 999);
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.map(({ text }) => text)).toEqual(numbered(lines.length, 505 - lines.length));
});

test("reading from a time on leaves out what was before, across segments", async () => {
  const { log } = await copied(numbered(40), 1_000_000);
  const rotated = await copied(numbered(40), 20_000);
  for (const { read } of [log, rotated.log].map((each) => ({ read: each.read.bind(each) }))) {
    const { lines } = await read(owner, stream, { cursor: null, startTimeMs: 1_033 }, 5);
    expect(lines.map(({ timestampMs }) => timestampMs)).toEqual([1_033, 1_034, 1_035, 1_036, 1_037]);
  }
});

test("a page ends after about a mebibyte whatever its limit", async () => {
  const { log } = await copied(
    Array.from({ length: 12 }, () => "y".repeat(200_000)),
    100_000_000,
  );
  const { lines } = await log.read(owner, stream, { cursor: null }, 100);
  expect(lines).toHaveLength(6);
  expect(await allTexts(log, stream, 100)).toHaveLength(12);
});

test("a cursor of another kind is refused", async () => {
  const { open } = await logBench();
  await expect(open().read(owner, stream, { cursor: "../1" }, 1)).rejects.toThrow(
    "not issued for this request",
  );
});

test("a tail is evidence, not a copy: long lines are shortened, and all together stay small", async () => {
  const { open, engine } = await logBench();
  const log = open();
  log.follow(owner, instanceId);
  const long = Array.from({ length: 60 }, (_, index) => `${index} ${"z".repeat(200_000)}`);
  engine.print("early", ...long, `${"y".repeat(1_998)}🚢${"y".repeat(10)}`, "the end");
  engine.end();
  await log.finish(instanceId, LONG_MS);
  const tail = await log.tail(owner, instanceId, 100);
  expect(tail.at(-1)).toBe("the end");
  expect(tail.at(-2)).toBe(`${"y".repeat(1_998)}…`);
  expect(tail.at(-3)).toMatch(/^59 z{1996}…$/);
  expect(tail.join("").length).toBeLessThanOrEqual(64 * 1024);
  expect(tail.length).toBeGreaterThan(30);
});

test("a page of nothing leaves the cursor where it is, and a tail of nothing is empty", async () => {
  const { log } = await copied(["a"]);
  expect(await log.read(owner, stream, { cursor: null }, 0)).toEqual({ lines: [], cursor: "0.0" });
  expect(await log.tail(owner, instanceId, 0)).toEqual([]);
});

test("streams say when they began and ended and what they take", async () => {
  const { log } = await copied(numbered(4));
  await log.write(owner, { kind: "operation", operationId: hex(5) }, { key: "k", text: "a" });
  await log.write(owner, { kind: "events" }, { key: "k", text: "a" });
  const streams = await log.streams(owner);
  expect(streams.map(({ stream }) => stream.kind)).toEqual(["events", "operation", "application"]);
  expect(streams.at(-1)).toMatchObject({ stream, firstEventMs: 1_000, lastEventMs: 1_003 });
  expect(streams.every(({ storedBytes }) => storedBytes > 50)).toBe(true);
});
