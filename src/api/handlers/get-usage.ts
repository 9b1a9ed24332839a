import type * as Wire from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import {
  addUsage,
  costOf,
  DAY_MS,
  noUsage,
  type UsageAmounts,
  type UsageGranularity,
  usagePeriodStart,
} from "../../domain/usage.ts";
import type { ServiceUsage, UsagePeriod, UsageQuery } from "../../ports/store.ts";
import type { Handler, HandlerContext } from "../handler.ts";
import { findService } from "../resources/service-lookup.ts";
import { toDate } from "../wire/time.ts";
import { usageToWire } from "../wire/usage-to-wire.ts";

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
  const periods = inPeriods(await store.usage.sumByPeriod(query), asked.granularity);
  const services = await store.usage.sumByService(query);
  const byCost = services.toSorted((one, other) => costOf(other, prices) - costOf(one, prices));
  return {
    Granularity: asked.granularity,
    StartTime: toDate(asked.startMs),
    EndTime: toDate(asked.endMs),
    VcpuHourPrice: prices.vcpuHour,
    GbHourPrice: prices.gbHour,
    Total: usageToWire(periods.reduce<UsageAmounts>(addUsage, noUsage), prices),
    Periods: periods.map((period) => ({
      StartTime: toDate(period.startMs),
      Usage: usageToWire(period, prices),
    })),
    Services: await describeServices(byCost, context),
  };
};

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
  { store, usagePrices }: HandlerContext,
): Promise<readonly Wire.ServiceUsage[]> {
  const described: Wire.ServiceUsage[] = [];
  for (const usage of usages) {
    const service = await store.services.get(usage.serviceId);
    if (service === null) continue;
    described.push({
      ServiceArn: service.arn,
      ServiceName: service.name,
      Status: service.status,
      Usage: usageToWire(usage, usagePrices),
    });
  }
  return described;
}
