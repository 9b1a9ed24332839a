/** Traces that are made, not measured: the shapes that load usually has. */
import { Random } from "./random.ts";
import type { DurationSpread, Trace } from "./trace.ts";

export const SHAPES = ["step", "ramp", "daily", "burst", "poisson"] as const;
export type Shape = (typeof SHAPES)[number];

export interface ShapeParameters {
  readonly shape: Shape;
  /** Requests a second in calm times. */
  readonly rate: number;
  /** … and at the most. */
  readonly peak: number;
  readonly lengthS: number;
  /** From one burst to the next. */
  readonly everyS: number;
  readonly durationMs: number;
  readonly spread: DurationSpread;
  readonly seed: number;
}

const DAY_S = 86_400;
const BURST_S = 10;
/** When a step or a ramp goes up and down again: shares of the length. */
const RISE = 1 / 4;
const FALL = 3 / 4;

export function makeTrace(parameters: ShapeParameters): Trace {
  const { shape, lengthS, durationMs, spread, seed } = parameters;
  const rates = Float64Array.from({ length: lengthS }, (_, second) => RATES[shape](parameters, second));
  return {
    requests: shape === "poisson" ? byChance(rates, seed) : exactly(rates),
    durationsMs: new Float64Array(lengthS).fill(durationMs),
    spread,
    seed,
  };
}

type RateAt = (parameters: ShapeParameters, second: number) => number;

/** Requests a second. */
const RATES: Readonly<Record<Shape, RateAt>> = {
  step: ({ rate, peak, lengthS }, second) =>
    second >= RISE * lengthS && second < FALL * lengthS ? peak : rate,
  ramp: ({ rate, peak, lengthS }, second) => {
    const share = second / lengthS;
    return rate + (peak - rate) * Math.min(1, share / RISE, (1 - share) / (1 - FALL));
  },
  // Least at four in the morning, most at four in the afternoon, and sharper than a sine, as days are.
  daily: ({ rate, peak }, second) =>
    rate + (peak - rate) * ((1 - Math.cos((second / DAY_S) * 2 * Math.PI - Math.PI / 3)) / 2) ** 2,
  burst: ({ rate, peak, everyS }, second) => (second % everyS < BURST_S && second >= everyS ? peak : rate),
  poisson: ({ rate }) => rate,
};

/** As even as whole requests can be: fractions add up. */
function exactly(rates: Float64Array): Uint32Array {
  let owed = 0;
  return Uint32Array.from(rates, (rate) => {
    owed += rate;
    const whole = Math.floor(owed);
    owed -= whole;
    return whole;
  });
}

/** Requests that know nothing of each other: the time to the next one is exponential. */
function byChance(rates: Float64Array, seed: number): Uint32Array {
  const random = new Random(seed);
  return Uint32Array.from(rates, (rate) => {
    let count = 0;
    for (let passed = random.exponential(1); passed < rate; passed += random.exponential(1)) count++;
    return count;
  });
}
