import { expect, test } from "vitest";
import {
  type Alarm,
  chartQueries,
  conditionText,
  draftOf,
  instanceAlarm,
  NEW_ALARM,
  problemsOf,
  serviceOf,
  toInput,
  withActions,
  withInstance,
  withMetric,
} from "./alarm-data.ts";
import { errorRate } from "./alarm-math.ts";

const DRAFT = { ...NEW_ALARM, name: " shop-slow ", service: { name: "shop", id: "1" } };

test("a draft becomes what the API takes, percentiles as extended statistics", () => {
  const input = toInput({ ...withMetric(DRAFT, "RequestLatency"), threshold: "500" }, null);
  expect(input).toMatchObject({
    AlarmName: "shop-slow",
    MetricName: "RequestLatency",
    ExtendedStatistic: "p95",
    Threshold: 500,
    EvaluationPeriods: 3,
    DatapointsToAlarm: 2,
    TreatMissingData: "notBreaching",
    ActionsEnabled: true,
  });
  expect(input).not.toHaveProperty("Statistic");
  expect(toInput(DRAFT, null)).toMatchObject({ Statistic: "Sum" });
});

test("an alarm comes back into the form as it was put, and keeps what the form does not show", () => {
  const former = {
    ...toInput(DRAFT, null),
    ActionsEnabled: false,
    OKActions: ["arn:x"],
  } as Alarm;
  const draft = draftOf(former);
  expect(draft).toEqual({ ...DRAFT, name: "shop-slow", actions: { ...DRAFT.actions, OK: ["arn:x"] } });
  expect(toInput(draft!, former)).toEqual(former);
});

test("what the form cannot show is not brought into it", () => {
  const alarm = toInput(DRAFT, null) as Alarm;
  expect(draftOf({ ...alarm, MetricName: undefined })).toBeNull();
  expect(draftOf({ ...alarm, ComparisonOperator: "LessThanLowerThreshold" })).toBeNull();
  const others = [...(alarm.Dimensions ?? []), { Name: "Zone", Value: "x" }];
  expect(draftOf({ ...alarm, Dimensions: others })).toBeNull();
  // Of an instance there are no answers.
  const dimensions = [...(alarm.Dimensions ?? []), { Name: "InstanceID", Value: "x" }];
  expect(draftOf({ ...alarm, Dimensions: dimensions })).toBeNull();
});

test("an alarm of one instance comes back into the form as it was put", () => {
  const draft = instanceAlarm({ name: "shop", id: "1" }, "0123456789abcdef");
  expect(Object.values(problemsOf(draft))).not.toContain(true);
  const alarm = toInput(draft, null) as Alarm;
  expect(alarm).toMatchObject({
    AlarmName: "shop-0123456789ab-busy",
    MetricName: "CPUUtilization",
    Dimensions: [
      { Name: "ServiceName", Value: "shop" },
      { Name: "ServiceID", Value: "1" },
      { Name: "InstanceID", Value: "0123456789abcdef" },
    ],
  });
  expect(draftOf(alarm)).toEqual(draft);
  expect(chartQueries(draft)?.[0]?.MetricStat?.Metric?.Dimensions).toEqual(alarm.Dimensions);
  expect(serviceOf(alarm)).toEqual(draft.service);
  expect(conditionText(alarm)).toMatch(
    /^Processor \(Average\) of 0123456789ab > 90.%, in 2 of 3 periods of 1 min$/,
  );
});

test("an instance has the metrics that are measured of it; all of them have every one", () => {
  expect(withInstance(DRAFT, "i")).toMatchObject({
    metric: "CPUUtilization",
    statistic: "Average",
    instanceId: "i",
  });
  const memory = withMetric(DRAFT, "MemoryUtilization");
  expect(withInstance(memory, "i").metric).toBe("MemoryUtilization");
  expect(withInstance(withInstance(memory, "i"), null)).toEqual(memory);
});

test.each([
  [{ name: " " }, "name"],
  [{ service: null }, "service"],
  [{ threshold: "much" }, "threshold"],
  [{ threshold: "" }, "threshold"],
  [{ needed: "4" }, "periods"],
  [{ periods: "1.5" }, "periods"],
] as const)("%j is a problem of its field", (changes, field) => {
  const problems = problemsOf({ ...DRAFT, ...changes });
  expect(Object.entries(problems).filter(([, isOne]) => isOne)).toEqual([[field, true]]);
});

test("who is told of an alarm is told of its end too, until the two are chosen apart", () => {
  const told = withActions(DRAFT, "ALARM", ["a"]);
  expect(told.actions).toEqual({ ALARM: ["a"], OK: ["a"], INSUFFICIENT_DATA: [] });
  const apart = withActions(withActions(told, "OK", []), "ALARM", ["a", "b"]);
  expect(apart.actions).toEqual({ ALARM: ["a", "b"], OK: [], INSUFFICIENT_DATA: [] });
});

test("an alarm of an expression comes back into the form as it was put", () => {
  const math = errorRate(DRAFT.service, "Errors in percent");
  const alarm = toInput({ ...DRAFT, periodS: 300, math }, null) as Alarm;
  expect(alarm).not.toHaveProperty("MetricName");
  expect(alarm).not.toHaveProperty("Period");
  expect(alarm.Metrics).toMatchObject([
    { Id: "watched", Expression: "100 * FILL(errors, 0) / all", ReturnData: true },
    { Id: "errors", ReturnData: false, MetricStat: { Period: 300, Stat: "Sum" } },
    { Id: "all", ReturnData: false },
  ]);
  const draft = draftOf(alarm);
  expect(draft?.math).toEqual(math);
  expect(toInput(draft!, alarm)).toEqual(alarm);
  expect(serviceOf(alarm)).toEqual(DRAFT.service);
  expect(conditionText(alarm)).toBe("Errors in percent > 5, in 2 of 3 periods of 5 min");
});

test("a condition is a sentence", () => {
  const alarm = toInput({ ...withMetric(DRAFT, "RequestLatency"), threshold: "500" }, null) as Alarm;
  expect(conditionText(alarm)).toBe("Latency (p95) > 500 ms, in 2 of 3 periods of 1 min");
});
