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

/** Takes a processor for seconds. */
const long: SimulationWish = { ...wish, load: "day", requestsPerSecond: 20, peakRequestsPerSecond: 24 };

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
  const signal = AbortSignal.timeout(10_000);
  expect(await threads.run(wish, "ann", signal)).toEqual(simulateScaling(wish));
  await expect(threads.run({ ...wish, minSize: 6 }, "ann", signal)).rejects.toThrow("above");
  const over = new AbortController();
  const running = [threads.run(long, "ann", over.signal), threads.run(long, "ben", over.signal)];
  const gone = new AbortController();
  const waiting = Array.from({ length: 7 }, (_, index) => threads.run(wish, `caller ${index}`, gone.signal));
  const ends = [...running, ...waiting].map((run) => expect(run).rejects.toThrow("takes too long"));
  const next = threads.run(wish, "cid", AbortSignal.timeout(20_000));
  await expect(threads.run(wish, "dan", over.signal)).rejects.toThrow("Many other simulations");
  gone.abort();
  over.abort();
  await Promise.all(ends);
  expect((await next).intervalS).toBe(5);
  await expect(threads.run(wish, "ann", over.signal)).rejects.toThrow("takes too long");
  expect((await threads.run(wish, "ann", AbortSignal.timeout(10_000))).intervalS).toBe(5);
});

test("one caller does not get all places, and who has none running is next", async () => {
  const threads = new SimulationThreads();
  const ended: string[] = [];
  const first = new AbortController();
  const rest = new AbortController();
  const run = async (caller: string, signal: AbortSignal, what: SimulationWish = long) =>
    await threads.run(what, caller, signal).then(
      () => void ended.push(caller),
      () => void ended.push(`${caller} gave up`),
    );
  const greedy = [
    run("greedy", first.signal),
    ...Array.from({ length: 3 }, async () => await run("greedy", rest.signal)),
  ];
  await expect(threads.run(wish, "greedy", rest.signal)).rejects.toThrow("4 simulations of yours");
  const modest = run("modest", AbortSignal.timeout(20_000), wish);
  first.abort();
  await modest;
  expect(ended).toEqual(["greedy gave up", "modest"]);
  rest.abort();
  await Promise.all(greedy);
  await run("greedy", AbortSignal.timeout(20_000), wish);
  expect(ended.at(-1)).toBe("greedy");
});
