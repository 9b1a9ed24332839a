/** Ranges up to now as addresses have them: `3h`. Pure. */
const RELATIVE = /^(\d{1,6})([smhdw])$/;
const UNITS_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** How long `3h` is; null for what is no such length. */
export function lastMs(last: string): number | null {
  const [, amount = "", unit] = RELATIVE.exec(last) ?? [];
  return unit === undefined ? null : Number(amount) * UNITS_MS[unit as keyof typeof UNITS_MS];
}
