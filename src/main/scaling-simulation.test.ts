import { describe, expect, test } from "vitest";
import type { SimulationWish } from "../ports/scaling-simulation.ts";
import { simulateScaling } from "./scaling-simulation.ts";
import { SimulationThreads } from "./simulation-threads.ts";

const wish: SimulationWish = {
  minSize: 1,
  maxSize: 5,
  maxConcurrency: 10,
  scaleToZero: null,
  warmZero: null,
  idle: null,
  vcpu: 1,
  memoryGiB: 2,
  load: "step",
  requestsPerSecond: 5,
  peakRequestsPerSecond: 100,
  durationMs: 200,
  startMs: 1_500,
  prices: { vcpuHour: 0.064, gbHour: 0.007 },
};

describe("a simulation", () => {
  test("is a picture of no more points than fit, with instances that follow the load", () => {
    const { intervalS, requests, instances, refused, requestCount, peakInstances } = simulateScaling(wish);
    expect(intervalS * requests.length).toBeGreaterThanOrEqual(1_200);
    expect([requests.length, instances.length, refused.length]).toEqual([240, 240, 240]);
    expect(requests[0]).toBe(5);
    expect(requests[120]).toBe(100);
    expect(instances[0]).toBe(1);
    expect(Math.max(...instances)).toBe(peakInstances);
    expect(peakInstances).toBeGreaterThan(1);
    expect(requestCount).toBe(5 * 600 + 100 * 600);
  });

  test("knows zero, where instances are there for a shorter time", () => {
    const spikes = { ...wish, load: "spikes", requestsPerSecond: 0, peakRequestsPerSecond: 20 } as const;
    const zero = simulateScaling({ ...spikes, scaleToZero: "30s", warmZero: "0s" });
    expect(Math.min(...zero.instances)).toBe(0);
    expect(zero.provisionedHours).toBeLessThan(simulateScaling(spikes).provisionedHours);
  });

  test.for(["steady", "step", "spikes", "day"] as const)(
    "more than two million requests are refused before they are played: %s",
    (load) => {
      const times = (factor: number) =>
        simulateScaling({
          ...wish,
          load,
          requestsPerSecond: factor,
          peakRequestsPerSecond: 2 * factor,
          durationMs: 1,
        });
      const tooMuch = 2_050_000 / times(1).requestCount;
      expect(() => times(tooMuch)).toThrow("are not simulated here");
    },
  );

  test("is refused when it is too large, or a setting is none", () => {
    expect(() => simulateScaling({ ...wish, peakRequestsPerSecond: 20_000 })).toThrow(
      "are not simulated here",
    );
    expect(() => simulateScaling({ ...wish, scaleToZero: "soon" })).toThrow("is not a duration");
    expect(() => simulateScaling({ ...wish, minSize: 6 })).toThrow("above max-size");
  });
});

test("more instances than the simulator knows are as many as it knows", () => {
  expect(simulateScaling({ ...wish, maxSize: 1_000_000 })).toEqual(
    simulateScaling({ ...wish, maxSize: 1_000 }),
  );
});

test("on a thread it is the same, ends with its signal, and waits for its turn behind few others", async () => {
  const threads = new SimulationThreads();
  expect(await threads.run(wish, AbortSignal.timeout(10_000))).toEqual(simulateScaling(wish));
  await expect(threads.run({ ...wish, minSize: 6 }, AbortSignal.timeout(10_000))).rejects.toThrow("above");
  const over = new AbortController();
  const long = { ...wish, load: "day", peakRequestsPerSecond: 60 } as const;
  const running = [threads.run(long, over.signal), threads.run(long, over.signal)];
  const gone = new AbortController();
  const waiting = Array.from({ length: 7 }, () => threads.run(wish, gone.signal));
  const ends = [...running, ...waiting].map((run) => expect(run).rejects.toThrow("takes too long"));
  const next = threads.run(wish, AbortSignal.timeout(20_000));
  await expect(threads.run(wish, over.signal)).rejects.toThrow("Try again");
  gone.abort();
  over.abort();
  await Promise.all(ends);
  expect((await next).intervalS).toBe(5);
  await expect(threads.run(wish, over.signal)).rejects.toThrow("takes too long");
  expect((await threads.run(wish, AbortSignal.timeout(10_000))).intervalS).toBe(5);
});
