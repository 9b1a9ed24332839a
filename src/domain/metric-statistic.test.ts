import { expect, test } from "vitest";
import { type MetricSample, parseStatistic } from "./metric-statistic.ts";

/** The values 1 to 100, exactly. */
const values = Array.from({ length: 100 }, (_, index) => index + 1);
const hundred: MetricSample = {
  count: 100,
  sum: 5050,
  minimum: 1,
  maximum: 100,
  quantile: (share) => values[Math.max(0, Math.ceil(share * 100) - 1)] ?? 0,
  shareBetween: (low, high) => values.filter((value) => value >= low && value <= high).length / 100,
  between: (lowShare, highShare) => {
    const kept = values.slice(Math.round(lowShare * 100), Math.round(highShare * 100));
    return { count: kept.length, sum: kept.reduce((one, other) => one + other, 0) };
  },
};

test.each([
  ["Average", 50.5],
  ["Sum", 5050],
  ["Minimum", 1],
  ["Maximum", 100],
  ["SampleCount", 100],
  ["p50", 50],
  ["p99.5", 100],
  ["p0", 1],
  ["p100", 100],
  ["tm90", 45.5],
  ["tc90", 90],
  ["ts10", 55],
  ["TM(10%:90%)", 50.5],
  ["TM(50%:)", 75.5],
  ["TM(:10%)", 5.5],
  ["TC(10:20)", 10],
  ["TS(:3)", 6],
  ["IQM", 50.5],
  ["wm98", (4851 + 2 * 98) / 100],
  ["WM(10%:90%)", 50.4],
  ["PR(:25)", 25],
  ["PR(26:50)", 25],
  ["PR(91:)", 10],
])("%s", (text, expected) => {
  expect(parseStatistic(text)?.(hundred)).toBeCloseTo(expected, 6);
});

test.each([
  "",
  "average",
  "p101",
  "p",
  "p1e1",
  "tm",
  "TM(90%:10%)",
  "TM()",
  "TM(10:90%)",
  "PR(10%:20%)",
  "P(1:2)",
  "toString",
])("%j is no statistic", (text) => {
  expect(parseStatistic(text)).toBeNull();
});
