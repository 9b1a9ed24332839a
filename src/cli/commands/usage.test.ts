// Usage from the command line.
import { expect, test } from "vitest";
import { NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";
import { ARN, aSummary } from "../testing/service.ts";

const DAY_S = 86_400;
const TODAY_S = Date.UTC(2026, 4, 1) / 1000;

function aUsage(change: Readonly<Record<string, number>> = {}) {
  return {
    ProvisionedInstanceHours: 24,
    ActiveInstanceHours: 1.5,
    VcpuHours: 1.5,
    GbHours: 48,
    Requests: 1234,
    InstanceStarts: 2,
    BuildMinutes: 0,
    AutomaticDeploymentMonths: 0,
    EgressBytes: 3 * 1024 ** 2,
    Cost: 0.4,
    AlwaysActiveCost: 2,
    ...change,
  };
}

function aReply(change: Readonly<Record<string, unknown>> = {}) {
  return {
    Granularity: "DAY",
    StartTime: TODAY_S - DAY_S,
    EndTime: NOW_MS / 1000,
    VcpuHourPrice: 0.064,
    GbHourPrice: 0.007,
    BuildMinutePrice: 0.005,
    AutomaticDeploymentMonthPrice: 1,
    EgressGbPrice: 0,
    UnverifiedPrices: ["BuildMinutePrice", "AutomaticDeploymentMonthPrice"],
    Total: aUsage({ Requests: 1242, Cost: 1.25, AlwaysActiveCost: 5 }),
    Periods: [
      { StartTime: TODAY_S - DAY_S, Usage: aUsage({ Cost: 0.8, Requests: 8 }) },
      { StartTime: TODAY_S, Usage: aUsage() },
    ],
    Services: [
      { ServiceArn: ARN, ServiceName: "web", Status: "RUNNING", Usage: aUsage({ Cost: 1.2 }) },
      { ServiceArn: `${ARN}2`, ServiceName: "old", Status: "DELETED", Usage: aUsage({ Cost: 0.001 }) },
    ],
    ...change,
  };
}

test("usage is a table by the day with a bar, one of the services, and what was saved", async () => {
  await using api = await startFakeApi({ GetUsage: () => aReply() });
  const { out, exitCode } = await slipway(api, ["usage"]);
  expect(exitCode).toBe(0);
  expect(out.split("\n")).toEqual([
    "DAY (UTC)   PROVISIONED  ACTIVE  VCPU-HOURS  GB-HOURS  BUILD MIN  EGRESS  REQUESTS  STARTS     COST",
    "2026-04-30      24.00 h  1.50 h        1.50     48.00        0.0  3.0 MB         8       2  $0.8000  ████████████",
    "2026-05-01      24.00 h  1.50 h        1.50     48.00        0.0  3.0 MB      1234       2  $0.4000  ██████",
    "total           24.00 h  1.50 h        1.50     48.00        0.0  3.0 MB      1242       2    $1.25",
    "",
    "SERVICE        PROVISIONED  ACTIVE  VCPU-HOURS  GB-HOURS  BUILD MIN  EGRESS  REQUESTS  STARTS     COST",
    "web                24.00 h  1.50 h        1.50     48.00        0.0  3.0 MB      1234       2    $1.20  ████████████",
    "old (deleted)      24.00 h  1.50 h        1.50     48.00        0.0  3.0 MB      1234       2  $0.0010  ▏",
    "",
    "App Runner would have charged $1.25.",
    "Always active it would be $5.00: 75 % saved.",
  ]);
  expect(api.callsOf("GetUsage")[0]?.input).toEqual({ Granularity: "DAY" });
});

test("one service, since a time, by the hour or the month", async () => {
  await using api = await startFakeApi({
    ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
    GetUsage: () => aReply(),
  });
  const { out } = await slipway(api, ["usage", "web", "--since", "7d", "--by", "hour"]);
  expect(out).toContain("HOUR (UTC)");
  expect(out).toContain("2026-04-30 00:00");
  expect(out).not.toContain("SERVICE");
  await slipway(api, ["usage", "--since", "2026-03", "--by", "month"]);
  await slipway(api, ["usage", "--by", "hour"]);
  expect(api.callsOf("GetUsage").map(({ input }) => input)).toEqual([
    { Granularity: "HOUR", ServiceArn: ARN, StartTime: NOW_MS / 1000 - 7 * DAY_S },
    { Granularity: "MONTH", StartTime: Date.UTC(2026, 2) / 1000 },
    { Granularity: "HOUR", StartTime: NOW_MS / 1000 - DAY_S },
  ]);
});

test("JSON is the reply; no usage is said; wrong words are refused", async () => {
  const empty = { Periods: [], Services: [] };
  await using api = await startFakeApi({ GetUsage: () => aReply(empty) });
  expect(JSON.parse((await slipway(api, ["usage", "--json"])).out)).toMatchObject(empty);
  expect(await slipway(api, ["usage"])).toMatchObject({
    out: "",
    err: expect.stringContaining("Nothing was used since 2026-04-30 (UTC)."),
  });
  expect(await slipway(api, ["usage", "--by", "week"])).toMatchObject({ exitCode: 2 });
  expect(await slipway(api, ["usage", "--since", "soon"])).toMatchObject({ exitCode: 2 });
});

test("what costs nothing has no bar, and nothing is saved", async () => {
  const free = { Cost: 0, AlwaysActiveCost: 0 };
  const periods = [{ StartTime: TODAY_S, Usage: aUsage(free) }];
  await using api = await startFakeApi({ GetUsage: () => aReply({ Periods: periods, Total: aUsage(free) }) });
  const { out } = await slipway(api, ["usage"]);
  expect(out).toContain("App Runner would have charged $0.0000.");
  expect(out).not.toContain("saved");
});

test("builds and automatic deployments are told with their doubts, and what it costs here", async () => {
  const fees = { BuildMinutes: 12.25, AutomaticDeploymentMonths: 0.5, EgressBytes: 0, MachineCost: 2.5 };
  const reply = aReply({
    MachineMonthPrice: 40,
    Total: aUsage(fees),
    Periods: [{ StartTime: TODAY_S, Usage: aUsage(fees) }],
    Services: [],
  });
  await using api = await startFakeApi({ GetUsage: () => reply });
  const { out } = await slipway(api, ["usage"]);
  expect(out.split("\n")[0]).toMatch(/COST +HERE$/);
  expect(out).toMatch(/^total .* 12\.3 +0 B .* \$0\.4000 +\$2\.50$/m);
  expect(out).toContain("Here it is $2.50 of the $40.00 that this machine costs a month.");
  expect(out).toContain("commonly quoted, not verified");
});

test("CSV has a row for each service and period", async () => {
  await using api = await startFakeApi({ GetUsage: () => aReply() });
  const { out } = await slipway(api, ["usage", "--csv"]);
  const lines = out.split("\n");
  expect(lines).toHaveLength(5);
  expect(lines[0]).toBe(
    "period_start,service,service_arn,provisioned_instance_hours,active_instance_hours,vcpu_hours,gb_hours," +
      "build_minutes,automatic_deployment_months,requests,egress_bytes,instance_starts,app_runner_cost_usd," +
      "always_active_cost_usd,machine_cost_usd",
  );
  expect(lines[1]).toBe(`2026-04-30T00:00:00.000Z,web,${ARN},24,1.5,1.5,48,0,0,8,3145728,2,0.8,2,`);
  expect(api.callsOf("GetUsage").map(({ input }) => input)).toMatchObject([
    { Granularity: "DAY" },
    { Granularity: "DAY", ServiceArn: ARN, EndTime: NOW_MS / 1000 },
    { ServiceArn: `${ARN}2` },
  ]);
  expect(await slipway(api, ["usage", "--csv", "--json"])).toMatchObject({ exitCode: 2 });
});

test("where active is more than provisioned, it is said why", async () => {
  const brief = aUsage({ ProvisionedInstanceHours: 0.01, ActiveInstanceHours: 0.05 });
  const Services = [{ ServiceArn: ARN, ServiceName: "web", Status: "RUNNING", Usage: brief }];
  await using api = await startFakeApi({ GetUsage: () => aReply({ Services }) });
  const why = "each start and each first request counts a minute at least";
  expect((await slipway(api, ["usage"])).out).toContain(why);
  await using usual = await startFakeApi({ GetUsage: () => aReply() });
  expect((await slipway(usual, ["usage"])).out).not.toContain(why);
});
