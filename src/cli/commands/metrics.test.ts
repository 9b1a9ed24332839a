// Metrics and alarms from the command line.
import { expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import { ARN, aSummary } from "../testing/service.ts";

const MINUTE_S = 60;
const NOW_S = NOW_MS / 1000;
const hourAgoS = Math.floor((NOW_S - 3600) / MINUTE_S) * MINUTE_S;

const found = { ListServices: () => ({ ServiceSummaryList: [aSummary()] }) };

function aResult(Id: string, values: readonly (readonly [minute: number, value: number])[]) {
  return {
    Id,
    Label: Id,
    StatusCode: "Complete",
    Timestamps: values.map(([minute]) => hourAgoS + minute * MINUTE_S),
    Values: values.map(([, value]) => value),
  };
}

test("metrics are a chart for each that was measured, its last whole period and its most", async () => {
  const results = [
    aResult("requests", [
      [0, 8],
      [59, 4],
    ]),
    aResult("most", [[30, 12.345]]),
    aResult("failed", []),
  ];
  await using api = await startFakeApi({ ...found, GetMetricData: () => ({ MetricDataResults: results }) });
  const { out, exitCode } = await slipway(api, ["metrics", "web"]);
  expect(exitCode).toBe(0);
  const [head = "", requests = "", latency = "", ...more] = out.split("\n");
  expect(head).toMatch(/^METRIC +LAST MINUTE +MOST$/);
  expect(requests).toMatch(/^requests +█ +▄ +4 +8$/);
  expect(latency).toMatch(/^latency p99 +█ +– +12\.3 ms$/);
  expect(more.join("")).toBe("");
  const [call] = api.callsOf("GetMetricData");
  expect(call?.input).toMatchObject({
    StartTime: hourAgoS,
    EndTime: Math.floor(NOW_S),
    ScanBy: "TimestampAscending",
  });
  const queries = (call?.input["MetricDataQueries"] ?? []) as readonly unknown[];
  expect(queries[0]).toMatchObject({
    Id: "requests",
    MetricStat: {
      Period: 60,
      Stat: "Sum",
      Metric: {
        Namespace: "AWS/AppRunner",
        MetricName: "Requests",
        Dimensions: [
          { Name: "ServiceName", Value: "web" },
          { Name: "ServiceID", Value: ARN.split("/").at(-1) },
        ],
      },
    },
  });
});

test("of a longer time periods are longer, and nothing measured is said", async () => {
  await using api = await startFakeApi({ ...found, GetMetricData: () => ({ MetricDataResults: [] }) });
  const { err, exitCode } = await slipway(api, ["metrics", "web", "--since", "1d"]);
  expect(exitCode).toBe(0);
  expect(err).toContain("Nothing was measured of web");
  expect(api.callsOf("GetMetricData")[0]?.input).toMatchObject({
    MetricDataQueries: expect.arrayContaining([
      expect.objectContaining({ MetricStat: expect.objectContaining({ Period: 24 * MINUTE_S }) }),
    ]),
  });
});

const alarm = {
  AlarmName: "shop-errors",
  AlarmArn: "arn:aws:cloudwatch:us-east-1:000000000000:alarm:shop-errors",
  AlarmDescription: "too many",
  ActionsEnabled: true,
  AlarmActions: ["arn:aws:slipway:us-east-1:000000000000:destination/ops"],
  StateValue: "ALARM",
  StateReason: "Threshold Crossed",
  StateTransitionedTimestamp: NOW_S - 120,
  MetricName: "5xxStatusResponses",
  Namespace: "AWS/AppRunner",
  Statistic: "Sum",
  Dimensions: [{ Name: "ServiceName", Value: "shop" }],
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 5,
  ComparisonOperator: "GreaterThanThreshold",
};

test("alarms are listed with their states and conditions, page by page", async () => {
  await using api = await startFakeApi({
    DescribeAlarms: (_input, times) =>
      times === 1
        ? { MetricAlarms: [alarm], NextToken: "more" }
        : { MetricAlarms: [{ ...alarm, AlarmName: "b", StateValue: "OK" }] },
  });
  const { out } = await slipway(api, ["alarms"]);
  expect(out).toMatch(
    /shop-errors +ALARM +2m ago +Sum 5xxStatusResponses of shop > 5, 2 of 3 periods of 60 s/,
  );
  expect(out).toMatch(/^b +OK/m);
  expect(api.callsOf("DescribeAlarms")[1]?.input).toMatchObject({ NextToken: "more" });
});

test("an alarm of one instance says of which", async () => {
  const Dimensions = [
    { Name: "ServiceName", Value: "shop" },
    { Name: "ServiceID", Value: "a".repeat(32) },
    { Name: "InstanceID", Value: "85c1aaa24bbb47ec8a96e35b01d4ee57" },
  ];
  await using api = await startFakeApi({
    DescribeAlarms: () => ({ MetricAlarms: [{ ...alarm, Dimensions }] }),
  });
  const { out } = await slipway(api, ["alarms"]);
  expect(out).toContain("Sum 5xxStatusResponses of shop, instance 85c1aaa2 > 5,");
});

test("an alarm is described with its reason, whom it tells and its last changes", async () => {
  await using api = await startFakeApi({
    DescribeAlarms: () => ({ MetricAlarms: [alarm] }),
    DescribeAlarmHistory: () => ({
      AlarmHistoryItems: [{ Timestamp: NOW_S, HistorySummary: "Alarm updated from OK to ALARM" }],
    }),
  });
  const { out } = await slipway(api, ["alarms", "describe", "shop-errors"]);
  expect(out).toContain("Threshold Crossed");
  expect(out).toContain("destination/ops");
  expect(out).toContain("Alarm updated from OK to ALARM");
});

test("alarms are deleted when that is sure, and one that is not there is said", async () => {
  await using api = await startFakeApi({
    DescribeAlarms: ({ AlarmNames }) => ({
      MetricAlarms: (AlarmNames as readonly string[]).includes("shop-errors") ? [alarm] : [],
    }),
    DeleteAlarms: () => ({}),
  });
  const gone = await slipway(api, ["alarms", "rm", "gone", "--yes"]);
  expect([gone.exitCode, gone.err]).toEqual([1, expect.stringContaining("There is no alarm gone.")]);
  const unsure = await slipway(api, ["alarms", "rm", "shop-errors"]);
  expect(unsure.exitCode).not.toBe(0);
  expect(api.callsOf("DeleteAlarms")).toEqual([]);
  await slipway(api, ["alarms", "rm", "shop-errors", "--yes"]);
  expect(api.callsOf("DeleteAlarms")[0]?.input).toEqual({ AlarmNames: ["shop-errors"] });
});

test("what the API refuses is said", async () => {
  await using api = await startFakeApi({
    DescribeAlarms: () => {
      throw new Refusal("InvalidParameterValueException", "Not so.");
    },
  });
  const { err, exitCode } = await slipway(api, ["alarms"]);
  expect([exitCode, err]).toEqual([1, expect.stringContaining("Not so.")]);
});
