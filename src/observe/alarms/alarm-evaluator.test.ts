import { afterEach, beforeEach, expect, test } from "vitest";
import { type Alarm, type AlarmDefinition, alarmArn } from "../../domain/alarm.ts";
import { FakeMetricReader } from "../../ports/fake-metric-reader.ts";
import type { MetricSeries } from "../../ports/metrics.ts";
import type { Store } from "../../ports/store.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { AlarmEvaluator } from "./alarm-evaluator.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

const MINUTE = 60_000;
const SETTLING = 15_000;
/** Years after the epoch, so that ranges reach back. */
const start = 1_000_000 * MINUTE;
const destination = "arn:aws:slipway:us-east-1:000000000000:destination/ops";
const series: MetricSeries = { metric: "Requests", serviceId: "s1", serviceName: "web", instanceId: null };

let store: Store;
let reader: FakeMetricReader;
let nowMs: number;
let problems: unknown[];

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  reader = new FakeMetricReader();
  nowMs = start - 60 * MINUTE;
  problems = [];
});
afterEach(() => store.close());

function anEvaluator(): AlarmEvaluator {
  const clock = { now: () => nowMs, sleep: () => Promise.resolve() };
  return new AlarmEvaluator({ store, reader, clock, onError: (error) => problems.push(error) });
}

const definition: AlarmDefinition = {
  description: "too many",
  actionsEnabled: true,
  actions: { ALARM: [destination], OK: [], INSUFFICIENT_DATA: [] },
  isOfOneMetric: true,
  queries: [
    {
      kind: "statistic",
      id: "m1",
      label: null,
      isReturned: true,
      metric: {
        namespace: "AWS/AppRunner",
        name: "Requests",
        dimensions: [
          { name: "ServiceName", value: "web" },
          { name: "ServiceID", value: "s1" },
        ],
      },
      statistic: "Sum",
      periodSeconds: 60,
      unit: null,
    },
  ],
  evaluationPeriods: 1,
  datapointsToAlarm: null,
  threshold: 10,
  comparison: "GreaterThanThreshold",
  missingData: null,
  lowSampleTreatment: null,
};

async function makeAlarm(
  changes: Partial<AlarmDefinition> = {},
  state: Alarm["state"] = "OK",
): Promise<void> {
  await store.alarms.save({
    name: "busy",
    arn: alarmArn({ region: "us-east-1", account: "000000000000" }, "busy"),
    definition: { ...definition, ...changes },
    configuredAtMs: 0,
    state,
    stateReason: "",
    stateReasonData: null,
    stateUpdatedAtMs: 0,
    stateTransitionedAtMs: 0,
    nextEvaluationAtMs: 0,
    version: 1,
  });
}

/** The minute that begins so long after the start has had this many requests and is over. */
async function afterMinute(
  evaluator: AlarmEvaluator,
  minute: number,
  requests: number | null,
): Promise<Alarm> {
  if (requests !== null) reader.put(series, start + minute * MINUTE, [requests]);
  nowMs = start + (minute + 1) * MINUTE + SETTLING;
  await evaluator.evaluateDue();
  const alarm = await store.alarms.get("busy");
  if (alarm === null) throw new Error("no alarm");
  return alarm;
}

async function events() {
  const { rows } = await store.events.list({}, { after: null, limit: 100 });
  return rows.map(({ event }) => event);
}

test("an alarm goes to ALARM and back, tells its destinations of the one, and everybody else of both", async () => {
  await makeAlarm();
  const evaluator = anEvaluator();
  const calm = await afterMinute(evaluator, 0, 5);
  expect(calm).toMatchObject({ state: "OK" });
  // It was made as OK: nothing changed.
  expect(calm.stateReason).toMatch(/^Threshold Crossed: .* the threshold \(10\.0\)\.$/);
  const alarmed = await afterMinute(evaluator, 1, 11);
  expect(alarmed).toMatchObject({ state: "ALARM", stateTransitionedAtMs: nowMs });
  expect(alarmed.stateReason).toMatch(
    /^Threshold Crossed: 1 out of the last 1 datapoints \[11\.0 \(.*\)\] was greater than the threshold \(10\.0\) \(minimum 1 datapoint for OK -> ALARM transition\)\.$/,
  );
  await afterMinute(evaluator, 2, 12);
  expect(await afterMinute(evaluator, 3, 1)).toMatchObject({ state: "OK" });
  expect(await events()).toMatchObject([
    { detail: { state: "OK", previousState: "ALARM" }, destinationArns: [], severity: "INFO" },
    {
      detailType: "Slipway Alarm State Change",
      serviceId: "s1",
      severity: "ERROR",
      detail: { alarmName: "busy", state: "ALARM", previousState: "OK", serviceName: "web" },
      destinationArns: [destination],
    },
  ]);
  const query = { alarmName: "busy", type: null, fromMs: 0, toMs: Infinity, order: "oldest-first" } as const;
  const { rows } = await store.alarmHistory.list({ ...query, toMs: nowMs + 1 }, { after: null, limit: 10 });
  expect(rows.map(({ type }) => type)).toEqual(["StateUpdate", "Action", "StateUpdate"]);
});

