import { describe, expect, it } from "vitest";
import { Arrivals } from "./arrivals.ts";
import { type ShapeParameters, makeTrace } from "./trace-shape.ts";
import { parseTrace } from "./trace.ts";

const defaults = { durationMs: 100, spread: "fixed", seed: 1 } as const;
const plain: ShapeParameters = { ...defaults, shape: "step", rate: 2, peak: 10, lengthS: 40, everyS: 15 };

function sum(values: Iterable<number>): number {
  return [...values].reduce((total, value) => total + value, 0);
}

describe("a trace out of a file", () => {
  it("has comments, a header, seconds without requests, durations here and there", () => {
    const text = "# of yesterday\nsecond,requests,duration_ms\n0,5\r\n\n2, 7, 250.5 # slow\n";
    const { requests, durationsMs } = parseTrace(text, defaults);
    expect([...requests]).toEqual([5, 0, 7]);
    expect([...durationsMs]).toEqual([100, 100, 250.5]);
  });

  it.each([
    ["", "no line with requests. Write for example: 0,120"],
    ["0,1\n1", 'Line 2 of the trace has 1 fields: "1". Write second,requests'],
    ["0,1\n\n1,many", 'Line 3 of the trace: requests is "many". Write a whole number from 0 to 1000000.'],
    ["0,1\n1,-3", 'requests is "-3"'],
    ["0.5,1", 'second is "0.5"'],
    ["0,1,fast", 'duration_ms is "fast". Write a number'],
    ["99999999,1", "Write a whole number from 0 to 2764799."],
    ["3,1\n3,2", "Second 3 of the trace comes after second 3."],
  ])("%j is refused with what would be right", (text, message) => {
    expect(() => parseTrace(text, defaults)).toThrow(message);
  });
});

describe("a shape", () => {
  it("step goes up after a quarter and down after three", () => {
    const { requests } = makeTrace(plain);
    expect([requests[9], requests[10], requests[29], requests[30]]).toEqual([2, 10, 10, 2]);
  });

  it("ramp goes up and down evenly", () => {
    const { requests } = makeTrace({ ...plain, shape: "ramp" });
    expect([requests[0], requests[5], requests[20], requests[35]]).toEqual([2, 6, 10, 6]);
  });

  it("burst is a peak of ten seconds now and then", () => {
    const { requests } = makeTrace({ ...plain, shape: "burst" });
    expect([requests[0], requests[14], requests[15], requests[24], requests[25], requests[30]]).toEqual([
      2, 2, 10, 10, 2, 10,
    ]);
  });

  it("daily has its least at four in the morning and its most at four in the afternoon", () => {
    const { requests } = makeTrace({ ...plain, shape: "daily", lengthS: 86_400 });
    expect([requests[4 * 3600], requests[16 * 3600]]).toEqual([2, 10]);
  });

  it("poisson has its rate in the long run, as much variance, and the same with the same seed", () => {
    const parameters = { ...plain, shape: "poisson", rate: 20, lengthS: 20_000 } as const;
    const { requests } = makeTrace(parameters);
    expect(sum(requests) / 20_000).toBeCloseTo(20, 0);
    expect(sum([...requests].map((count) => (count - 20) ** 2)) / 20_000).toBeCloseTo(20, -0.5);
    expect(makeTrace(parameters).requests).toEqual(requests);
    expect(makeTrace({ ...parameters, seed: 2 }).requests).not.toEqual(requests);
  });

  it("with a fraction of a request a second has whole ones now and then", () => {
    expect(sum(makeTrace({ ...plain, rate: 0.25, peak: 0.25 }).requests)).toBe(10);
  });
});

describe("arrivals", () => {
  it("come in order, each in its second, with durations around the mean", () => {
    const trace = makeTrace({ ...plain, spread: "exponential", rate: 500, peak: 500 });
    const arrivals = new Arrivals(trace);
    const counts = new Uint32Array(trace.requests.length);
    let beforeMs = 0;
    let workMs = 0;
    for (; arrivals.atMs < Infinity; arrivals.advance()) {
      expect(arrivals.atMs).toBeGreaterThanOrEqual(beforeMs);
      beforeMs = arrivals.atMs;
      counts[Math.floor(arrivals.atMs / 1000)]! += 1;
      workMs += arrivals.durationMs;
    }
    expect(counts).toEqual(trace.requests);
    expect(workMs / sum(counts) / 100).toBeCloseTo(1, 1);
  });
});
