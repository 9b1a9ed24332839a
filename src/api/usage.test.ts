// What services used, over the real socket.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { appRunnerPrices, HOUR_MS, noUsage, type UsageHour, usagePeriodStart } from "../domain/usage.ts";
import { aService, makeService } from "./testing/requests.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const OCTOBER_30_MS = Date.UTC(2026, 9, 30);
const NOVEMBER_20_MS = Date.UTC(2026, 10, 20);

let slipway: TestApi;
let arn: string;
let id: string;
let otherId: string;

beforeEach(async () => {
  slipway = await startTestApi({ usagePrices: { ...appRunnerPrices, vcpuHour: 0.1, gbHour: 0.01 } });
  const service = await makeService(slipway, aService("web1"));
  const other = await makeService(slipway, aService("web2"));
  [arn, id, otherId] = [service.ServiceArn ?? "", service.ServiceId ?? "", other.ServiceId ?? ""];
});
afterEach(() => slipway.close());

/** One instance of 2 vCPU and 4 GB for an hour, a quarter of it active. */
function anHour(serviceId: string, hourStartMs: number, changes: Partial<UsageHour> = {}): UsageHour {
  return {
    ...noUsage,
    serviceId,
    hourStartMs,
    provisionedMs: HOUR_MS,
    memoryMiBMs: HOUR_MS * 4096,
    activeMs: HOUR_MS / 4,
    activeCpuMillisMs: (HOUR_MS / 4) * 2000,
    alwaysCpuMillisMs: HOUR_MS * 2000,
    alwaysMemoryMiBMs: HOUR_MS * 4096,
    requestCount: 10,
    startCount: 1,
    ...changes,
  };
}

const seconds = (timeMs: number) => timeMs / 1000;

async function getUsage(input: object): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await sendRaw(slipway.endpoint, await sign(call("Slipway.GetUsage", input), slipway.key));
  return { status: answer.status, body: JSON.parse(answer.text) as Record<string, unknown> };
}

const range = { StartTime: seconds(OCTOBER_30_MS) + 12_345, EndTime: seconds(NOVEMBER_20_MS + HOUR_MS + 1) };

describe("GetUsage", () => {
  beforeEach(() =>
    slipway.store.usage.add([
      anHour(id, OCTOBER_30_MS),
      anHour(id, NOVEMBER_20_MS),
      anHour(id, NOVEMBER_20_MS + HOUR_MS),
      anHour(otherId, NOVEMBER_20_MS, { activeMs: HOUR_MS, activeCpuMillisMs: HOUR_MS * 20_000 }),
    ]),
  );

  test("tells hours, requests and cost of all services, by the day", async () => {
    const { body } = await getUsage(range);
    expect(body).toMatchObject({
      Granularity: "DAY",
      StartTime: seconds(OCTOBER_30_MS),
      VcpuHourPrice: 0.1,
      GbHourPrice: 0.01,
      Total: {
        ProvisionedInstanceHours: 4,
        ActiveInstanceHours: 1.75,
        VcpuHours: 21.5,
        GbHours: 16,
        Requests: 40,
      },
      Periods: [
        { StartTime: seconds(OCTOBER_30_MS), Usage: { VcpuHours: 0.5, GbHours: 4, InstanceStarts: 1 } },
        { StartTime: seconds(NOVEMBER_20_MS), Usage: { VcpuHours: 21, GbHours: 12, InstanceStarts: 3 } },
      ],
      Services: [
        { ServiceName: "web2", Usage: { VcpuHours: 20 } },
        { ServiceName: "web1", ServiceArn: arn, Usage: { VcpuHours: 1.5, Requests: 30 } },
      ],
    });
    const { Cost: cost, AlwaysActiveCost: always } = body["Total"] as {
      Cost: number;
      AlwaysActiveCost: number;
    };
    expect(cost).toBeCloseTo(21.5 * 0.1 + 16 * 0.01);
    expect(always).toBeCloseTo(8 * 0.1 + 16 * 0.01);
  });

  test("is of one service when that is asked for, a deleted one too", async () => {
    const service = await slipway.store.services.get(id);
    await slipway.store.services.save({ ...service!, status: "DELETED", deletedAtMs: 1 });
    const { body } = await getUsage({ ...range, ServiceArn: arn });
    expect(body).toMatchObject({
      Total: { Requests: 30 },
      Services: [{ ServiceName: "web1", Status: "DELETED", Usage: { Requests: 30 } }],
    });
  });

  test("sums by the month and by the hour", async () => {
    const periods = async (Granularity: string, StartTime = range.StartTime) =>
      (await getUsage({ ...range, StartTime, Granularity })).body["Periods"];
    expect(await periods("MONTH")).toMatchObject([
      { StartTime: Date.UTC(2026, 9) / 1000, Usage: { Requests: 10 } },
      { StartTime: Date.UTC(2026, 10) / 1000, Usage: { Requests: 30 } },
    ]);
    expect(await periods("HOUR", seconds(NOVEMBER_20_MS) + 3599)).toMatchObject([
      { StartTime: seconds(NOVEMBER_20_MS), Usage: { Requests: 20 } },
      { StartTime: seconds(NOVEMBER_20_MS + HOUR_MS), Usage: { Requests: 10 } },
    ]);
  });

  test("builds, automatic deployments and traffic have their prices, some of which nobody has verified", async () => {
    const fees = { buildMs: 600_000, automaticDeploymentMs: 365 * HOUR_MS, egressBytes: 5 * 1024 ** 3 };
    const hourStartMs = NOVEMBER_20_MS;
    await slipway.store.usage.add([{ ...noUsage, serviceId: id, hourStartMs, ...fees }]);
    const { body } = await getUsage({ ...range, ServiceArn: arn });
    expect(body).toMatchObject({
      BuildMinutePrice: 0.005,
      AutomaticDeploymentMonthPrice: 1,
      EgressGbPrice: 0,
      UnverifiedPrices: ["BuildMinutePrice", "AutomaticDeploymentMonthPrice"],
      Total: { BuildMinutes: 10, AutomaticDeploymentMonths: 0.5, EgressBytes: 5 * 1024 ** 3 },
    });
    const { Cost: cost } = body["Total"] as { Cost: number };
    expect(cost).toBeCloseTo(1.5 * 0.1 + 12 * 0.01 + 10 * 0.005 + 0.5);
  });

  test("says what is wrong with the time asked for", async () => {
    expect(await getUsage({ StartTime: 2e9 })).toMatchObject({
      status: 400,
      body: { __type: "InvalidRequestException", Message: "EndTime: must be after StartTime" },
    });
    const { body } = await getUsage({ StartTime: 0, EndTime: 32 * 86_400, Granularity: "HOUR" });
    expect(body["Message"]).toContain("HOUR is for 31 days at most");
    const missing = await getUsage({ ...range, ServiceArn: arn.replace(/.$/, "x") });
    expect(missing.status).toBe(400);
  });
});

