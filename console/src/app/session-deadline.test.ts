import { expect, test } from "vitest";
import { deadlineOf, warningMs } from "./session-deadline.ts";

test("a session ends when nobody was there, or at its last moment, whichever is first, by this browser's clock", () => {
  const readAtMs = 1_000_000;
  expect(deadlineOf({ idleSeconds: 90, leftSeconds: 9_000, readAtMs })).toEqual({
    endsAtMs: 1_090_000,
    isFinal: false,
  });
  expect(deadlineOf({ idleSeconds: 900, leftSeconds: 60, readAtMs })).toEqual({
    endsAtMs: 1_060_000,
    isFinal: true,
  });
});

test("at a tie nothing that one does keeps the session", () => {
  expect(deadlineOf({ idleSeconds: 60, leftSeconds: 60, readAtMs: 0 }).isFinal).toBe(true);
});

test("one is warned two minutes before, in a short session a quarter of it", () => {
  const lastSeenAt = "2026-01-01T12:00:00Z";
  expect(warningMs({ lastSeenAt, idleUntil: "2026-01-01T13:00:00Z" })).toBe(120_000);
  expect(warningMs({ lastSeenAt, idleUntil: "2026-01-01T12:04:00Z" })).toBe(60_000);
});
