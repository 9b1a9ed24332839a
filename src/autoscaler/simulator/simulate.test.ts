import { describe, expect, it } from "vitest";
import { GATE_LIMITS } from "../../edge/gate-limits.ts";
import { LEAST_STARTS_AT_ONCE } from "../../operations/plan-set.ts";
import { recommend } from "./recommend.ts";
import { parseSettings, runSettings } from "./run-settings.ts";
import { type RunResult, type SimulationWorld, plainWorld, simulate } from "./simulate.ts";
import { STARTS_AT_ONCE } from "./simulated-service.ts";
import { SlipwayRule } from "./slipway-rule.ts";
import { makeTrace } from "./trace-shape.ts";
import type { Trace } from "./trace.ts";

/** The same number of requests each second, each of the same length. */
function steady(perSecond: number, seconds: number, durationMs: number): Trace {
  return {
    requests: new Uint32Array(seconds).fill(perSecond),
    durationsMs: new Float64Array(seconds).fill(durationMs),
    spread: "fixed",
    seed: 1,
  };
}

function run(trace: Trace, settings: string, world: Partial<SimulationWorld> = {}): RunResult {
  return simulate({ ...plainWorld, trace, ...world }, runSettings(settings, parseSettings(settings)));
}

function sum(values: Uint32Array): number {
  return values.reduce((total, value) => total + value, 0);
}

describe("one run", () => {
  it("with room for all makes nobody wait and starts nothing", () => {
    const result = run(steady(10, 3600, 100), "");
    expect(result).toMatchObject({ requests: 36_000, refused: 0, maxWaitMs: 0, starts: 0, peakInstances: 1 });
    expect(result.provisionedHours).toBe(1);
    expect(result.cost).toBeCloseTo(2 * 0.007 + 0.064, 3);
  });

  it("without room refuses what is above the queue's bound, or waited three seconds", () => {
    const result = run(steady(100, 60, 1000), "max-concurrency=10,max-size=1");
    // Ten a second are answered, ten wait.
    expect(result.requests - result.refused).toBeGreaterThan(590);
    expect(result.requests - result.refused).toBeLessThanOrEqual(620);
    expect(Math.max(...result.series.waiting)).toBe(10);
    expect(result.maxWaitMs).toBeLessThanOrEqual(3000);
    expect(sum(result.series.refused)).toBe(result.refused);
  });

  it("gives up what waits for longer than three seconds", () => {
    const result = run(steady(5, 30, 10_000), "max-concurrency=10,max-size=1");
    expect(result.requests - result.refused).toBeLessThanOrEqual(40);
    expect(result.maxWaitMs).toBeLessThanOrEqual(3000);
  });

  it("is the same each time", () => {
    const trace = makeTrace({
      shape: "poisson",
      rate: 50,
      peak: 0,
      lengthS: 300,
      everyS: 1,
      durationMs: 300,
      spread: "exponential",
      seed: 7,
    });
    expect(run(trace, "max-concurrency=5")).toEqual(run(trace, "max-concurrency=5"));
  });

  it("starts two containers at once, no more", () => {
    const { series } = run(steady(400, 4, 1000), "max-concurrency=10,max-size=40", { startMs: 100 });
    expect(series.wished[0]).toBeGreaterThan(20);
    // One, and two in each tenth of the second that was left.
    expect(series.ready[0]).toBeGreaterThan(10);
    expect(series.ready[0]).toBeLessThanOrEqual(1 + 2 * 9);
  });

  it("lets instances that go finish their requests", () => {
    const requests = Uint32Array.from({ length: 600 }, (_, second) =>
      second < 60 ? 100 : second < 300 ? 1 : 0,
    );
    const result = run({ ...steady(0, 600, 500), requests }, "max-concurrency=10");
    expect(result.refused).toBe(0);
    expect(result.peakInstances).toBeGreaterThan(5);
    expect(result.series.ready.at(-1)).toBe(1);
  });

  it("ends when it is hopeless", () => {
    const trace = steady(100, 600, 1000);
    const settings = runSettings("", parseSettings("max-concurrency=1,max-size=1"));
    const result = simulate({ ...plainWorld, trace }, settings, ({ refused }) => refused > 0);
    expect(result.isComplete).toBe(false);
    expect(result.refused).toBeLessThan(200);
  });
});

