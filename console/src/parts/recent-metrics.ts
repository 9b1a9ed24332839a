/** The last while of some metrics, in one call however many there are: for sparklines and bars. */
import { useRead } from "../api/queries.ts";
import type { Input } from "../api/wire.ts";
import { useNow } from "./now.ts";
import { linesOf, queryId, type RecentMetric } from "./recent-lines.ts";

export interface RecentWish {
  readonly metrics: readonly RecentMetric[];
  readonly lengthMs: number;
  readonly periodSeconds: number;
  /** How often it is asked again while it is seen. */
  readonly everyMs: number;
}

/** In the order of the wish; null where nothing was measured. Empty until the answer is there. */
export function useRecentMetrics(wish: RecentWish): readonly (readonly (number | null)[])[] {
  const nowMs = useNow(wish.everyMs);
  // With the period that goes on: what came this minute is seen.
  const endS = Math.ceil(nowMs / 1_000 / wish.periodSeconds) * wish.periodSeconds;
  const startS = endS - wish.lengthMs / 1_000;
  const { data } = useRead("GraniteServiceVersion20100801.GetMetricData", toInput(wish, startS, endS), {
    isEnabled: wish.metrics.length > 0,
    keepsFormer: true,
  });
  const periods = wish.lengthMs / 1_000 / wish.periodSeconds;
  return linesOf(wish.metrics, data?.MetricDataResults ?? [], { ...wish, startS, periods });
}

/** Null: nothing was measured. */
export function newest(line: readonly (number | null)[]): number | null {
  return line.findLast((value) => value !== null) ?? null;
}

export function total(line: readonly (number | null)[]): number {
  return line.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function toInput(
  { metrics, periodSeconds }: RecentWish,
  startS: number,
  endS: number,
): Input<"GraniteServiceVersion20100801.GetMetricData"> {
  return {
    StartTime: startS,
    EndTime: endS,
    ScanBy: "TimestampAscending",
    MetricDataQueries: metrics.map((one) => ({
      Id: queryId(one),
      MetricStat: {
        Metric: {
          Namespace: "AWS/AppRunner",
          MetricName: one.metric,
          Dimensions: [
            { Name: "ServiceName", Value: one.serviceName },
            { Name: "ServiceID", Value: one.serviceId },
            ...(one.instanceId === undefined ? [] : [{ Name: "InstanceID", Value: one.instanceId }]),
          ],
        },
        Period: periodSeconds,
        Stat: one.statistic,
      },
    })),
  };
}
