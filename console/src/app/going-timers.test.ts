import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { GoingTimers } from "./going-timers.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what was started goes by itself, what was stopped does not go twice", () => {
  const gone: string[] = [];
  const timers = new GoingTimers(8_000);
  timers.start("one", () => gone.push("one"));
  timers.start("two", () => gone.push("two"));
  timers.stop("two");
  vi.advanceTimersByTime(7_999);
  expect(gone).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(gone).toEqual(["one"]);
});

test("nothing goes while somebody reads, also nothing that comes meanwhile; then each has a whole while", () => {
  const gone: string[] = [];
  const timers = new GoingTimers(8_000);
  timers.start("one", () => gone.push("one"));
  vi.advanceTimersByTime(7_000);
  timers.hold();
  timers.start("two", () => gone.push("two"));
  vi.advanceTimersByTime(60_000);
  expect(gone).toEqual([]);
  timers.release();
  vi.advanceTimersByTime(7_999);
  expect(gone).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(gone).toEqual(["one", "two"]);
});