describe("what surrounds our rule", () => {
  it("is as in the edge and in the control plane", () => {
    const { edge } = new SlipwayRule(runSettings("", parseSettings("")).policy);
    expect(edge).toMatchObject({ heldLimit: GATE_LIMITS.heldPerHost, holdMs: GATE_LIMITS.holdMs });
    expect(STARTS_AT_ONCE).toBe(LEAST_STARTS_AT_ONCE);
  });
});

describe("others' rules", () => {
  const step = makeTrace({
    shape: "step",
    rate: 100,
    peak: 800,
    lengthS: 600,
    everyS: 1,
    durationMs: 50,
    spread: "exponential",
    seed: 1,
  });

  it("Knative lets a step wait for its next look, and overshoots", () => {
    const theirs = run(step, "max-concurrency=10,max-size=100,rule=knative");
    const ours = run(step, "max-concurrency=10,max-size=100");
    expect(theirs.refused).toBe(0);
    expect(theirs.maxWaitMs).toBeGreaterThan(3 * ours.maxWaitMs);
    expect(theirs.peakInstances).toBeGreaterThan(2 * ours.peakInstances);
  });

  it("Knative goes to zero a minute and a half after the last request, and comes back at once", () => {
    const requests = Uint32Array.from({ length: 400 }, (_, second) =>
      second === 0 || second === 300 ? 1 : 0,
    );
    const { series, held, maxWaitMs } = run(
      { ...steady(0, 400, 50), requests },
      "scale-to-zero=1m,rule=knative",
    );
    const zeroS = series.ready.indexOf(0);
    expect(zeroS).toBeGreaterThanOrEqual(85);
    expect(zeroS).toBeLessThanOrEqual(95);
    expect(held).toBe(1);
    expect(maxWaitMs).toBeCloseTo(plainWorld.startMs);
  });

  it("App Runner refuses instead of letting wait, and never goes to zero", () => {
    const result = run(step, "max-concurrency=10,max-size=100,scale-to-zero=1m,rule=apprunner");
    expect(result.refused).toBeGreaterThan(100);
    expect(result).toMatchObject({ maxWaitMs: 0, held: 0 });
    const idle = run(steady(0, 3600, 50), "min-size=2,scale-to-zero=1m,rule=apprunner");
    expect(new Set(idle.series.ready)).toEqual(new Set([2]));
  });
});

describe("settings", () => {
  it.each([
    [
      "concurrency=5",
      '"concurrency=5" is not a setting that can be simulated. Write name=value with one of max-c',
    ],
    ["min-size=0", 'min-size is "0". Write a whole number from 1 to 1000.'],
    ["min-size=30", "min-size 30 is above max-size 25."],
    ["scale-to-zero=soon", '"soon" is not a duration'],
    ["rule=azure", "Write one of slipway, knative, apprunner."],
  ])("%s is refused with what would be right", (text, message) => {
    expect(() => runSettings("", parseSettings(text))).toThrow(message);
  });

  it("are App Runner's defaults where nothing is said, and `off` is never", () => {
    expect(runSettings("", parseSettings("scale-to-zero=off")).policy).toMatchObject({
      maxConcurrency: 100,
      minSize: 1,
      maxSize: 25,
      scaleToZeroMs: null,
      idle: "throttle",
    });
  });
});

describe("a recommendation", () => {
  it("is the cheapest that meets the target: zero for a service that is called once an hour", () => {
    const requests = Uint32Array.from({ length: 4 * 3600 }, (_, second) => (second % 3600 === 1800 ? 1 : 0));
    const world = { ...plainWorld, trace: { ...steady(0, 4 * 3600, 50), requests } };
    const base = parseSettings("max-size=5");
    const { best } = recommend(world, { base, targetMs: 400 });
    expect(best?.settings.name).toBe("max-concurrency=100,min-size=1,scale-to-zero=1m,warm-zero=0s");
    const strict = recommend(world, { base, targetMs: 100 });
    expect(strict.best?.settings.policy.scaleToZeroMs).toBeNull();
  });

  it("does not try zero for a load that is never quiet", () => {
    const world = { ...plainWorld, trace: steady(5, 60, 100) };
    // A concurrency each; the least size is good enough.
    expect(recommend(world, { base: parseSettings(""), targetMs: 250 }).tried).toBe(3);
  });

  it("does not exist when every try refuses somebody", () => {
    const world = { ...plainWorld, trace: steady(1000, 5, 1000) };
    expect(recommend(world, { base: parseSettings("max-size=1"), targetMs: 250 }).best).toBeNull();
  });
});
