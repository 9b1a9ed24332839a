/** Numbers and moments along the axes of charts. Pure, but for the reader's time zone. */

import { charts as texts } from "../../texts.ts";

/** `plain`: the title says of what. */
export type Unit = "count" | "ms" | "percent" | "bytes" | "dollars" | "hours" | "minutes" | "plain";

const STEPS = [1, 2, 5, 10] as const;
const BYTE_UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

/** Round numbers from 0 to above the highest value; counts are whole. */
export function valueTicks(highest: number, unit: Unit, most = 4): readonly number[] {
  const top = highest > 0 ? highest : 1;
  const base = unit === "bytes" ? byteBase(top) : 1;
  const step = Math.max(unit === "count" ? 1 : 0, roundStep(top / base / most) * base);
  const count = Math.max(1, Math.ceil(top / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => rounded(index * step));
}

/** 1, 2 or 5 times a power of ten, at least as much. */
function roundStep(raw: number): number {
  const power = 10 ** Math.floor(Math.log10(raw));
  return (STEPS.find((step) => step * power >= raw * (1 - 1e-9)) ?? 10) * power;
}

function byteBase(top: number): number {
  return 1024 ** Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log(Math.max(1, top)) / Math.log(1024)));
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}

const FORMATS: Readonly<Record<Unit, (value: number) => string>> = {
  count: short,
  ms: (value) => (value >= 10_000 ? `${short(value / 1_000)} s` : `${short(value)} ms`),
  percent: (value) => `${short(value)} %`,
  bytes: (value) => {
    const base = byteBase(value);
    return `${short(value / base)} ${BYTE_UNITS[Math.round(Math.log(base) / Math.log(1024))]}`;
  },
  dollars: (value) => `$${value >= 1 ? value.toFixed(2) : Number(value.toPrecision(2))}`,
  hours: (value) => `${short(value)} h`,
  minutes: (value) => `${short(value)} min`,
  plain: short,
};

export function formatValue(value: number, unit: Unit): string {
  return FORMATS[unit](value);
}

/** Three digits are enough to read, and thousands have a sign. */
function short(value: number): string {
  const size = Math.abs(value);
  if (size >= 1_000_000) return `${rounded(Number((value / 1_000_000).toPrecision(3)))}M`;
  if (size >= 10_000) return `${rounded(Number((value / 1_000).toPrecision(3)))}k`;
  if (size < 1) return String(rounded(Number(value.toPrecision(2))));
  return Number(value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)).toLocaleString("en");
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const TIME_STEPS_MS = [
  10_000,
  30_000,
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  30 * MINUTE_MS,
  HOUR_MS,
  2 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
  7 * DAY_MS,
  14 * DAY_MS,
  30 * DAY_MS,
  90 * DAY_MS,
];

export interface TimeTick {
  readonly atMs: number;
  readonly label: string;
}

/** `offsetMs`: of the time zone, so that days begin at its midnight. */
export function timeTicks(
  { startMs, endMs }: { readonly startMs: number; readonly endMs: number },
  most: number,
  offsetMs: number,
): readonly TimeTick[] {
  const stepMs = TIME_STEPS_MS.find((step) => (endMs - startMs) / step <= most) ?? 365 * DAY_MS;
  const first = Math.ceil((startMs + offsetMs) / stepMs) * stepMs - offsetMs;
  const count = Math.max(0, Math.floor((endMs - first) / stepMs) + 1);
  return Array.from({ length: count }, (_, index) => {
    const atMs = first + index * stepMs;
    return { atMs, label: tickLabel(new Date(atMs + offsetMs), stepMs) };
  });
}

/** `local`: shifted, so that its UTC is the reader's time. */
function tickLabel(local: Date, stepMs: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const isMidnight = local.getUTCHours() === 0 && local.getUTCMinutes() === 0 && local.getUTCSeconds() === 0;
  if (stepMs >= DAY_MS || isMidnight) return `${texts.months[local.getUTCMonth()]} ${local.getUTCDate()}`;
  const time = `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}`;
  return stepMs < MINUTE_MS ? `${time}:${two(local.getUTCSeconds())}` : time;
}

/** Time since a beginning: `2h`, `1h 30m`, `5m`, `5m 10s`. */
export function elapsedText(elapsedMs: number): string {
  const seconds = Math.round(elapsedMs / 1_000);
  const parts = [
    [Math.floor(seconds / 3_600), "h"],
    [Math.floor(seconds / 60) % 60, "m"],
    [seconds % 60, "s"],
  ] as const;
  const given = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count}${unit}`);
  return given.length === 0 ? "0" : given.join(" ");
}
