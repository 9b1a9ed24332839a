// What services used, over the real socket.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { operationOf } from "../contract/index.ts";
import { HOUR_MS, noUsage, type UsageHour, usagePeriodStart } from "../domain/usage.ts";
import { resourceOf } from "./authorization.ts";
import { aService, makeService } from "./testing/requests.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi, testScope } from "./testing/test-api.ts";

const OCTOBER_30_MS = Date.UTC(2026, 9, 30);
const NOVEMBER_20_MS = Date.UTC(2026, 10, 20);

let slipway: TestApi;
let arn: string;
let id: string;
let otherId: string;

beforeEach(async () => {
  slipway = await startTestApi({ usagePrices: { vcpuHour: 0.1, gbHour: 0.01 } });
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

test("needs the permission of its own on the service, or on all", () => {
  expect(operationOf("GetUsage").action).toBe("slipway:GetUsage");
  expect(resourceOf("GetUsage", { ServiceArn: arn }, testScope)).toBe(arn);
  expect(resourceOf("GetUsage", {}, testScope)).toBe("*");
});