test("without a time it is of this month so far", async () => {
  const thisHourMs = usagePeriodStart(Date.now(), "HOUR");
  const monthMs = usagePeriodStart(thisHourMs, "MONTH");
  await slipway.store.usage.add([anHour(id, thisHourMs), anHour(id, monthMs - HOUR_MS)]);
  const { body } = await getUsage({});
  expect(body).toMatchObject({ StartTime: seconds(monthMs), Total: { Requests: 10 } });
});

describe("a machine with a price", () => {
  test("is shared by those who used it: days, services and one service alone add up to it", async () => {
    const dayMs = Date.UTC(2025, 0, 10);
    await slipway.close();
    const prices = {
      ...appRunnerPrices,
      buildMinute: 7,
      automaticDeploymentMonth: 8,
      egressGb: 9,
      machineMonth: 73,
    };
    slipway = await startTestApi({ usagePrices: prices });
    const one = await makeService(slipway, aService("web1"));
    const two = await makeService(slipway, aService("web2"));
    await slipway.store.usage.add([
      anHour(one.ServiceId ?? "", dayMs, { buildMs: 60_000 }),
      anHour(two.ServiceId ?? "", dayMs),
      anHour(two.ServiceId ?? "", dayMs + HOUR_MS),
      anHour(two.ServiceId ?? "", dayMs + 24 * HOUR_MS),
    ]);
    // A day and ten hours since the first use, at ten cents an hour.
    const time = { StartTime: seconds(dayMs - 9 * HOUR_MS), EndTime: seconds(dayMs + 34 * HOUR_MS) };
    const { body } = await getUsage(time);
    expect(body).toMatchObject({ MachineMonthPrice: 73, UnverifiedPrices: [] });
    const machineCost = ({ Usage }: { Usage: { MachineCost: number } }) => Usage.MachineCost;
    const costs = (member: string) => (body[member] as { Usage: { MachineCost: number } }[]).map(machineCost);
    expect(machineCost({ Usage: body["Total"] as { MachineCost: number } })).toBeCloseTo(3.4);
    expect(costs("Services").toSorted((a, b) => a - b)).toEqual([expect.closeTo(0.85), expect.closeTo(2.55)]);
    expect(costs("Periods")).toEqual([expect.closeTo(2.55), expect.closeTo(0.85)]);
    const alone = await getUsage({ ...time, ServiceArn: one.ServiceArn });
    expect(alone.body["Total"]).toMatchObject({ MachineCost: expect.closeTo(0.85) });
  });

  test("that nobody gave a price costs nothing that could be told", async () => {
    const { body } = await getUsage(range);
    expect(body).not.toHaveProperty("MachineMonthPrice");
    expect(body["Total"]).not.toHaveProperty("MachineCost");
    expect(body["UnverifiedPrices"]).toEqual(["BuildMinutePrice", "AutomaticDeploymentMonthPrice"]);
  });
});
