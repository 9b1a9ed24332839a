/**
 * What services use, metered as App Runner bills it: memory for as long as an instance is there (provisioned), processors
 * while it has requests (active). Amounts are integrals over time in whole numbers, so that they add up whatever the size
 * of the instances was, and in whatever order.
 */

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
/** 730 hours, as bills have it. */
export const MONTH_MS = 730 * HOUR_MS;
const MINUTE_MS = 60_000;
const GB_BYTES = 1024 ** 3;

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
  /** Of builds for deployments, from their turn to their end. */
  readonly buildMs: number;
  /** For as long as it is provisioned or at zero, and new versions are deployed without being asked for. */
  readonly automaticDeploymentMs: number;
  /** Of answers, as the edge counted them. */
  readonly egressBytes: number;
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
  readonly buildMinute: number;
  /** For one service with automatic deployments. */
  readonly automaticDeploymentMonth: number;
  /** 2^30 bytes of answers. */
  readonly egressGb: number;
  /** Of the machine that all run on; absent where nobody said. */
  readonly machineMonth?: number;
}

/**
 * App Runner's in us-east-1 and most Regions. [AWS pricing page] That there are fees for builds and for automatic deployments
 * is known, their amounts are only commonly quoted. Traffic is on another bill of AWS's.
 */
export const appRunnerPrices: UsagePrices = {
  vcpuHour: 0.064,
  gbHour: 0.007,
  buildMinute: 0.005,
  automaticDeploymentMonth: 1,
  egressGb: 0,
};

const QUOTED = ["buildMinute", "automaticDeploymentMonth"] as const;

/** Prices that nobody has set and that are only commonly quoted. */
export function unverifiedPrices(prices: UsagePrices): readonly (keyof UsagePrices)[] {
  return QUOTED.filter((name) => prices[name] === appRunnerPrices[name]);
}

export const noUsage: UsageAmounts = {
  provisionedMs: 0,
  memoryMiBMs: 0,
  activeMs: 0,
  activeCpuMillisMs: 0,
  alwaysCpuMillisMs: 0,
  alwaysMemoryMiBMs: 0,
  requestCount: 0,
  startCount: 0,
  buildMs: 0,
  automaticDeploymentMs: 0,
  egressBytes: 0,
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
    buildMs: one.buildMs + (other.buildMs ?? 0),
    automaticDeploymentMs: one.automaticDeploymentMs + (other.automaticDeploymentMs ?? 0),
    egressBytes: one.egressBytes + (other.egressBytes ?? 0),
  };
}

export function vcpuHours(cpuMillisMs: number): number {
  return cpuMillisMs / 1000 / HOUR_MS;
}

export function gbHours(memoryMiBMs: number): number {
  return memoryMiBMs / 1024 / HOUR_MS;
}

/** In dollars: all that App Runner would have charged, its fees too. */
export function costOf(usage: UsageAmounts, prices: UsagePrices): number {
  return computeCostOf(usage, prices) + feesOf(usage, prices);
}

/** Memory of all instances that are there, processors of the active ones. */
export function computeCostOf(usage: UsageAmounts, prices: UsagePrices): number {
  return costFor(usage.activeCpuMillisMs, usage.memoryMiBMs, prices);
}

/** Without anything idle, throttled, frozen or gone. */
export function alwaysActiveCostOf(usage: UsageAmounts, prices: UsagePrices): number {
  return costFor(usage.alwaysCpuMillisMs, usage.alwaysMemoryMiBMs, prices) + feesOf(usage, prices);
}

function feesOf({ buildMs, automaticDeploymentMs, egressBytes }: UsageAmounts, prices: UsagePrices): number {
  return (
    (buildMs / MINUTE_MS) * prices.buildMinute +
    (automaticDeploymentMs / MONTH_MS) * prices.automaticDeploymentMonth +
    (egressBytes / GB_BYTES) * prices.egressGb
  );
}

/**
 * What a dollar of App Runner's for compute is here: the machine's price over the time is shared by those who used it, in
 * proportion to what their use would have cost there. 0 where nothing was used.
 */
export function machineShare(
  used: UsageAmounts,
  prices: UsagePrices,
  { monthPrice, durationMs }: { readonly monthPrice: number; readonly durationMs: number },
): number {
  const computeCost = computeCostOf(used, prices);
  return computeCost === 0 ? 0 : (monthPrice * (durationMs / MONTH_MS)) / computeCost;
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
