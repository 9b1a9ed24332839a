/** Usage: what the meter counted is written down; prices, as the settings have them. */
import type { Logger } from "pino";
import { carryTraffic } from "../autoscaler/traffic-carrier.ts";
import type { UsageMeter } from "../autoscaler/usage-meter.ts";
import { recordUsage } from "../autoscaler/usage-recorder.ts";
import type { UsagePrices } from "../domain/usage.ts";
import type { MetricReader } from "../ports/metrics.ts";
import type { Store } from "../ports/store.ts";
import type { Settings } from "./settings.ts";
import { systemClock } from "./system-clock.ts";

interface UsageRecording {
  readonly meter: UsageMeter;
  readonly store: Store;
  readonly metrics: MetricReader;
  readonly logger: Pick<Logger, "error">;
}

/** Until the signal is aborted and all is written. */
export async function recordUsageOf(
  { meter, store, metrics, logger }: UsageRecording,
  end: AbortSignal,
): Promise<void> {
  const onError = (error: unknown) => logger.error({ err: error }, "usage is not recorded");
  await Promise.all([
    recordUsage({ meter, table: store.usage, clock: systemClock, onError }, end),
    carryTraffic({ metrics, store, clock: systemClock, onError }, end),
  ]);
}

export function usagePricesOf(settings: Settings): UsagePrices {
  return {
    vcpuHour: settings.priceVcpuHour,
    gbHour: settings.priceGbHour,
    buildMinute: settings.priceBuildMinute,
    automaticDeploymentMonth: settings.priceAutomaticDeploymentMonth,
    egressGb: settings.priceEgressGb,
    ...(settings.priceMachineMonth !== undefined && { machineMonth: settings.priceMachineMonth }),
  };
}
