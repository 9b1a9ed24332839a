/** Usage: what the meter counted is written down; prices, as the settings have them. */
import type { Logger } from "pino";
import type { UsageMeter } from "../autoscaler/usage-meter.ts";
import { recordUsage } from "../autoscaler/usage-recorder.ts";
import type { UsagePrices } from "../domain/usage.ts";
import type { UsageTable } from "../ports/store.ts";
import type { Settings } from "./settings.ts";
import { systemClock } from "./system-clock.ts";

interface UsageRecording {
  readonly meter: UsageMeter;
  readonly table: Pick<UsageTable, "add">;
  readonly logger: Pick<Logger, "error">;
}

/** Until the signal is aborted and all is written. */
export function recordUsageOf({ meter, table, logger }: UsageRecording, end: AbortSignal): Promise<void> {
  const onError = (error: unknown) => logger.error({ err: error }, "usage is not recorded");
  return recordUsage({ meter, table, clock: systemClock, onError }, end);
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
