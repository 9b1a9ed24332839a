import { describe, expect, it } from "vitest";
import { renewalWindow } from "./renewal-window.ts";

const nowMs = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const body = { suggestedWindow: { start: "2026-02-01T04:00:00Z", end: "2026-02-02T06:00:00+02:00" } };

describe("a renewal window", () => {
  it("is read with the time to ask again", () => {
    expect(renewalWindow(body, { retryAfter: "21600", nowMs })).toEqual({
      startMs: Date.UTC(2026, 1, 1, 4),
      endMs: Date.UTC(2026, 1, 2, 4),
      askAgainMs: nowMs + 6 * HOUR_MS,
    });
  });

  it.each([
    [undefined, 6 * HOUR_MS],
    ["nonsense", 6 * HOUR_MS],
    ["1", 60_000],
    ["9999999", 24 * HOUR_MS],
    ["Thu, 01 Jan 2026 02:00:00 GMT", 2 * HOUR_MS],
  ])("is asked about again within reason when Retry-After is %s", (retryAfter, afterMs) => {
    expect(renewalWindow(body, { retryAfter, nowMs })?.askAgainMs).toBe(nowMs + afterMs);
  });

  it.each([
    [null],
    ["text"],
    [{}],
    [{ suggestedWindow: { start: "2026-02-01T04:00:00Z" } }],
    [{ suggestedWindow: { start: "yesterday", end: "tomorrow" } }],
    [{ suggestedWindow: { start: "2026-02-02T00:00:00Z", end: "2026-02-01T00:00:00Z" } }],
  ])("is none in %j", (nonsense) => {
    expect(renewalWindow(nonsense, { retryAfter: undefined, nowMs })).toBeNull();
  });
});
