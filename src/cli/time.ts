/** Times as people write and read them. */
import { usageFailure } from "./failure.ts";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** "10m" before now, or a date; in milliseconds since 1970. `option` is named where it is neither; nothing has happened since a time to come. */
export function parseSince(text: string, nowMs: number, option = "--since"): number {
  const [, digits, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (digits !== undefined) return nowMs - Number(digits) * UNIT_MS[unit as keyof typeof UNIT_MS];
  const date = Date.parse(text);
  if (Number.isNaN(date)) {
    throw usageFailure(
      `${option}: "${text}" is not a time.`,
      "Write for example 10m, 2h, 1d or 2026-05-01T12:00:00Z.",
    );
  }
  if (option === "--since" && date > nowMs) {
    throw usageFailure(
      `--since: ${text} lies in the future.`,
      "Times without a zone are those of this machine.",
    );
  }
  return date;
}

/** "12s ago", "3m ago", "5h ago", "2d ago". */
export function formatAgo(seconds: number | undefined, nowMs: number): string {
  return seconds === undefined ? "" : `${formatDuration(Math.max(0, nowMs - seconds * 1000))} ago`;
}

export function formatDuration(durationMs: number): string {
  if (durationMs < 10_000) return `${(durationMs / 1000).toFixed(1)}s`;
  if (durationMs < 120_000) return `${Math.round(durationMs / 1000)}s`;
  if (durationMs < 2 * UNIT_MS.h) return `${Math.round(durationMs / UNIT_MS.m)}m`;
  if (durationMs < 2 * UNIT_MS.d) return `${Math.round(durationMs / UNIT_MS.h)}h`;
  return `${Math.round(durationMs / UNIT_MS.d)}d`;
}

export function formatTimestamp(timestampMs: number): string {
  return `${new Date(timestampMs).toISOString().slice(0, 19)}Z`;
}
