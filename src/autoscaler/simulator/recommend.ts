/**
 * Which settings are the cheapest that let nobody wait for long: a grid is tried. MaxConcurrency is never above what was
 * given: that an instance bears more cannot be known from a trace.
 */
import { type RunSettings, type SettingTexts, runSettings } from "./run-settings.ts";
import { type RunResult, type SimulationWorld, simulate } from "./simulate.ts";

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
const SCALE_TO_ZERO = ["off", "1m", "10m", "1h"];

export function recommend(world: SimulationWorld, wish: RecommendationWish): Recommendation {
  const { base, targetMs, onRun } = wish;
  const families = familiesOf(base);
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
function familiesOf(base: SettingTexts): readonly (readonly RunSettings[])[] {
  const { policy } = runSettings("", base);
  const concurrencies = PARTS_OF_CONCURRENCY.map((part) => Math.ceil(policy.maxConcurrency / part));
  const minSizes = [...MIN_SIZES, policy.minSize].filter((size) => size <= policy.maxSize);
  const sizes = [...new Set(minSizes)].sort((one, other) => one - other);
  const zeros = [...new Set([...SCALE_TO_ZERO, base.get("scale-to-zero") ?? "off"])];
  return [...new Set(concurrencies)].flatMap((maxConcurrency) =>
    zeros.map((zero) =>
      sizes.map((minSize) => {
        const own = [
          ["max-concurrency", String(maxConcurrency)],
          ["min-size", String(minSize)],
          ["scale-to-zero", zero],
        ] as const;
        return runSettings(own.map((pair) => pair.join("=")).join(","), new Map([...base, ...own]));
      }),
    ),
  );
}
