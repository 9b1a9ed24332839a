import { expect, test } from "vitest";
import { type Alarm, NEW_ALARM, toInput, withMetric } from "../../alarms/alarm-data.ts";
import { alarmLines } from "./alarm-lines.ts";
import { CHARTS } from "./metric-charts.ts";

const DRAFT = { ...NEW_ALARM, name: "shop errors", service: { name: "shop", id: "1" } };
const [REQUESTS, LATENCY] = CHARTS;

function lines(alarm: Alarm, plan: (typeof CHARTS)[number] | undefined, serviceId = "1") {
  return alarmLines([alarm], serviceId, plan!, 10);
}

test("an alarm is a line in the chart of its metric and service, and leads to itself", () => {
  const alarm = toInput({ ...withMetric(DRAFT, "RequestLatency"), threshold: "500" }, null) as Alarm;
  expect(lines(alarm, LATENCY)).toEqual([
    {
      value: 500,
      title: "shop errors",
      about: "shop errors: Latency (p95) > 500 ms, in 2 of 3 periods of 1 min",
      href: "#/alarms?alarm=shop+errors",
    },
  ]);
  expect(lines(alarm, REQUESTS)).toEqual([]);
  expect(lines(alarm, LATENCY, "2")).toEqual([]);
});

test("a threshold of a sum is that of the chart's shorter or longer periods", () => {
  const alarm = toInput({ ...DRAFT, threshold: "6" }, null) as Alarm;
  expect(lines(alarm, REQUESTS)).toMatchObject([
    {
      value: 1,
      about: expect.stringMatching(/ periods of 1 min \(drawn: 6 in 1 min = 1 in 10 s\)$/) as string,
    },
  ]);
  const asDrawn = { ...alarm, Period: 10 };
  expect(lines(asDrawn, REQUESTS)).toMatchObject([
    { value: 6, about: expect.not.stringContaining("drawn") as string },
  ]);
});
