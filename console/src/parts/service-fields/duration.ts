/** Times as tags have them: `30s`, `5m`, `7d`. */

export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: MINUTE_MS,
  h: 60 * MINUTE_MS,
  d: DAY_MS,
};

/** Of `30s`, `5m`; null: of something else. */
export function durationMs(value: string): number | null {
  const [, digits, unit = ""] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(value) ?? [];
  return digits === undefined ? null : Number(digits) * (UNIT_MS[unit] ?? Number.NaN);
}

/** In the largest unit that leaves no rest. */
export function durationText(valueMs: number): string {
  const [unit, unitMs] = Object.entries(UNIT_MS)
    .toReversed()
    .find(([, ms]) => valueMs > 0 && valueMs % ms === 0) ?? ["s", 1000];
  return `${valueMs / unitMs}${unit}`;
}
