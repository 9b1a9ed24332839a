import { expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const nowMs = Date.UTC(2026, 0, 2, 3, 4, 5);
const DAY_MS = 86_400_000;

it("takes seconds", () => {
  expect(retryAfterMs("120", nowMs)).toBe(nowMs + 120_000);
  expect(retryAfterMs(" 0 ", nowMs)).toBe(nowMs);
});

it("takes dates as HTTP writes them", () => {
  expect(retryAfterMs("Fri, 02 Jan 2026 04:00:00 GMT", nowMs)).toBe(Date.UTC(2026, 0, 2, 4));
  expect(retryAfterMs("Thu, 01 Jan 2026 04:00:00 GMT", nowMs)).toBe(nowMs);
});

it("does not wait longer than a month, whatever it says", () => {
  expect(retryAfterMs("99999999999999999999", nowMs)).toBe(nowMs + 31 * DAY_MS);
  expect(retryAfterMs("Fri, 31 Dec 9999 23:59:59 GMT", nowMs)).toBe(nowMs + 31 * DAY_MS);
});

it.each([undefined, "", "-5", "soon", "1.5", "2026-01-03", "Monday, 8"])("knows nothing from %s", (text) => {
  expect(retryAfterMs(text, nowMs)).toBeNull();
});
