import { describe, expect, it } from "vitest";
import { breathMs, ReadPace } from "./read-pace.ts";

/** How often each of so many is looked at, and how many looks come at the same time at most, in ten seconds. */
function play(readers: number) {
  let nowMs = 1_000;
  const pace = new ReadPace(() => nowMs);
  const due = Array.from({ length: readers }, () => nowMs);
  let looks = 0;
  let atOnce = 0;
  for (; nowMs < 11_000; nowMs++) {
    const ready = due.flatMap((atMs, index) => (atMs <= nowMs ? [index] : []));
    // All begin together: nobody has been told to rest.
    if (nowMs > 2_000) atOnce = Math.max(atOnce, ready.length);
    for (const index of ready) due[index] = nowMs + pace.nextRestMs();
    looks += ready.length;
  }
  return { eachMs: (10_000 * readers) / looks, atOnce };
}

describe("the pace of reading", () => {
  it("looks at one every tenth of a second", () => {
    expect(play(1).eachMs).toBeCloseTo(100, -1);
  });

  it("looks at twenty one after the other, each some times a second", () => {
    const { eachMs, atOnce } = play(20);
    expect(eachMs).toBeCloseTo(400, -1.5);
    expect(atOnce).toBe(1);
  });

  it("leaves nobody waiting, however many there are", () => {
    expect(play(500).eachMs).toBeLessThanOrEqual(505);
  });

  it("reads on at once where there is more, and leaves half of the time to others", () => {
    expect(breathMs(7)).toBe(7);
    expect(breathMs(2_000)).toBe(100);
  });
});
