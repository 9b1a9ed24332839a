import { expect, test } from "vitest";
import {
  type ChartSeries,
  csvOf,
  csvText,
  highestOf,
  pointsOf,
  rowsOf,
  runsOf,
  stackedBars,
  valueAt,
} from "./series.ts";

function series(id: string, points: Readonly<Record<number, number>>): ChartSeries {
  return {
    id,
    title: id,
    color: "red",
    points: Object.entries(points).map(([atMs, value]) => ({ atMs: Number(atMs), value })),
  };
}

test("points of an answer are in order, in milliseconds, and none of what was not answered", () => {
  const results = [{ Id: "a", Timestamps: [20, 10], Values: [2, 1] }];
  expect(pointsOf(results, "a")).toEqual([
    { atMs: 10_000, value: 1 },
    { atMs: 20_000, value: 2 },
  ]);
  expect(pointsOf(results, "b")).toEqual([]);
});

test("a gap ends a line", () => {
  const { points } = series("a", { 0: 1, 10: 1, 20: 1, 50: 1, 60: 1 });
  expect(runsOf(points, 10).map((run) => run.map(({ atMs }) => atMs))).toEqual([
    [0, 10, 20],
    [50, 60],
  ]);
  expect(runsOf([], 10)).toEqual([]);
});

test("bars stand upon each other, and what is nothing is not drawn", () => {
  const both = [series("a", { 0: 2, 10: 1 }), series("b", { 0: 3, 10: 0 })];
  expect(stackedBars(both).map(({ seriesId, atMs, from, to }) => [seriesId, atMs, from, to])).toEqual([
    ["a", 0, 0, 2],
    ["a", 10, 0, 1],
    ["b", 0, 2, 5],
  ]);
  expect(highestOf(both, true)).toBe(5);
  expect(highestOf(both, false)).toBe(3);
  expect(highestOf([], true)).toBe(0);
});

test("a moment has the value of the period it lies in, and none in a gap", () => {
  const { points } = series("a", { 0: 1, 10: 2, 40: 3 });
  expect([-1, 0, 9, 10, 19, 20, 40, 49, 50].map((atMs) => valueAt(points, atMs, 10))).toEqual([
    null,
    1,
    1,
    2,
    2,
    null,
    3,
    3,
    null,
  ]);
});

test("a table has a row for each moment, newest first, and blanks where nothing was measured", () => {
  expect(rowsOf([series("a", { 0: 1 }), series("b", { 0: 2, 10: 3 })])).toEqual([
    { atMs: 10, values: [null, 3] },
    { atMs: 0, values: [1, 2] },
  ]);
});

test("CSV is oldest first, and no cell becomes a formula", () => {
  expect(csvOf([series("a", { 0: 1.5 }), series("b", { 1000: 3 })])).toBe(
    "time,a,b\r\n1970-01-01T00:00:00.000Z,1.5,\r\n1970-01-01T00:00:01.000Z,,3\r\n",
  );
  expect(csvText([["=1+1", 'say "hi", now', -5]])).toBe(`'=1+1,"say ""hi"", now",-5\r\n`);
});
