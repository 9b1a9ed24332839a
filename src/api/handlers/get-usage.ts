import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import {
  addUsage,
  costOf,
  DAY_MS,
  machineShare,
  noUsage,
  unverifiedPrices,
  type UsageAmounts,
  type UsageGranularity,
  type UsagePrices,
  usagePeriodStart,
} from "../../domain/usage.ts";
import type { ServiceUsage, UsagePeriod, UsageQuery } from "../../ports/store.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { findService } from "../resources/service-lookup.ts";
import { toDate } from "../wire/time.ts";
import { type CostRates, usageToWire } from "../wire/usage-to-wire.ts";

/** Hours of many services are many rows, read while everything else waits. */
const MAX_HOUR_RANGE_MS = 31 * DAY_MS;

/** Ours: what services used, over time and one by one, with what App Runner would have charged for it. */
export const getUsage: Handler<"GetUsage"> = async (input, context) => {
  const { store, usagePrices: prices } = context;
  const asked = askedFor(input, context.clock.now());
  const service = input.ServiceArn === undefined ? null : await findService(input.ServiceArn, context);
  const query: UsageQuery = {
    granularity: asked.granularity === "HOUR" ? "HOUR" : "DAY",
    fromMs: asked.startMs,
    toMs: asked.endMs,
    ...(service !== null && { serviceId: service.id }),
  };
  const rows = await store.usage.sumByPeriod(query);
  const periods = inPeriods(rows, asked.granularity);
  const rates = { prices, machineShare: await shareOfMachine(query, rows, context) };
  const services = await store.usage.sumByService(query);
  const byCost = services.toSorted((one, other) => costOf(other, prices) - costOf(one, prices));
  return {
    Granularity: asked.granularity,
    StartTime: toDate(asked.startMs),
    EndTime: toDate(asked.endMs),
    VcpuHourPrice: prices.vcpuHour,
    GbHourPrice: prices.gbHour,
    BuildMinutePrice: prices.buildMinute,
    AutomaticDeploymentMonthPrice: prices.automaticDeploymentMonth,
    EgressGbPrice: prices.egressGb,
    UnverifiedPrices: unverifiedPrices(prices).map((name) => PRICE_MEMBERS[name]),
    MachineMonthPrice: prices.machineMonth,
    Total: usageToWire(sumOf(periods), rates),
    Periods: periods.map((period) => ({
      StartTime: toDate(period.startMs),
      Usage: usageToWire(period, rates),
    })),
    Services: await describeServices(byCost, rates, context),
  };
};

const PRICE_MEMBERS: Readonly<Record<keyof UsagePrices, string>> = {
  machineMonth: "MachineMonthPrice",
  vcpuHour: "VcpuHourPrice",
  gbHour: "GbHourPrice",
  buildMinute: "BuildMinutePrice",
  automaticDeploymentMonth: "AutomaticDeploymentMonthPrice",
  egressGb: "EgressGbPrice",
};

function sumOf(rows: readonly UsageAmounts[]): UsageAmounts {
  return rows.reduce<UsageAmounts>(addUsage, noUsage);
}

/**
 * The machine is paid for from the first use in the time asked for to its end, and shared by all services, whichever are asked
 * for.
 */
async function shareOfMachine(
  { serviceId, ...query }: UsageQuery,
  rows: readonly UsagePeriod[],
  { store, usagePrices, clock }: HandlerContext,
): Promise<number | null> {
  const { machineMonth: monthPrice } = usagePrices;
  if (monthPrice === undefined) return null;
  const all = serviceId === undefined ? rows : await store.usage.sumByPeriod(query);
  const fromMs = all[0]?.startMs ?? query.toMs;
  const durationMs = Math.max(0, Math.min(query.toMs, clock.now()) - fromMs);
  return machineShare(sumOf(all), usagePrices, { monthPrice, durationMs });
}

interface Asked {
  readonly granularity: UsageGranularity;
  readonly startMs: number;
  readonly endMs: number;
}

function askedFor({ Granularity, StartTime, EndTime }: Wire.InputOf<"GetUsage">, nowMs: number): Asked {
  const granularity = Granularity ?? "DAY";
  const endMs = EndTime?.getTime() ?? nowMs;
  const startMs = usagePeriodStart(StartTime?.getTime() ?? usagePeriodStart(nowMs, "MONTH"), granularity);
  if (startMs >= endMs) throw invalid("EndTime", "must be after StartTime");
  if (granularity === "HOUR" && endMs - startMs > MAX_HOUR_RANGE_MS) {
    throw invalid("Granularity", "HOUR is for 31 days at most: ask for less, or for DAY");
  }
  return { granularity, startMs, endMs };
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameter", { path, problem });
}

/** Days become months. */
function inPeriods(rows: readonly UsagePeriod[], granularity: UsageGranularity): readonly UsagePeriod[] {
  const periods = new Map<number, UsagePeriod>();
  for (const row of rows) {
    const startMs = usagePeriodStart(row.startMs, granularity);
    periods.set(startMs, { startMs, ...addUsage(periods.get(startMs) ?? noUsage, row) });
  }
  return [...periods.values()];
}

/** One after the other: the store answers in turn anyway. */
async function describeServices(
  usages: readonly ServiceUsage[],
  rates: CostRates,
  { store }: HandlerContext,
): Promise<readonly Wire.ServiceUsage[]> {
  const described: Wire.ServiceUsage[] = [];
  for (const usage of usages) {
    const service = await store.services.get(usage.serviceId);
    if (service === null) continue;
    described.push({
      ServiceArn: service.arn,
      ServiceName: service.name,
      Status: service.status,
      Usage: usageToWire(usage, rates),
    });
  }
  return described;
}