test("each period is looked at once, when it is complete", async () => {
  await makeAlarm();
  const evaluator = anEvaluator();
  await afterMinute(evaluator, 0, 5);
  const { nextEvaluationAtMs } = (await store.alarms.get("busy")) ?? {};
  expect(nextEvaluationAtMs).toBe(nowMs + MINUTE);
  reader.read = () => Promise.reject(new Error("asked again"));
  nowMs += MINUTE - 1;
  await evaluator.evaluateDue();
  expect(problems).toEqual([]);
});

test("disabled actions change states and name no destination", async () => {
  await makeAlarm({ actionsEnabled: false });
  expect(await afterMinute(anEvaluator(), 0, 11)).toMatchObject({ state: "ALARM" });
  expect(await events()).toMatchObject([{ destinationArns: [] }]);
});

test("an alarm of an expression is looked at in the same way", async () => {
  const [query] = definition.queries;
  if (query === undefined) throw new Error("no query");
  await makeAlarm({
    isOfOneMetric: false,
    queries: [
      { ...query, isReturned: false },
      { kind: "expression", id: "e1", label: null, isReturned: true, expression: "m1 * 10" },
    ],
  });
  expect(await afterMinute(anEvaluator(), 0, 2)).toMatchObject({ state: "ALARM" });
});

test("without data it does not know, and what is missing may be said to be all right", async () => {
  const evaluator = anEvaluator();
  await makeAlarm();
  expect(await afterMinute(evaluator, 0, null)).toMatchObject({
    state: "INSUFFICIENT_DATA",
    stateReason: "Insufficient Data: 1 datapoint was unknown.",
  });
  await makeAlarm({ missingData: "notBreaching" }, "ALARM");
  expect(await afterMinute(evaluator, 1, null)).toMatchObject({ state: "OK" });
});

test("a restart tells nothing for what was not measured, and misses no alarm", async () => {
  await makeAlarm({ evaluationPeriods: 2 });
  await afterMinute(anEvaluator(), 0, 5);
  // Down for twenty minutes.
  nowMs = start + 20 * MINUTE + 30_000;
  const restarted = anEvaluator();
  await restarted.evaluateDue();
  expect(await afterMinute(restarted, 20, null)).toMatchObject({ state: "OK" });
  expect(await events()).toEqual([]);
  await afterMinute(restarted, 21, 11);
  expect(await afterMinute(restarted, 22, 11)).toMatchObject({ state: "ALARM" });
  expect(await events()).toHaveLength(1);
  // Another restart in between: the state is known, nothing is told again.
  expect(await afterMinute(anEvaluator(), 23, 11)).toMatchObject({ state: "ALARM" });
  expect(await events()).toHaveLength(1);
});

test("without data after enough periods in which it was measured it is unknown", async () => {
  await makeAlarm({ evaluationPeriods: 2 });
  nowMs = start;
  const evaluator = anEvaluator();
  await afterMinute(evaluator, 1, null);
  expect(await afterMinute(evaluator, 2, null)).toMatchObject({ state: "INSUFFICIENT_DATA" });
});

test("a user's change that came meanwhile is not overwritten", async () => {
  await makeAlarm();
  const read = reader.read.bind(reader);
  reader.read = async (query) => {
    const alarm = await store.alarms.get("busy");
    if (alarm !== null) await store.alarms.save({ ...alarm, stateReason: "by hand", version: 2 });
    return read(query);
  };
  expect(await afterMinute(anEvaluator(), 0, 11)).toMatchObject({ state: "OK", stateReason: "by hand" });
  expect(await events()).toEqual([]);
});

test("an alarm that cannot be looked at is told of and does not hold up others", async () => {
  await makeAlarm();
  reader.read = () => Promise.reject(new Error("no metrics"));
  expect(await afterMinute(anEvaluator(), 0, 11)).toMatchObject({
    state: "OK",
    nextEvaluationAtMs: nowMs + MINUTE,
  });
  expect(problems).toEqual([new Error("no metrics")]);
});

test.each(["while it runs", "while it is down"])(
  "a clock that is set back %s does not silence alarms",
  async (when) => {
    const before = anEvaluator();
    await makeAlarm();
    nowMs = start + 600 * MINUTE;
    await before.evaluateDue();
    expect((await store.alarms.get("busy"))?.nextEvaluationAtMs).toBeGreaterThan(nowMs);
    nowMs = start - MINUTE;
    const evaluator = when === "while it runs" ? before : anEvaluator();
    await evaluator.evaluateDue();
    expect(await afterMinute(evaluator, 0, 11)).toMatchObject({ state: "ALARM" });
  },
);

test("thousands of alarms are looked at within a look, and soon", MEASURED, async () => {
  await makeAlarm();
  const one = await store.alarms.get("busy");
  if (one === null) throw new Error("no alarm");
  await store.transaction(async (tx) => {
    for (let index = 0; index < 1000; index += 1) await tx.alarms.save({ ...one, name: `a${index}` });
  });
  const before = process.cpuUsage();
  await afterMinute(anEvaluator(), 0, 11);
  const { user, system } = process.cpuUsage(before);
  expect(await store.alarms.listDue(nowMs, 5)).toEqual([]);
  expect((await store.alarms.get("a999"))?.state).toBe("ALARM");
  expect((user + system) / 1000).toBeLessThan(5000);
});
