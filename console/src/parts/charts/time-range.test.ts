import { expect, test } from "vitest";
import { aligned, drawnSpan, narrowed, periodSeconds, readRange, spanOf, widened } from "./time-range.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = 1_700_000_000_000;

function range(words: Readonly<Record<string, string>>) {
  return readRange((name) => words[name] ?? null);
}

test.each([
  ["10 min", HOUR_MS / 6, 10],
  ["1 h", HOUR_MS, 60],
  ["3 h", 3 * HOUR_MS, 60],
  ["12 h", 12 * HOUR_MS, 300],
  ["1 d", 24 * HOUR_MS, 300],
  ["1 w", 7 * 24 * HOUR_MS, 3_600],
  ["1 month", 30 * 24 * HOUR_MS, 3 * 7_200],
  ["1 year", 365 * 24 * HOUR_MS, 86_400],
])("%s up to now is asked for in as many points as can be told apart", (_name, lengthMs, seconds) => {
  expect(periodSeconds({ startMs: NOW_MS - lengthMs, endMs: NOW_MS }, NOW_MS)).toBe(seconds);
});

test.each([
  ["yesterday", 24 * HOUR_MS, 60],
  ["a month ago", 30 * 24 * HOUR_MS, 300],
  ["a year ago", 360 * 24 * HOUR_MS, 3_600],
])("ten minutes of %s are asked for as finely as they are kept", (_name, agoMs, seconds) => {
  const startMs = NOW_MS - agoMs;
  expect(periodSeconds({ startMs, endMs: startMs + HOUR_MS / 6 }, NOW_MS)).toBe(seconds);
});

test("an address names a range, and nonsense is the last hour", () => {
  expect(range({ last: "12h" })).toEqual({ last: "12h" });
  expect(range({ from: "0", until: "600000" })).toEqual({ startMs: 0, endMs: 600_000 });
  expect(range({})).toEqual({ last: "1h" });
  expect(range({ last: "5y" })).toEqual({ last: "1h" });
  expect(range({ from: "600000", until: "0" })).toEqual({ last: "1h" });
  expect(range({ from: "x", until: "1e3" })).toEqual({ last: "1h" });
  expect(spanOf({ last: "1h" }, NOW_MS)).toEqual({ startMs: NOW_MS - HOUR_MS, endMs: NOW_MS });
});

test("spans are widened to whole periods", () => {
  expect(aligned({ startMs: 61_000, endMs: 119_000 }, 60)).toEqual({ startMs: 60_000, endMs: 120_000 });
});

test("a piece is drawn in either direction, is never too short, and a click draws none", () => {
  expect(drawnSpan(900_000, 100_000)).toEqual({ startMs: 100_000, endMs: 900_000 });
  expect(drawnSpan(100_000, 102_000)).toEqual({ startMs: 71_000, endMs: 131_000 });
  expect(drawnSpan(5, 5)).toBeNull();
});

test("looking at more shows nothing of the future", () => {
  expect(widened({ startMs: NOW_MS - HOUR_MS, endMs: NOW_MS }, NOW_MS)).toEqual({
    startMs: NOW_MS - 2 * HOUR_MS,
    endMs: NOW_MS,
  });
  expect(widened({ startMs: 4 * HOUR_MS, endMs: 5 * HOUR_MS }, NOW_MS)).toEqual({
    startMs: 3.5 * HOUR_MS,
    endMs: 5.5 * HOUR_MS,
  });
});

test("looking closer stays within what was seen, and never comes nearer than a minute", () => {
  const span = { startMs: 0, endMs: HOUR_MS };
  expect(narrowed(span, null)).toEqual({ startMs: HOUR_MS / 2, endMs: HOUR_MS });
  expect(narrowed(span, 0)).toEqual({ startMs: 0, endMs: HOUR_MS / 2 });
  expect(narrowed(span, HOUR_MS / 2)).toEqual({ startMs: HOUR_MS / 4, endMs: (HOUR_MS * 3) / 4 });
  expect(narrowed({ startMs: 0, endMs: 60_000 }, 0)).toEqual({ startMs: 0, endMs: 60_000 });
});
