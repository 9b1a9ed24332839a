/** The time a request for metrics is about, rounded as CloudWatch rounds it: the older, the coarser. */
import type { TimeSpan } from "../../domain/metric-reading.ts";
import { invalid } from "../wire/metric-to-domain.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** So long metrics are kept. */
const KEPT_MS = 455 * DAY_MS;

interface Asked {
  readonly StartTime: Date;
  readonly EndTime: Date;
}

/** `periodSeconds`: the shortest that is asked for. */
export function metricSpan({ StartTime, EndTime }: Asked, periodSeconds: number, nowMs: number): TimeSpan {
  const [givenMs, endMs] = [StartTime.getTime(), Math.min(EndTime.getTime(), nowMs + DAY_MS)];
  if (givenMs >= EndTime.getTime()) throw invalid("StartTime", "must be before EndTime");
  const keptMs = Math.max(givenMs, nowMs - KEPT_MS);
  const stepMs = periodSeconds < 60 ? periodSeconds * 1000 : roundingOf(nowMs - keptMs);
  const startMs = Math.floor(keptMs / stepMs) * stepMs;
  return { startMs, endMs: Math.max(startMs, endMs) };
}

function roundingOf(ageMs: number): number {
  if (ageMs < 15 * DAY_MS) return MINUTE_MS;
  return ageMs < 63 * DAY_MS ? 5 * MINUTE_MS : 60 * MINUTE_MS;
}
