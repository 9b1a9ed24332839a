/** CloudWatch's clients read the metrics of a service under load, and alarms of them go to ALARM, and one back. */
import { execFile } from "node:child_process";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { isDeepStrictEqual, promisify } from "node:util";
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmInput,
} from "@aws-sdk/client-cloudwatch";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { createService, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
/** The states under load. */
const UNDER_LOAD = { "too busy": "ALARM", "too slow": "ALARM", "too quiet": "OK" };
/** What the application takes to answer. */
const ANSWER_MS = 150;
const PERIOD_SECONDS = 10;
/** Two periods, their settling and a look; with room for a busy machine. */
const STATE_MS = 120_000;
const HOUR_MS = 3_600_000;
/** The webhooks are on this machine. */
const SETTINGS = { SLIPWAY_EVENT_PRIVATE_TARGETS: "true" };

interface AlarmEvent {
  readonly "detail-type": string;
  readonly detail: { readonly alarmName: string; readonly state: string; readonly previousState: string };
}

let images: TestImages;
let slipway: Installation;
let service: ServiceView;
let webhooks: Server;
let client: CloudWatchClient;
const received: AlarmEvent[] = [];
const load = new AbortController();
let busy: Promise<number>;

beforeAll(async () => {
  images = await buildTestImages();
  webhooks = createServer((request, response) => {
    void (async () => {
      received.push(JSON.parse(await text(request)) as AlarmEvent);
      response.end();
    })();
  });
  await new Promise<void>((resolve) => void webhooks.listen(0, "127.0.0.1", resolve));
  slipway = await Installation.create();
  await slipway.start(SETTINGS);
  client = new CloudWatchClient({
    region: "us-east-1",
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    credentials: slipway.credentials(),
  });
  const { ServiceArn } = await createService(slipway, {
    name: "measured",
    image: images.app,
    startCommand: "/node /app/server.js",
  });
  service = await waitForStatus(slipway, ServiceArn, "RUNNING");
});

afterAll(async () => {
  load.abort();
  client.destroy();
  webhooks.close();
  await slipway.remove();
  await images.remove();
});

const dimensions = () => [
  { Name: "ServiceName", Value: "measured" },
  { Name: "ServiceID", Value: String(service.ServiceId) },
];

const shortDimensions = () => dimensions().map(({ Name, Value }) => `Name=${Name},Value=${Value}`);

const optionsOf = (values: Readonly<Record<string, string>>) =>
  Object.entries(values).flatMap(([name, value]) => [`--${name}`, value]);

/** Of the last hour, in one point or two. */
async function statistics(more: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const span = optionsOf({
    namespace: "AWS/AppRunner",
    period: "3600",
    "start-time": new Date(Date.now() - HOUR_MS).toISOString(),
    "end-time": new Date().toISOString(),
  });
  const reply = await slipway.awsOf<{ Datapoints: readonly Readonly<Record<string, unknown>>[] }>(
    "cloudwatch",
    ["get-metric-statistics", ...span, "--dimensions", ...shortDimensions(), ...more],
  );
  return reply.Datapoints;
}

/** Requests one after the other, until the signal is aborted. */
async function keepBusy(signal: AbortSignal): Promise<number> {
  let count = 0;
  while (!signal.aborted) {
    expect((await slipway.fetch(service.ServiceUrl, `/slow?ms=${ANSWER_MS}`)).status).toBe(200);
    count += 1;
  }
  return count;
}

async function putAlarm(
  wish: Pick<
    PutMetricAlarmInput,
    "AlarmName" | "ComparisonOperator" | "Threshold" | "AlarmActions" | "OKActions" | "TreatMissingData"
  >,
): Promise<void> {
  await client.send(
    new PutMetricAlarmCommand({
      Namespace: "AWS/AppRunner",
      Dimensions: dimensions(),
      Period: PERIOD_SECONDS,
      EvaluationPeriods: 1,
      MetricName: "Requests",
      Statistic: "Sum",
      ...wish,
    }),
  );
}

const changesOf = (alarm: string) =>
  received
    .filter(({ detail }) => detail.alarmName === alarm)
    .map(({ detail }) => [detail.previousState, detail.state]);

describe("CloudWatch", () => {
  it("alarms are put, and one is tried, which nobody is told of twice over kill -9", async () => {
    const { Destination } = await slipway.client().call("Slipway.CreateEventDestination", {
      Name: "pager",
      Url: `http://127.0.0.1:${(webhooks.address() as AddressInfo).port}/alarms`,
      Filter: { DetailTypes: ["Slipway Machine Warning"] },
    });
    const { Arn } = Destination;
    const actions = { AlarmActions: [Arn], OKActions: [Arn] };
    await putAlarm({
      AlarmName: "too busy",
      ComparisonOperator: "GreaterThanThreshold",
      Threshold: 5,
      TreatMissingData: "notBreaching",
      ...actions,
    });
    await putAlarm({
      AlarmName: "too quiet",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      TreatMissingData: "breaching",
      ...actions,
    });
    await slipway.awsOf("cloudwatch", [
      "put-metric-alarm",
      ...optionsOf({
        "alarm-name": "too slow",
        namespace: "AWS/AppRunner",
        "metric-name": "RequestLatency",
        "extended-statistic": "p99",
        period: String(PERIOD_SECONDS),
        "evaluation-periods": "1",
        "comparison-operator": "GreaterThanThreshold",
        threshold: String(ANSWER_MS - 1),
        "treat-missing-data": "notBreaching",
        "alarm-actions": Arn,
        "ok-actions": Arn,
      }),
      "--dimensions",
      ...shortDimensions(),
    ]);
    const tried = { "alarm-name": "too quiet", "state-value": "ALARM", "state-reason": "tried" };
    await slipway.awsOf("cloudwatch", ["set-alarm-state", ...optionsOf(tried)]);
    await waitFor(() => changesOf("too quiet").length === 1, { what: "the webhook" });
    await slipway.kill();
    await slipway.start(SETTINGS);
    // What follows reads while the alarms look.
    busy = keepBusy(load.signal);
  });

  it("the distribution's AWS CLI lists metrics and reads statistics, in the query protocol", async () => {
    const requests = ["--metric-name", "Requests", "--statistics", "Sum", "SampleCount"];
    await waitFor(
      async () => (await statistics(requests)).reduce((sum, point) => sum + Number(point["Sum"]), 0) > 5,
      { what: "requests in the metrics" },
    );
    const named = optionsOf({ namespace: "AWS/AppRunner", "metric-name": "Requests" });
    const { Metrics } = await slipway.awsOf<{ Metrics: readonly unknown[] }>("cloudwatch", [
      "list-metrics",
      ...named,
    ]);
    expect(Metrics).toEqual([
      { Namespace: "AWS/AppRunner", MetricName: "Requests", Dimensions: dimensions() },
    ]);
    const percentiles = ["--metric-name", "RequestLatency", "--extended-statistics", "p50", "p99"];
    const [point] = await statistics(percentiles);
    const { p50 = 0, p99 = 0 } = (point?.["ExtendedStatistics"] ?? {}) as Readonly<Record<string, number>>;
    expect(p50).toBeGreaterThan(ANSWER_MS - 1);
    expect(p99).toBeGreaterThanOrEqual(p50);
    await expect(slipway.awsOf("cloudwatch", ["delete-alarms", "--alarm-names", "gone"])).rejects.toThrow(
      /\(ResourceNotFound\) when calling the DeleteAlarms operation.*: There is no alarm gone\./,
    );
  });

  it("boto3 reads data of metrics and expressions, and its waiter and paginator work", async () => {
    const program = `
import boto3, datetime, json
client = boto3.client("cloudwatch", endpoint_url="http://127.0.0.1:${slipway.apiPort}", region_name="us-east-1")
now = datetime.datetime.now(datetime.timezone.utc)
metric = {"Namespace": "AWS/AppRunner", "MetricName": "Requests", "Dimensions": ${JSON.stringify(dimensions())}}
pages = client.get_paginator("get_metric_data").paginate(
    MetricDataQueries=[
        {"Id": "m1", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}, "ReturnData": False},
        {"Id": "e1", "Expression": "FILL(m1, 0) / PERIOD(m1)", "Label": "per second"}],
    StartTime=now - datetime.timedelta(minutes=30), EndTime=now, PaginationConfig={"PageSize": 10})
values = [value for page in pages for result in page["MetricDataResults"] for value in result["Values"]]
client.get_waiter("alarm_exists").wait(AlarmNames=["too busy"], WaiterConfig={"Delay": 1, "MaxAttempts": 2})
try:
    client.put_metric_data(Namespace="mine", MetricData=[{"MetricName": "a", "Value": 1}])
    refused = None
except client.exceptions.ClientError as error:
    refused = error.response["Error"]["Message"]
print(json.dumps({"values": values, "refused": refused}))
`;
    const { accessKeyId, secretAccessKey } = slipway.credentials();
    const { stdout } = await run("/usr/bin/python3", ["-c", program], {
      env: { ...slipway.env, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey },
    });
    const { values, refused } = JSON.parse(stdout) as { values: readonly number[]; refused: string };
    expect(values.length).toBeGreaterThanOrEqual(30);
    expect(Math.max(...values)).toBeGreaterThan(0);
    expect(refused).toContain("PutMetricData is not available");
  });

  it("the JavaScript SDK reads them in JSON", async () => {
    const Metric = { Namespace: "AWS/AppRunner", MetricName: "2xxStatusResponses", Dimensions: dimensions() };
    const { MetricDataResults: [result] = [] } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [{ Id: "m1", MetricStat: { Metric, Period: PERIOD_SECONDS, Stat: "Sum" } }],
        StartTime: new Date(Date.now() - HOUR_MS),
        EndTime: new Date(),
        ScanBy: "TimestampAscending",
      }),
    );
    expect(result).toMatchObject({ Label: "2xxStatusResponses", StatusCode: "Complete" });
    expect(Math.max(...(result?.Values ?? []))).toBeGreaterThan(5);
    expect(result?.Timestamps?.every((time) => time.getTime() % (PERIOD_SECONDS * 1000) === 0)).toBe(true);
  });

  it("alarms change their states under load, and tell the destination of their actions", async () => {
    await waitFor(
      async () => {
        const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({}));
        const states = MetricAlarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]);
        return isDeepStrictEqual(Object.fromEntries(states), UNDER_LOAD);
      },
      { what: "the states under load", timeoutMs: STATE_MS },
    );
    await waitFor(
      () => Object.entries(UNDER_LOAD).every(([alarm, state]) => changesOf(alarm).at(-1)?.[1] === state),
      { what: "the webhooks" },
    );
    expect(changesOf("too quiet")).toEqual([
      ["INSUFFICIENT_DATA", "ALARM"],
      ["ALARM", "OK"],
    ]);
    for (const alarm of ["too busy", "too slow"]) {
      const states = changesOf(alarm).map(([, state]) => state);
      // OK at first, when a period without load was looked at before the first one with it.
      expect(states[0] === "OK" ? states.slice(1) : states).toEqual(["ALARM"]);
    }
    const { AlarmHistoryItems = [] } = await client.send(
      new DescribeAlarmHistoryCommand({
        AlarmName: "too quiet",
        HistoryItemType: "StateUpdate",
        ScanBy: "TimestampAscending",
      }),
    );
    expect(AlarmHistoryItems.map(({ HistorySummary }) => HistorySummary)).toEqual([
      "Alarm updated from INSUFFICIENT_DATA to ALARM",
      "Alarm updated from ALARM to OK",
    ]);
    // Not before: without load the alarms soon change again.
    load.abort();
    expect(await busy).toBeGreaterThan(5);
  });
});
