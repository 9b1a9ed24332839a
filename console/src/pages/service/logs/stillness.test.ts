import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Stillness } from "./stillness.ts";

const FRAME_MS = 16;
const LONG_MS = 10_000;

let times: number;

beforeEach(() => {
  vi.useFakeTimers();
  times = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

function viewOf(tellsEnd: boolean): Stillness {
  const view = new Stillness(tellsEnd);
  view.tell(() => {
    times += 1;
  });
  return view;
}

test("a browser that tells of the end of a movement is believed, however long one takes", () => {
  const view = viewOf(true);
  view.moved();
  vi.advanceTimersByTime(LONG_MS);
  expect(times).toBe(0);
  view.ended();
  expect(times).toBe(1);
});

test("in one that does not, a view stands still once when nothing has moved it for a while", () => {
  const view = viewOf(false);
  for (let frame = 0; frame < 100; frame++) {
    view.moved();
    vi.advanceTimersByTime(FRAME_MS);
  }
  expect(times).toBe(0);
  vi.advanceTimersByTime(LONG_MS);
  expect(times).toBe(1);
});

test("a view that is gone does not stand still any more", () => {
  const view = viewOf(false);
  view.moved();
  view.close();
  vi.advanceTimersByTime(LONG_MS);
  expect(times).toBe(0);
});
