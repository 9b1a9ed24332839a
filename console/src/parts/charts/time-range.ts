/** The stretch of time that charts show, as the address keeps it, and how finely it is asked for. Pure. */

export const RANGES = ["1h", "3h", "12h", "1d", "1w"] as const;
export type RangeId = (typeof RANGES)[number];

export interface TimeSpan {
  readonly startMs: number;
  /** Exclusive. */
  readonly endMs: number;
}

/** Up to now, or a piece of the past. */
export type ChosenRange = { readonly last: RangeId } | TimeSpan;

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const LENGTHS_MS: Readonly<Record<RangeId, number>> = {
  "1h": HOUR_MS,
  "3h": 3 * HOUR_MS,
  "12h": 12 * HOUR_MS,
  "1d": DAY_MS,
  "1w": 7 * DAY_MS,
};
/** What is kept at all, and the shortest piece that has a picture. */
const LONGEST_MS = 455 * DAY_MS;
const SHORTEST_MS = MINUTE_MS;
const DEFAULT_RANGE: RangeId = "1h";

/** Seconds of a point, and how old its beginning may be to be kept so finely. */
const PERIODS = [
  { seconds: 10, keptMs: 3 * HOUR_MS },
  { seconds: 60, keptMs: 15 * DAY_MS },
  { seconds: 300, keptMs: 63 * DAY_MS },
  { seconds: 900, keptMs: 63 * DAY_MS },
  { seconds: 3_600, keptMs: LONGEST_MS },
  { seconds: 6 * 3_600, keptMs: LONGEST_MS },
] as const;
const DAY_SECONDS = 86_400;
/** More points than this are no more to be told apart. */
const POINTS_MAX = 300;

export function readRange(get: (name: string) => string | null): ChosenRange {
  const last = RANGES.find((id) => id === get("last"));
  if (last !== undefined) return { last };
  const [startMs, endMs] = [momentOf(get("from")), momentOf(get("until"))];
  const lengthMs = endMs - startMs;
  return lengthMs >= SHORTEST_MS && lengthMs <= LONGEST_MS ? { startMs, endMs } : { last: DEFAULT_RANGE };
}

function momentOf(text: string | null): number {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

export function spanOf(range: ChosenRange, nowMs: number): TimeSpan {
  if (!("last" in range)) return range;
  return { startMs: nowMs - LENGTHS_MS[range.last], endMs: nowMs };
}

/** The finest period that is kept so long and gives no more points than a picture has room for. */
export function periodSeconds({ startMs, endMs }: TimeSpan, nowMs: number): number {
  const lengthS = (endMs - startMs) / SECOND_MS;
  const ageMs = nowMs - startMs;
  const fitting = PERIODS.find(
    ({ seconds, keptMs }) => lengthS / seconds <= POINTS_MAX && ageMs <= keptMs + MINUTE_MS,
  );
  return fitting?.seconds ?? DAY_SECONDS;
}

/** Whole periods, so that a point means the same each time it is asked for. */
export function aligned({ startMs, endMs }: TimeSpan, seconds: number): TimeSpan {
  const periodMs = seconds * SECOND_MS;
  return {
    startMs: Math.floor(startMs / periodMs) * periodMs,
    endMs: Math.ceil(endMs / periodMs) * periodMs,
  };
}

/** A piece that was drawn with the mouse: in order, and long enough. Null: it was a click. */
export function drawnSpan(oneMs: number, otherMs: number): TimeSpan | null {
  const [startMs, endMs] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)];
  if (endMs - startMs < 1) return null;
  const middleMs = (startMs + endMs) / 2;
  const halfMs = Math.max(SHORTEST_MS, endMs - startMs) / 2;
  return { startMs: Math.round(middleMs - halfMs), endMs: Math.round(middleMs + halfMs) };
}

/** Half as much around this moment, or of the end; nothing of what was not in it. */
export function narrowed({ startMs, endMs }: TimeSpan, aroundMs: number | null): TimeSpan {
  const lengthMs = Math.max(SHORTEST_MS, Math.round((endMs - startMs) / 2));
  const wished = (aroundMs ?? endMs) - lengthMs / 2;
  const start = Math.round(Math.max(startMs, Math.min(endMs - lengthMs, wished)));
  return { startMs: start, endMs: start + lengthMs };
}

/** Twice as much around the same middle, but nothing of the future. */
export function widened({ startMs, endMs }: TimeSpan, nowMs: number): TimeSpan {
  const lengthMs = Math.min(LONGEST_MS, 2 * (endMs - startMs));
  const end = Math.min(nowMs, Math.round((startMs + endMs) / 2 + lengthMs / 2));
  return { startMs: end - lengthMs, endMs: end };
}
