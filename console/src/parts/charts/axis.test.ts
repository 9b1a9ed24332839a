import { expect, test } from "vitest";
import { elapsedText, formatValue, timeTicks, type Unit, valueTicks } from "./axis.ts";

test.each([
  [0, "count", [0, 1]],
  [1, "count", [0, 1]],
  [3, "count", [0, 1, 2, 3]],
  [7, "count", [0, 2, 4, 6, 8]],
  [97, "percent", [0, 50, 100]],
  [0.3, "ms", [0, 0.1, 0.2, 0.3]],
  [1234, "ms", [0, 500, 1000, 1500]],
  [3 * 1024 * 1024, "bytes", [0, 1_048_576, 2_097_152, 3_145_728]],
] as const)("an axis up to %s (%s) has round numbers", (highest, unit, ticks) => {
  expect(valueTicks(highest, unit)).toEqual(ticks);
});

test("the highest value is never above the axis", () => {
  for (let value = 0.001; value < 1e9; value *= 1.37) {
    for (const unit of ["count", "ms", "bytes"] as const) {
      const ticks = valueTicks(value, unit);
      expect(ticks.at(-1)).toBeGreaterThanOrEqual(value * (1 - 1e-9));
      expect(ticks.length).toBeLessThanOrEqual(6);
    }
  }
});

test.each<[number, Unit, string]>([
  [0, "count", "0"],
  [1234, "count", "1,234"],
  [12_345, "count", "12.3k"],
  [2_500_000, "count", "2.5M"],
  [1.234, "ms", "1.23 ms"],
  [250.4, "ms", "250 ms"],
  [12_500, "ms", "12.5 s"],
  [12.34, "percent", "12.3 %"],
  [0, "bytes", "0 B"],
  [1536, "bytes", "1.5 KiB"],
  [5 * 1024 ** 3, "bytes", "5 GiB"],
  [0.00123, "dollars", "$0.0012"],
  [0.0005, "dollars", "$0.0005"],
  [0.005, "hours", "0.005 h"],
  [0, "dollars", "$0"],
  [1.5, "dollars", "$1.50"],
])("%s %s is read as %s", (value, unit, text) => {
  expect(formatValue(value, unit)).toBe(text);
});

test("moments along an hour are round in the reader's zone", () => {
  const startMs = Date.UTC(2026, 10, 21, 22, 7);
  const labels = timeTicks({ startMs, endMs: startMs + 3_600_000 }, 6, 3_600_000).map(({ label }) => label);
  expect(labels).toEqual(["23:10", "23:20", "23:30", "23:40", "23:50", "Nov 22"]);
});

test("days begin at the zone's midnight", () => {
  const startMs = Date.UTC(2026, 10, 20, 12);
  const ticks = timeTicks({ startMs, endMs: startMs + 3 * 86_400_000 }, 4, 3_600_000);
  expect(ticks.map(({ label }) => label)).toEqual(["Nov 21", "Nov 22", "Nov 23"]);
  expect(ticks[0]?.atMs).toBe(Date.UTC(2026, 10, 20, 23));
});

test.each([
  [0, "0"],
  [310_000, "5m 10s"],
  [5_400_000, "1h 30m"],
])("%s ms since the beginning are %s", (elapsedMs, text) => {
  expect(elapsedText(elapsedMs)).toBe(text);
});
