import { describe, expect, it } from "vitest";
import { neededFor, neededNow, noLoad } from "./demand.ts";

const queued = { ...noLoad, inFlight: 10, queued: 90, standing: 100, worked: 20 };

describe("requests at once that want room now", () => {
  it("are all that wait, when a queue stands still and nobody is on the way", () => {
    expect(neededNow(queued, 0, false)).toBe(100);
  });

  it("are what comes, when a queue grows or shrinks, or instances are on the way", () => {
    expect(neededNow({ ...queued, isFlat: false }, 0, false)).toBe(20);
    expect(neededNow(queued, 0, true)).toBe(20);
    expect(neededNow({ ...queued, worked: 500 }, 0, true)).toBe(100);
  });

  it("are all that wait, when nobody knows what comes", () => {
    expect(neededNow({ ...queued, isFlat: false, worked: "unknown" }, 0, true)).toBe(100);
  });

  it("are none while no queue stands, but those that a gate holds count at once", () => {
    expect(neededNow({ ...queued, standing: 0 }, 0, false)).toBe(0);
    expect(neededNow({ ...noLoad, inFlight: 2 }, 5, false)).toBe(7);
  });
});

describe("instances for a mean", () => {
  it("are enough for it, and fewer than now only with room to spare", () => {
    expect(neededFor(15, 7, 1, 0.1)).toBe(3);
    expect(neededFor(13.9, 7, 3, 0.1)).toBe(3);
    expect(neededFor(12, 7, 3, 0.1)).toBe(2);
    expect(neededFor(0, 7, 3, 0.1)).toBe(0);
  });
});
