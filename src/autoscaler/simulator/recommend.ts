/**
 * Which settings are the cheapest that let nobody wait for long: a grid is tried. MaxConcurrency is never above what was
 * given: that an instance bears more cannot be known from a trace.
 */
import { type RunSettings, type SettingTexts, runSettings } from "./run-settings.ts";
import { type RunResult, type SimulationWorld, simulate } from "./simulate.ts";
import type { Trace } from "./trace.ts";

export interface RecommendationWish {
  /** What is not tried stays as it is here. */
  readonly base: SettingTexts;
  /** 99 of 100 requests shall wait at most this long. */
  readonly targetMs: number;
  readonly onRun?: (done: number, most: number) => void;
}

export interface Recommendation {
  readonly best: RunResult | null;
  readonly tried: number;
  readonly targetMs: number;
}

const PARTS_OF_CONCURRENCY = [1, 2, 4];
const MIN_SIZES = [1, 2, 3, 5];
const SCALE_TO_ZERO = ["1m", "10m", "1h"];
/** Unless it is said otherwise. */
const WARM_ZERO = "10m";

export function recommend(world: SimulationWorld, wish: RecommendationWish): Recommendation {
  const { base, targetMs, onRun } = wish;
  const families = familiesOf(world.trace, base);
  const most = families.reduce((total, family) => total + family.length, 0);
  let best: RunResult | null = null;
  let tried = 0;
  for (const family of families) {
    // More of the same only costs more: the first that is good enough is the best of its family.
    for (const settings of family) {
      tried++;
      onRun?.(tried, most);
      const result = simulate(world, settings, ({ refused }) => refused > 0);
      const isGood = result.isComplete && result.refused === 0 && result.p99WaitMs <= targetMs;
      if (isGood && (best === null || result.cost < best.cost)) best = result;
      if (isGood) break;
    }
  }
  return { best, tried, targetMs };
}

/** Those of a family differ only in MinSize, the smallest first. */
function familiesOf(trace: Trace, base: SettingTexts): readonly (readonly RunSettings[])[] {
  const { policy } = runSettings("", base);
  const concurrencies = PARTS_OF_CONCURRENCY.map((part) => Math.ceil(policy.maxConcurrency / part));
  const minSizes = [...MIN_SIZES, policy.minSize].filter((size) => size <= policy.maxSize);
  const sizes = [...new Set(minSizes)].sort((one, other) => one - other);
  return [...new Set(concurrencies)].flatMap((maxConcurrency) =>
    restsOf(trace, base).map((rest) =>
      sizes.map((minSize) => {
        const own = [
          ["max-concurrency", String(maxConcurrency)],
          ["min-size", String(minSize)],
          ...rest,
        ] as const;
        return runSettings(own.map((pair) => pair.join("=")).join(","), new Map([...base, ...own]));
      }),
    ),
  );
}

type Pairs = readonly (readonly [string, string])[];

/** What a service may become while nobody calls. A time that the trace is never quiet for is like never. */
function restsOf(trace: Trace, base: SettingTexts): readonly Pairs[] {
  const quietMs = longestQuietMs(trace);
  const own = base.get("scale-to-zero") ?? "off";
  const times = [...new Set([...SCALE_TO_ZERO, own])].filter((time) => {
    const { scaleToZeroMs } = runSettings("", new Map([["scale-to-zero", time]])).policy;
    return scaleToZeroMs !== null && scaleToZeroMs <= quietMs;
  });
  const warms = [...new Set(["0s", base.get("warm-zero") ?? WARM_ZERO])];
  const zeros = times.flatMap((time) =>
    warms.map((warm): Pairs => [
      ["scale-to-zero", time],
      ["warm-zero", warm],
    ]),
  );
  return [[["scale-to-zero", "off"]], ...zeros];
}

function longestQuietMs({ requests }: Trace): number {
  let longestS = 0;
  let quietS = 0;
  for (const count of requests) {
    quietS = count === 0 ? quietS + 1 : 0;
    longestS = Math.max(longestS, quietS);
  }
  // A request may come at the start of its second, and the next at the end of its own.
  return (longestS + 2) * 1000;
}
