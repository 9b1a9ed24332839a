/**
 * What services use, metered as App Runner bills it: memory for as long as an instance is there (provisioned), processors
 * while it has requests (active). Amounts are integrals over time in whole numbers, so that they add up whatever the size
 * of the instances was, and in whatever order.
 */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

export interface UsageAmounts {
  /** Of all instances together that were there: running, throttled or frozen. */
  readonly provisionedMs: number;
  /** Their memory times that. */
  readonly memoryMiBMs: number;
  /** Of all instances together that had requests, by App Runner's rule: see the usage meter. */
  readonly activeMs: number;
  /** Their processors, in thousandths, times that. */
  readonly activeCpuMillisMs: number;
  /** What it would have been had as many as the owner's minimum always been there, and all been active all the time. */
  readonly alwaysCpuMillisMs: number;
  readonly alwaysMemoryMiBMs: number;
  readonly requestCount: number;
  readonly startCount: number;
}

/** What a service used within one hour (UTC). */
export interface UsageHour extends UsageAmounts {
  readonly serviceId: string;
  /** Epoch milliseconds. */
  readonly hourStartMs: number;
}

/** In dollars. */
export interface UsagePrices {
  readonly vcpuHour: number;
  readonly gbHour: number;
}

/** App Runner's in us-east-1 and most Regions. [AWS pricing page] */
export const appRunnerPrices: UsagePrices = { vcpuHour: 0.064, gbHour: 0.007 };

export const noUsage: UsageAmounts = {
  provisionedMs: 0,
  memoryMiBMs: 0,
  activeMs: 0,
  activeCpuMillisMs: 0,
  alwaysCpuMillisMs: 0,
  alwaysMemoryMiBMs: 0,
  requestCount: 0,
  startCount: 0,
};

export function addUsage(one: UsageAmounts, other: Partial<UsageAmounts>): UsageAmounts {
  return {
    provisionedMs: one.provisionedMs + (other.provisionedMs ?? 0),
    memoryMiBMs: one.memoryMiBMs + (other.memoryMiBMs ?? 0),
    activeMs: one.activeMs + (other.activeMs ?? 0),
    activeCpuMillisMs: one.activeCpuMillisMs + (other.activeCpuMillisMs ?? 0),
    alwaysCpuMillisMs: one.alwaysCpuMillisMs + (other.alwaysCpuMillisMs ?? 0),
    alwaysMemoryMiBMs: one.alwaysMemoryMiBMs + (other.alwaysMemoryMiBMs ?? 0),
    requestCount: one.requestCount + (other.requestCount ?? 0),
    startCount: one.startCount + (other.startCount ?? 0),
  };
}

export function vcpuHours(cpuMillisMs: number): number {
  return cpuMillisMs / 1000 / HOUR_MS;
}

export function gbHours(memoryMiBMs: number): number {
  return memoryMiBMs / 1024 / HOUR_MS;
}

/** In dollars: memory of all instances that are there, processors of the active ones. */
export function costOf(usage: UsageAmounts, prices: UsagePrices): number {
  return costFor(usage.activeCpuMillisMs, usage.memoryMiBMs, prices);
}

/** Without anything idle, throttled, frozen or gone. */
export function alwaysActiveCostOf(usage: UsageAmounts, prices: UsagePrices): number {
  return costFor(usage.alwaysCpuMillisMs, usage.alwaysMemoryMiBMs, prices);
}

function costFor(cpuMillisMs: number, memoryMiBMs: number, { vcpuHour, gbHour }: UsagePrices): number {
  return vcpuHours(cpuMillisMs) * vcpuHour + gbHours(memoryMiBMs) * gbHour;
}

export type UsageGranularity = "HOUR" | "DAY" | "MONTH";

/** When the hour, day or month (UTC) of a time began. */
export function usagePeriodStart(atMs: number, granularity: UsageGranularity): number {
  if (granularity === "HOUR") return atMs - (atMs % HOUR_MS);
  if (granularity === "DAY") return atMs - (atMs % DAY_MS);
  const date = new Date(atMs);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth());
}
