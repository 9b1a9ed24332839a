/** The simulator as the API offers it: four loads, bounded, as so many points as a picture has room for. Pure. */
import { grouped } from "../domain/text-order.ts";
import { runSettings } from "../autoscaler/simulator/run-settings.ts";
import { type RunResult, simulate } from "../autoscaler/simulator/simulate.ts";
import { makeTrace, type Shape } from "../autoscaler/simulator/trace-shape.ts";
import { SimulationMistake } from "../autoscaler/simulator/trace.ts";
import {
  type SimulatedScaling,
  SimulationRefused,
  type SimulationWish,
} from "../ports/scaling-simulation.ts";

const POINTS = 240;
/** Some seconds of a processor. */
const REQUESTS_MAX = 2_000_000;
const SEED = 1;
/** Of the simulator. Configurations may have more, which loads of this size hardly ever need. */
const INSTANCES_MAX = 1_000;

interface Load {
  readonly shape: Shape;
  readonly lengthS: number;
  readonly everyS: number;
  /** How much of the way from the calm rate to the peak the average is. */
  readonly peakShare: number;
}

const LOADS: Readonly<Record<SimulationWish["load"], Load>> = {
  steady: { shape: "poisson", lengthS: 600, everyS: 1, peakShare: 0 },
  step: { shape: "step", lengthS: 1_200, everyS: 1, peakShare: 1 / 2 },
  spikes: { shape: "burst", lengthS: 1_200, everyS: 240, peakShare: 1 / 30 },
  day: { shape: "daily", lengthS: 86_400, everyS: 1, peakShare: 3 / 8 },
};

/** Throws SimulationRefused. */
export function simulateScaling(wish: SimulationWish): SimulatedScaling {
  try {
    return summaryOf(runOf(wish), LOADS[wish.load].lengthS);
  } catch (error) {
    if (error instanceof SimulationMistake) throw new SimulationRefused(error.message, { cause: error });
    throw error;
  }
}

function runOf(wish: SimulationWish): RunResult {
  const { load, requestsPerSecond: rate, peakRequestsPerSecond: peak, durationMs, startMs } = wish;
  const { lengthS, peakShare } = LOADS[load];
  if ((rate + (peak - rate) * peakShare) * lengthS > REQUESTS_MAX) {
    throw new SimulationRefused(
      `More than ${grouped(REQUESTS_MAX)} requests are not simulated here. Give a lower rate, or use slipway simulate.`,
    );
  }
  const trace = makeTrace({ ...LOADS[load], rate, peak, durationMs, spread: "exponential", seed: SEED });
  const { vcpu, memoryGiB, prices } = wish;
  const world = {
    trace,
    startMs,
    size: { vcpu, memoryGiB },
    prices: { perVcpuHour: prices.vcpuHour, perGiBHour: prices.gbHour },
  };
  return simulate(world, runSettings(load, settingsOf(wish)));
}

function settingsOf(wish: SimulationWish): ReadonlyMap<string, string> {
  const { minSize, maxSize, maxConcurrency, scaleToZero, warmZero, idle } = wish;
  const tags = [
    ["scale-to-zero", scaleToZero],
    ["warm-zero", warmZero],
    ["idle", idle],
  ] as const;
  return new Map([
    ["min-size", String(minSize)],
    ["max-size", String(Math.min(maxSize, INSTANCES_MAX))],
    ["max-concurrency", String(maxConcurrency)],
    ...tags.flatMap(([name, value]) => (value === null ? [] : [[name, value] as const])),
  ]);
}

function summaryOf(run: RunResult, lengthS: number): SimulatedScaling {
  const { series, requests, refused, p50WaitMs, p99WaitMs, maxWaitMs, peakInstances, starts } = run;
  const intervalS = Math.ceil(lengthS / POINTS);
  const points = (values: Uint32Array, join: (part: Uint32Array) => number): readonly number[] =>
    Array.from({ length: Math.ceil(lengthS / intervalS) }, (_, index) =>
      join(values.subarray(index * intervalS, (index + 1) * intervalS)),
    );
  return {
    intervalS,
    lengthS,
    requests: points(series.requests, (part) => Math.round((10 * sum(part)) / part.length) / 10),
    instances: points(series.ready, most),
    waiting: points(series.waiting, most),
    refused: points(series.refused, sum),
    requestCount: requests,
    refusedCount: refused,
    p50WaitMs,
    p99WaitMs,
    maxWaitMs,
    peakInstances,
    starts,
    provisionedHours: run.provisionedHours,
    cost: run.cost,
  };
}

function sum(values: Uint32Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function most(values: Uint32Array): number {
  return values.reduce((highest, value) => Math.max(highest, value), 0);
}
