/** Statistics as CloudWatch spells them, and their value of the measurements of one period. */

/** What is known of the values of one period; `ports/metrics.ts` gives such points. */
export interface MetricSample {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  quantile(share: number): number;
  shareBetween(low: number, high: number): number;
  between(lowShare: number, highShare: number): { readonly count: number; readonly sum: number };
}

export type Statistic = (sample: MetricSample) => number;

export const basicStatistics = {
  SampleCount: ({ count }) => count,
  Average: ({ count, sum }) => sum / count,
  Sum: ({ sum }) => sum,
  Minimum: ({ minimum }) => minimum,
  Maximum: ({ maximum }) => maximum,
} as const satisfies Readonly<Record<string, Statistic>>;

const PERCENTILE = /^p(\d{1,3}(?:\.\d{1,10})?)$/;
const SHORT_RANGE = /^(tm|tc|ts|wm)(\d{1,3}(?:\.\d{1,10})?)$/i;
const NUMBER = String.raw`\d{1,15}(?:\.\d{1,10})?`;
const LONG_RANGE = new RegExp(`^(TM|TC|TS|WM|PR)\\((${NUMBER}%?)?:(${NUMBER}%?)?\\)$`, "i");

export const STATISTICS_HINT =
  "it must be Average, Sum, Minimum, Maximum, SampleCount, a percentile such as p99.9, or IQM, TM, TC, TS, WM or PR with its bounds, such as TM(10%:90%)";

/** Null for what is no statistic. */
export function parseStatistic(text: string): Statistic | null {
  if (Object.hasOwn(basicStatistics, text)) return basicStatistics[text as keyof typeof basicStatistics];
  if (text.toUpperCase() === "IQM") return rangeStatistic("TM", shares(0.25, 0.75));
  const percentile = PERCENTILE.exec(text);
  if (percentile !== null) return quantileStatistic(Number(percentile[1]) / 100);
  const short = SHORT_RANGE.exec(text);
  if (short !== null) return shortRange(short[1] ?? "", Number(short[2]) / 100);
  const long = LONG_RANGE.exec(text);
  return long === null ? null : longRange(long[1] ?? "", long[2], long[3]);
}

function quantileStatistic(share: number): Statistic | null {
  return share > 1 ? null : (sample) => sample.quantile(share);
}

function shortRange(kind: string, share: number): Statistic | null {
  return share > 1 ? null : rangeStatistic(kind, shares(0, share));
}

/** Which part of the values, as shares of them in the order of their size. */
type Range = (sample: MetricSample) => { readonly low: number; readonly high: number };

const shares =
  (low: number, high: number): Range =>
  () => ({ low, high });

function rangeStatistic(kind: string, range: Range): Statistic {
  return (sample) => {
    const { low, high } = range(sample);
    const { count, sum } = sample.between(low, high);
    if (kind.toUpperCase() === "TC") return count;
    if (kind.toUpperCase() === "TS") return sum;
    if (kind.toUpperCase() === "TM") return sum / count;
    const below = low * sample.count * sample.quantile(low);
    const above = (1 - high) * sample.count * sample.quantile(high);
    const within = Math.max(0, high - low) * sample.count;
    return (below + above + (count === 0 ? 0 : (sum / count) * within)) / sample.count;
  };
}

/** Bounds are shares (with %) or values; both are of one kind, and one may be missing. PR takes values only. */
function longRange(kind: string, low: string | undefined, high: string | undefined): Statistic | null {
  const bounds = [low, high].filter((bound) => bound !== undefined);
  if (bounds.length === 0) return null;
  const arePercent = bounds.every((bound) => bound.endsWith("%"));
  if (!arePercent && bounds.some((bound) => bound.endsWith("%"))) return null;
  const [from, to] = [boundOf(low), boundOf(high)];
  if (from !== null && to !== null && from >= to) return null;
  if (kind.toUpperCase() === "PR") return arePercent ? null : percentileRank(from, to);
  if (arePercent) {
    const [least, most] = [(from ?? 0) / 100, (to ?? 100) / 100];
    return most > 1 ? null : rangeStatistic(kind, shares(least, most));
  }
  return rangeStatistic(kind, (sample) => ({
    low: from === null ? 0 : shareUpTo(sample, from),
    high: to === null ? 1 : shareUpTo(sample, to),
  }));
}

function boundOf(text: string | undefined): number | null {
  return text === undefined ? null : Number(text.replace("%", ""));
}

function percentileRank(from: number | null, to: number | null): Statistic {
  return (sample) => 100 * sample.shareBetween(from ?? -Infinity, to ?? Infinity);
}

function shareUpTo(sample: MetricSample, value: number): number {
  return sample.shareBetween(-Infinity, value);
}
