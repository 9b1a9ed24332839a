import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MeanWindow } from "./mean-window.ts";

const START_MS = 1_700_000_000_000;

/** Knative's case: buckets of 1, 2, 3, 4 and 5 in a window of five seconds. */
function oneToFive(): MeanWindow {
  const window = new MeanWindow(5000);
  for (let second = 0; second < 5; second++) {
    window.add(START_MS + second * 1000, START_MS + (second + 1) * 1000, second + 1);
  }
  return window;
}

describe("the mean over a window", () => {
  it("is that of its buckets", () => {
    expect(oneToFive().mean(START_MS + 4999, 5000)).toBe(3);
  });

  it("leaves out what has grown too old, and what has not been seen since", () => {
    expect(oneToFive().mean(START_MS + 6999, 5000)).toBe((15 - 1 - 2) / 3);
  });

  it("is unknown, not zero, when nothing of it was seen", () => {
    expect(oneToFive().mean(START_MS + 15_000, 5000)).toBe("unknown");
    expect(new MeanWindow(5000).mean(START_MS, 5000)).toBe("unknown");
  });

  it("does not count a hole as quiet", () => {
    const window = new MeanWindow(60_000);
    window.add(START_MS, START_MS + 2000, 8);
    window.add(START_MS + 30_000, START_MS + 32_000, 4);
    expect(window.mean(START_MS + 32_000, 60_000)).toBe(6);
  });

  it("of a young service is over its age, once that is a second", () => {
    const window = new MeanWindow(60_000);
    window.add(START_MS, START_MS + 900, 8);
    expect(window.mean(START_MS + 900, 60_000)).toBe("unknown");
    window.add(START_MS + 900, START_MS + 1000, 8);
    expect(window.mean(START_MS + 1000, 60_000)).toBeCloseTo(8);
  });

  it("forgets what a clock that was set back had said of the future", () => {
    const window = new MeanWindow(5000);
    window.add(START_MS + 3_600_000, START_MS + 3_605_000, 100);
    window.add(START_MS, START_MS + 2000, 2);
    expect(window.mean(START_MS + 2000, 5000)).toBe(2);
  });

  it("weighs by time, however the samples lie", () => {
    const spans = fc.array(
      fc.record({ durationMs: fc.integer({ min: 1, max: 2500 }), value: fc.integer({ min: 0, max: 100 }) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(spans, (spans) => {
        const window = new MeanWindow(120_000);
        window.add(START_MS, START_MS + 1000, 5);
        let atMs = START_MS + 1000;
        let area = 5000;
        for (const { durationMs, value } of spans) {
          window.add(atMs, atMs + durationMs, value);
          atMs += durationMs;
          area += durationMs * value;
        }
        const mean = window.mean(atMs, 120_000);
        expect(mean).toBeCloseTo(area / (atMs - START_MS), 6);
      }),
    );
  });
});
