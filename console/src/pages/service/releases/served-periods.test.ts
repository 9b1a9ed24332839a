import { expect, test } from "vitest";
import type { Release } from "../made-from.ts";
import { servedPeriods } from "./served-periods.ts";

const release = (number: number, from?: number, until?: number): Release => ({
  ReleaseNumber: number,
  CreatedAt: 1,
  Status: from === undefined ? "failed" : until === undefined ? "active" : "superseded",
  HasServed: from !== undefined,
  OperationId: "a".repeat(32),
  ...(from === undefined ? {} : { ServedFrom: from }),
  ...(until === undefined ? {} : { ServedUntil: until }),
});

test("those that served stand one after the other, and the last one lasts until now", () => {
  const releases = [release(4, 300), release(3), release(2, 100, 300), release(1, 0, 100)];
  const periods = servedPeriods(releases, 400_000);
  expect(periods.map(({ number, fromMs, untilMs, isNow }) => [number, fromMs, untilMs, isNow])).toEqual([
    [1, 0, 100_000, false],
    [2, 100_000, 300_000, false],
    [4, 300_000, 400_000, true],
  ]);
  expect(periods.map(({ percent }) => percent)).toEqual([25, 50, 25]);
});

test("one of a second among weeks is wide enough to be pointed at, and all of them fill the picture", () => {
  const week = 604_800;
  const periods = servedPeriods([release(2, week, week + 1), release(1, 0, week)], 0);
  expect(periods[1]?.percent).toBeGreaterThan(10);
  expect(periods.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
  expect(servedPeriods([release(1, 5)], 5_000)).toMatchObject([{ percent: 100 }]);
});

test("of many the newest are drawn, and none where none served", () => {
  const many = Array.from({ length: 50 }, (_, index) => release(index + 1, index, index + 1));
  expect(servedPeriods(many, 0).map(({ number }) => number)).toEqual(
    Array.from({ length: 30 }, (_, index) => index + 21),
  );
  expect(servedPeriods([release(1)], 0)).toEqual([]);
});
