/** What a simulated service would cost with App Runner's kind of bill. */
import { appRunnerPrices as published } from "../../domain/usage.ts";
import type { InstanceUse } from "./instance-meter.ts";

export interface Prices {
  /** US dollars. Memory is charged while an instance is there, processors while it works. */
  readonly perGiBHour: number;
  readonly perVcpuHour: number;
}

/** App Runner's, in most regions. */
export const appRunnerPrices: Prices = {
  perGiBHour: published.gbHour,
  perVcpuHour: published.vcpuHour,
};

export interface PricedSize {
  readonly vcpu: number;
  readonly memoryGiB: number;
}

export function costOf(
  { provisionedHours, activeHours }: InstanceUse,
  { vcpu, memoryGiB }: PricedSize,
  { perGiBHour, perVcpuHour }: Prices,
): number {
  return provisionedHours * memoryGiB * perGiBHour + activeHours * vcpu * perVcpuHour;
}
