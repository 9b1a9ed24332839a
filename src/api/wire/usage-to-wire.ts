/** Usage in the units of a bill. */
import type * as Wire from "../../contract/index.ts";
import {
  alwaysActiveCostOf,
  costOf,
  gbHours,
  HOUR_MS,
  type UsageAmounts,
  type UsagePrices,
  vcpuHours,
} from "../../domain/usage.ts";

export function usageToWire(usage: UsageAmounts, prices: UsagePrices): Wire.Usage {
  return {
    ProvisionedInstanceHours: usage.provisionedMs / HOUR_MS,
    ActiveInstanceHours: usage.activeMs / HOUR_MS,
    VcpuHours: vcpuHours(usage.activeCpuMillisMs),
    GbHours: gbHours(usage.memoryMiBMs),
    Requests: usage.requestCount,
    InstanceStarts: usage.startCount,
    Cost: costOf(usage, prices),
    AlwaysActiveCost: alwaysActiveCostOf(usage, prices),
  };
}
