/** Usage in the units of a bill. */
import type * as Wire from "../../contract/index.ts";
import {
  alwaysActiveCostOf,
  computeCostOf,
  costOf,
  gbHours,
  HOUR_MS,
  MONTH_MS,
  type UsageAmounts,
  type UsagePrices,
  vcpuHours,
} from "../../domain/usage.ts";

export interface CostRates {
  readonly prices: UsagePrices;
  /** What a dollar of App Runner's for compute is here; null where nobody said what the machine costs. */
  readonly machineShare: number | null;
}

export function usageToWire(usage: UsageAmounts, { prices, machineShare }: CostRates): Wire.Usage {
  return {
    ProvisionedInstanceHours: usage.provisionedMs / HOUR_MS,
    ActiveInstanceHours: usage.activeMs / HOUR_MS,
    VcpuHours: vcpuHours(usage.activeCpuMillisMs),
    GbHours: gbHours(usage.memoryMiBMs),
    Requests: usage.requestCount,
    InstanceStarts: usage.startCount,
    BuildMinutes: usage.buildMs / 60_000,
    AutomaticDeploymentMonths: usage.automaticDeploymentMs / MONTH_MS,
    EgressBytes: usage.egressBytes,
    Cost: costOf(usage, prices),
    MachineCost: machineShare === null ? undefined : computeCostOf(usage, prices) * machineShare,
    AlwaysActiveCost: alwaysActiveCostOf(usage, prices),
  };
}
