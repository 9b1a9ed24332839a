/** What the decisions lead to under whole loads, in the simulator: the policy's promises. */
import { describe, expect, it } from "vitest";
import { Arrivals } from "./simulator/arrivals.ts";
import { parseSettings, runSettings } from "./simulator/run-settings.ts";
import { type RunResult, type SimulationWorld, plainWorld, simulate } from "./simulator/simulate.ts";
import { SimulatedService } from "./simulator/simulated-service.ts";
import { SlipwayRule } from "./simulator/slipway-rule.ts";
import { type ShapeParameters, makeTrace } from "./simulator/trace-shape.ts";
import type { Trace } from "./simulator/trace.ts";

const HOUR_S = 3600;
const plain: ShapeParameters = {
  shape: "step",
  rate: 100,
  peak: 800,
  lengthS: 1200,
  everyS: 600,
  durationMs: 50,
  spread: "exponential",
  seed: 1,
};

function run(trace: Trace, settings: string, world: Partial<SimulationWorld> = {}): RunResult {
  return simulate({ ...plainWorld, trace, ...world }, runSettings(settings, parseSettings(settings)));
}

describe.each([1, 2, 3])("a step to eight times the load, chance %d", (seed) => {
  const riseS = 300;
  const fallS = 900;
  /** 800 requests a second of 50 ms, seven at once for each instance. */
  const needed = 6;
  const settings = "max-concurrency=10,max-size=100";
  const trace = makeTrace({ ...plain, seed });

  it("refuses nobody while the queue's bound is kept, and nobody waits for long", () => {
    const result = run(trace, settings);
    expect(result.refused).toBe(0);
    expect(result.maxWaitMs).toBeLessThan(500);
  });

  it("wishes for enough instances within 300 ms", () => {
    const { policy } = runSettings("", parseSettings(settings));
    const service = new SimulatedService({
      arrivals: new Arrivals(trace),
      rule: new SlipwayRule(policy),
      maxConcurrency: policy.maxConcurrency,
      present: 1,
      startMs: plainWorld.startMs,
    });
    const wishedAt = (untilMs: number): number => {
      for (let atMs = service.nowMs + 100; atMs <= untilMs; atMs += 100) {
        service.advance(atMs);
        service.look();
      }
      return service.wish.count;
    };
    expect(wishedAt(riseS * 1000)).toBeLessThanOrEqual(2);
    expect(wishedAt(riseS * 1000 + 300)).toBeGreaterThanOrEqual(needed);
  });

  it.each([
    ["fixed", 300],
    ["fixed", 1000],
    ["fixed", 5000],
    ["exponential", 300],
    ["exponential", 5000],
  ] as const)("overshoots by half at most: %s durations, a start of %d ms", (spread, startMs) => {
    const { peakInstances, series } = run({ ...trace, spread }, settings, { startMs });
    expect(peakInstances).toBeLessThanOrEqual(1.5 * needed);
    expect(series.ready[riseS + 30]).toBeGreaterThanOrEqual(needed);
  });

  it("is back within three minutes after the load has gone, and stays there", () => {
    const quiet = trace.requests.map((count, second) => (second >= fallS ? count / 10 : count));
    const { series } = run({ ...trace, requests: quiet }, settings);
    expect(series.wished[fallS - 1]).toBeGreaterThanOrEqual(needed);
    expect([...new Set(series.wished.slice(fallS + 180))]).toEqual([1]);
  });
});

describe("a day", () => {
  const trace = makeTrace({
    ...plain,
    shape: "daily",
    rate: 2,
    peak: 40,
    lengthS: 24 * HOUR_S,
    durationMs: 200,
  });

  it("takes far fewer hours than its largest size all day, and nobody waits", () => {
    const result = run(trace, "max-concurrency=5");
    expect(result.refused).toBe(0);
    expect(result.p99WaitMs).toBeLessThan(10);
    expect(result.provisionedHours).toBeLessThan(0.6 * 24 * result.peakInstances);
  }, 60_000);
});

describe("chance alone", () => {
  it.each([
    { rate: 700, durationMs: 100, maxConcurrency: 100, mostAnHour: 1 },
    { rate: 200, durationMs: 100, maxConcurrency: 25, mostAnHour: 1 },
    { rate: 100, durationMs: 200, maxConcurrency: 10, mostAnHour: 3 },
    // Few places, half of them taken: a queue stands now and then, and an instance comes for a minute.
    { rate: 100, durationMs: 50, maxConcurrency: 10, mostAnHour: 14 },
    { rate: 30, durationMs: 100, maxConcurrency: 5, mostAnHour: 25 },
  ])(
    "changes the size at most $mostAnHour times an hour: $rate/s, $maxConcurrency at once",
    ({ rate, durationMs, maxConcurrency, mostAnHour }) => {
      const trace = makeTrace({ ...plain, shape: "poisson", rate, durationMs, lengthS: 2 * HOUR_S });
      const result = run(trace, `max-concurrency=${maxConcurrency}`);
      expect(result.changes).toBeLessThanOrEqual(2 * mostAnHour);
      expect(result.refused).toBe(0);
    },
    30_000,
  );
});

describe("a request each five minutes and zero after one", () => {
  const requests = Uint32Array.from({ length: HOUR_S }, (_, second) => (second % 300 === 150 ? 1 : 0));
  const trace: Trace = { requests, durationsMs: new Float64Array(HOUR_S).fill(50), spread: "fixed", seed: 1 };

  it("has exactly one cold start each", () => {
    const result = run(trace, "scale-to-zero=1m,warm-zero=0s");
    expect(result).toMatchObject({ requests: 12, starts: 12, held: 12, refused: 0, peakInstances: 1 });
    expect(result.maxWaitMs).toBeLessThan(310);
    expect(result.provisionedHours).toBeLessThan(0.3);
  });

  it("only thaws while it is kept warm", () => {
    const result = run(trace, "scale-to-zero=1m,warm-zero=10m");
    expect(result).toMatchObject({ starts: 0, held: 0, refused: 0 });
    expect(result.maxWaitMs).toBeLessThan(10);
  });
});
