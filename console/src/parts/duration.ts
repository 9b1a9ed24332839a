/** Lengths of time as people say them: `4 s`, `2 min 5 s`, `3 h 20 min`, `5 d 2 h`. */
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SHORT_MS = 10 * SECOND_MS;

const STEPS = [
  { unitMs: DAY_MS, unit: "d", restMs: HOUR_MS, rest: "h" },
  { unitMs: HOUR_MS, unit: "h", restMs: MINUTE_MS, rest: "min" },
  { unitMs: MINUTE_MS, unit: "min", restMs: SECOND_MS, rest: "s" },
] as const;

export function durationText(durationMs: number): string {
  const ms = Math.max(0, durationMs);
  for (const { unitMs, unit, restMs, rest } of STEPS) {
    if (ms < unitMs) continue;
    const whole = Math.floor(ms / unitMs);
    const left = Math.floor((ms % unitMs) / restMs);
    return left === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${left} ${rest}`;
  }
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  return ms < SHORT_MS ? `${Math.floor(ms / 100) / 10} s` : `${Math.floor(ms / SECOND_MS)} s`;
}

/** Of what goes on: in whole seconds, for tenths would flicker. */
export function runningText(durationMs: number): string {
  const seconds = Math.floor(Math.max(0, durationMs) / SECOND_MS);
  return seconds < 10 ? `${seconds} s` : durationText(seconds * SECOND_MS);
}

/** One unit is enough for an age: `3 min`. */
export function ageText(ageMs: number): string {
  const ms = Math.max(0, ageMs);
  for (const { unitMs, unit } of STEPS) {
    if (ms >= unitMs) return `${Math.floor(ms / unitMs)} ${unit}`;
  }
  return `${Math.floor(ms / SECOND_MS)} s`;
}
