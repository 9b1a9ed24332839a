/**
 * Carries the bytes of answers from the metrics into usage, each minute those of the minutes before. How far it came is
 * written down in the same transaction: after a crash nothing is missing and nothing counted twice.
 */
import { noUsage, type UsageHour, usagePeriodStart } from "../domain/usage.ts";
import type { Clock } from "../ports/clock.ts";
import type { MetricPoint, MetricReader } from "../ports/metrics.ts";
import type { Store } from "../ports/store.ts";

export interface TrafficCarrierDeps {
  readonly metrics: MetricReader;
  readonly store: Pick<Store, "settings" | "transaction">;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

export const CARRIED_TO = "usage-traffic-carried-to";
const STEP_MS = 60_000;
/** The metrics of the last seconds are still being written. */
const BEHIND_MS = 30_000;
/** Whoever was away for longer has measured nothing meanwhile. */
const FARTHEST_MS = 3 * 3_600_000;

/** Ends when the signal is aborted. */
export async function carryTraffic(deps: TrafficCarrierDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await carryOnce(deps).catch(deps.onError);
    await deps.clock.sleep(STEP_MS, signal).catch(() => undefined);
  }
}

export async function carryOnce({ metrics, store, clock }: TrafficCarrierDeps): Promise<void> {
  const nowMs = clock.now() - BEHIND_MS;
  const toMs = nowMs - (nowMs % STEP_MS);
  const carriedToMs = Number((await store.settings.get(CARRIED_TO)) ?? toMs);
  // A mark of the future is from before the clock was set back.
  const fromMs = carriedToMs > toMs + FARTHEST_MS ? toMs : Math.max(carriedToMs, toMs - FARTHEST_MS);
  if (fromMs > toMs) return;
  const hours = fromMs === toMs ? [] : await hoursBetween(metrics, fromMs, toMs);
  await store.transaction(async (tx) => {
    if (hours.length > 0) await tx.usage.add(hours);
    await tx.settings.put(CARRIED_TO, String(toMs));
  });
}

async function hoursBetween(
  metrics: MetricReader,
  startMs: number,
  endMs: number,
): Promise<readonly UsageHour[]> {
  const hours: UsageHour[] = [];
  for (const { metric, serviceId, instanceId } of await metrics.list(startMs)) {
    if (metric !== "EgressBytes" || instanceId !== null) continue;
    const points = await metrics.read({
      metric,
      serviceId,
      instanceId,
      startMs,
      endMs,
      periodMs: STEP_MS,
    });
    hours.push(...hoursOf(serviceId, points));
  }
  return hours;
}

function hoursOf(serviceId: string, points: readonly MetricPoint[]): readonly UsageHour[] {
  const bytes = new Map<number, number>();
  for (const { startMs, sum } of points) {
    const hourStartMs = usagePeriodStart(startMs, "HOUR");
    bytes.set(hourStartMs, (bytes.get(hourStartMs) ?? 0) + sum);
  }
  return Array.from(bytes, ([hourStartMs, sum]) => bytesOf({ serviceId, hourStartMs }, Math.round(sum)));
}

function bytesOf(
  { serviceId, hourStartMs }: Pick<UsageHour, "serviceId" | "hourStartMs">,
  egressBytes: number,
): UsageHour {
  return { ...noUsage, serviceId, hourStartMs, egressBytes };
}
