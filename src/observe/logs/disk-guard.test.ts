import { expect, test } from "vitest";
import type { PlatformEvent } from "../../domain/event.ts";
import type { OutputLine } from "../../ports/container-engine.ts";
import { chooseLargest, defaultDiskReserve, missingBytes } from "./disk-guard.ts";
import { streamFiles } from "./stream-files.ts";
import type { PlacedSegment } from "./sweeper.ts";
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

const GIB = 1024 ** 3;

function segment(service: number, number: number, bytes: number): PlacedSegment {
  const files = streamFiles("/logs", hex(service), { kind: "access" });
  return {
    files,
    segment: { number, isPacked: true, isSealed: false, bytes, modifiedAtMs: number, createdAtMs: 0 },
  };
}

test.each([
  [{ totalBytes: 100 * GIB, freeBytes: 2 * GIB }, 0],
  [{ totalBytes: 100 * GIB, freeBytes: 0.25 * GIB }, 0.75 * GIB],
  [{ totalBytes: 10 * GIB, freeBytes: 0.6 * GIB }, 0],
  [{ totalBytes: 10 * GIB, freeBytes: 0.25 * GIB }, 0.25 * GIB],
])("of %j so much is missing: %d", (space, missing) => {
  expect(Math.max(0, missingBytes(space, defaultDiskReserve))).toBe(missing);
});

test("the oldest of whoever has most goes first, until there is enough or nothing is left", () => {
  const large = [segment(1, 1, 30), segment(1, 2, 30), segment(1, 3, 30)];
  const small = [segment(2, 0, 20), segment(2, 1, 20)];
  const numbers = (wanted: number) =>
    chooseLargest([...small, ...large.toReversed()], wanted).map(
      ({ files, segment: { number } }) => `${Number(files.serviceId)}.${number}`,
    );
  expect(numbers(0)).toEqual([]);
  expect(numbers(60)).toEqual(["1.1", "1.2"]);
  expect(numbers(90)).toEqual(["1.1", "1.2", "2.0", "1.3"]);
  expect(numbers(1_000)).toHaveLength(5);
});

test("a disk that is nearly full takes output and requests, leaves events, and is told of", async () => {
  const told: (readonly [string, Omit<PlatformEvent, "id">])[] = [];
  let freeBytes = 10 * GIB;
  const engine = {
    async *readOutput(): AsyncGenerator<readonly OutputLine[]> {
      for (let from = 0; from < 20; from++) {
        const cursor = String(from);
        yield [{ stream: "stdout", timestampMs: from, text: `${from} ${"y".repeat(1_000)}`, cursor }];
      }
    },
  };
  const { open } = await logBench();
  const log = open(streamLimit(8_000), engine, {
    readSpace: async () => ({ totalBytes: 100 * GIB, freeBytes }),
    events: { record: async (key, event) => void told.push([key, event]) },
  });
  await log.write(owner, events, { key: "k", text: "stays" });
  await log.writeAccess(owner, [{ timestampMs: 1, text: "{}" }]);
  log.follow(owner, hex(1));
  await log.finish(hex(1), LONG_MS);
  const stop = new AbortController();
  const running = log.start(stop.signal);
  expect((await allTexts(log, application(hex(1)))).length).toBeGreaterThan(3);
  expect(told).toEqual([]);
  freeBytes = 0.5 * GIB;
  await expect.poll(async () => log.streams(owner), patience).toHaveLength(1);
  expect(await allTexts(log, events)).toEqual(["[AppRunner] stays"]);
  await expect.poll(() => told.length, patience).toBeGreaterThan(0);
  expect(told[0]?.[0]).toMatch(/^logs-disk-low\/\d+$/);
  expect(told[0]?.[1]).toMatchObject({ detailType: "Slipway Machine Warning", severity: "WARN" });
  expect(new Set(told.map(([key]) => key)).size).toBe(1);
  stop.abort();
  await running;
});
