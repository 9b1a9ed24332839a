import { expect, test } from "vitest";
import {
  costParts,
  MEASURES,
  savedPercent,
  seriesByService,
  usageCsv,
  usageSpan,
  type UsageReply,
} from "./usage-data.ts";

const NOW_MS = Date.UTC(2026, 10, 21, 15, 53);

function usage(changes: Partial<UsageReply["Total"]> = {}): UsageReply["Total"] {
  return {
    ProvisionedInstanceHours: 2,
    ActiveInstanceHours: 1,
    VcpuHours: 1,
    GbHours: 4,
    Requests: 10,
    InstanceStarts: 1,
    BuildMinutes: 2,
    AutomaticDeploymentMonths: 0.5,
    EgressBytes: 2 ** 30,
    Cost: 1,
    AlwaysActiveCost: 4,
    ...changes,
  };
}

function period(day: number, changes: Partial<UsageReply["Total"]> = {}) {
  return { StartTime: Date.UTC(2026, 10, day) / 1_000, Usage: usage(changes) };
}

test.each([
  ["day", "2026-11-20T16:00:00.000Z", "HOUR"],
  ["week", "2026-11-15T00:00:00.000Z", "DAY"],
  ["30d", "2026-10-23T00:00:00.000Z", "DAY"],
  ["month", "2026-11-01T00:00:00.000Z", "DAY"],
  ["year", "2025-12-01T00:00:00.000Z", "MONTH"],
] as const)("%s begins with a whole period of UTC", (range, start, granularity) => {
  const span = usageSpan(range, NOW_MS);
  expect(new Date(span.startMs).toISOString()).toBe(start);
  expect(span.granularity).toBe(granularity);
});

test("a cost is taken apart by its prices", () => {
  const prices = {
    GbHourPrice: 0.007,
    VcpuHourPrice: 0.064,
    BuildMinutePrice: 0.005,
    AutomaticDeploymentMonthPrice: 1,
    EgressGbPrice: 0.1,
  } as UsageReply;
  const parts = costParts(usage(), prices);
  expect(parts).toEqual({ memory: 0.028, processor: 0.064, builds: 0.01, automatic: 0.5, egress: 0.1 });
});

test("what is not of a named service is of the others", () => {
  const [, memory] = MEASURES;
  const all = [period(1, { GbHours: 10 }), period(2, { GbHours: 4 })];
  const services = [{ name: "shop", periods: [period(1, { GbHours: 6 }), period(2, { GbHours: 4 })] }];
  const series = seriesByService(memory!, all, services, "Others");
  expect(series.map(({ title, points }) => [title, points.map(({ value }) => value)])).toEqual([
    ["shop", [6, 4]],
    ["Others", [4]],
  ]);
});

test("a saving is told only where there is one", () => {
  expect(savedPercent(usage())).toBe(75);
  expect(savedPercent(usage({ AlwaysActiveCost: 1 }))).toBeNull();
  expect(savedPercent(usage({ AlwaysActiveCost: 0, Cost: 0 }))).toBeNull();
});

test("the file has a row for each service and period, and blanks for what is not known", () => {
  const [title, row] = usageCsv([{ name: "shop", periods: [period(1)] }]).split("\r\n");
  expect(title).toMatch(/^period_start,service,provisioned_instance_hours,/);
  expect(row).toBe("2026-11-01T00:00:00.000Z,shop,2,1,1,4,2,0.5,10,1073741824,1,1,4,");
});
