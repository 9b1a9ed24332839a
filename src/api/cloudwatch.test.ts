import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  DescribeAlarmsForMetricCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  GetMetricStatisticsCommand,
  ListMetricsCommand,
  type ListMetricsCommandInput,
  ListTagsForResourceCommand,
  paginateGetMetricData,
  paginateListMetrics,
  PutCompositeAlarmCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  PutMetricDataCommand,
  SetAlarmStateCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from "@aws-sdk/client-cloudwatch";
import { AwsQueryProtocol } from "@aws-sdk/core/protocols";
import { SmithyRpcV2CborProtocol } from "@smithy/core/cbor";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EventDestination } from "../domain/event-destination.ts";
import { FakeMetricReader } from "../ports/fake-metric-reader.ts";
import type { MetricSeries } from "../ports/metrics.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const web: MetricSeries = { metric: "Requests", serviceId: "s1", serviceName: "web", instanceId: null };
const Dimensions = [
  { Name: "ServiceName", Value: "web" },
  { Name: "ServiceID", Value: "s1" },
];
const Metric = { Namespace: "AWS/AppRunner", MetricName: "Requests", Dimensions };
const destination = "arn:aws:slipway:us-east-1:000000000000:destination/ops";

const settings = {
  defaultNamespace: "com.amazonaws.cloudwatch",
  xmlNamespace: "http://monitoring.amazonaws.com/doc/2010-08-01/",
  version: "2010-08-01",
  serviceTarget: "GraniteServiceVersion20100801",
  awsQueryCompatible: true,
};
const protocols = {
  "AWS JSON": {},
  "AWS query": { protocol: AwsQueryProtocol, protocolSettings: settings },
  "Smithy's CBOR": {
    protocol: SmithyRpcV2CborProtocol,
    protocolSettings: settings,
    // The SDK announces the length before it compresses, and then never sends so much.
    disableRequestCompression: true,
  },
} as const;

let slipway: TestApi;
let reader: FakeMetricReader;
let client: CloudWatchClient;
/** A whole hour that is over. */
let hourMs: number;

function clientWith(protocol: object, secret = slipway.key.secret): CloudWatchClient {
  return new CloudWatchClient({
    region: "us-east-1",
    endpoint: slipway.endpoint,
    maxAttempts: 1,
    credentials: { accessKeyId: slipway.key.id, secretAccessKey: secret },
    ...protocol,
  });
}

beforeEach(async () => {
  reader = new FakeMetricReader();
  slipway = await startTestApi({ metricReader: reader });
  client = clientWith({});
  hourMs = Math.floor(Date.now() / HOUR) * HOUR - HOUR;
  await slipway.store.eventDestinations.save(aDestination());
});
afterEach(async () => {
  client.destroy();
  await slipway.close();
});

function aDestination(): EventDestination {
  return {
    arn: destination,
    name: "ops",
    format: "eventbridge",
    filter: { detailTypes: [], serviceNames: [], tag: null, minimumSeverity: "INFO" },
    status: "ENABLED",
    problem: null,
    shownUrl: "https://ops.example.com",
    previousSecretUntilMs: null,
    sinceSequence: 0,
    createdAtMs: 0,
    updatedAtMs: 0,
  };
}

const anAlarm = (changes: Partial<PutMetricAlarmCommandInput> = {}): PutMetricAlarmCommandInput => ({
  AlarmName: "busy <&>",
  AlarmDescription: 'more than "enough"\n',
  ...Metric,
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  Threshold: 99.5,
  ComparisonOperator: "GreaterThanThreshold",
  TreatMissingData: "notBreaching",
  AlarmActions: [destination],
  ...changes,
});

/** What was refused, or why the test fails. */
async function refusal(work: Promise<unknown>): Promise<{ readonly name: string; readonly message: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error("it was accepted");
  return error;
}

describe.each(Object.entries(protocols))("%s", (_name, protocol) => {
  beforeEach(() => (client = clientWith(protocol)));

  test("lists metrics, of services and of instances", async () => {
    const instance = { ...web, metric: "CPUUtilization" as const, instanceId: "i1" };
    reader.put(web, Date.now() - MINUTE, [1]);
    reader.put(instance, Date.now() - MINUTE, [1]);
    const { Metrics } = await client.send(new ListMetricsCommand({ Namespace: "AWS/AppRunner" }));
    expect(Metrics).toEqual([
      Metric,
      {
        ...Metric,
        MetricName: "CPUUtilization",
        Dimensions: [...Dimensions, { Name: "InstanceID", Value: "i1" }],
      },
    ]);
  });

  test("tells statistics with times and percentiles", async () => {
    reader.put(web, hourMs, [1, 2, 3, 4]);
    reader.put(web, hourMs + 5 * MINUTE, [10]);
    const asked = { ...Metric, StartTime: new Date(hourMs), EndTime: new Date(hourMs + HOUR), Period: 300 };
    const plain = await client.send(
      new GetMetricStatisticsCommand({ ...asked, Statistics: ["Sum", "Average"] }),
    );
    expect(plain).toMatchObject({
      Label: "Requests",
      Datapoints: [
        { Timestamp: new Date(hourMs), Sum: 10, Average: 2.5, Unit: "Count" },
        { Timestamp: new Date(hourMs + 5 * MINUTE), Sum: 10, Average: 10, Unit: "Count" },
      ],
    });
    const extended = await client.send(
      new GetMetricStatisticsCommand({ ...asked, ExtendedStatistics: ["p50", "TM(0%:50%)"] }),
    );
    expect(extended.Datapoints?.[0]?.ExtendedStatistics).toEqual({ p50: 2, "TM(0%:50%)": 1.5 });
  });

  test("tells data of metrics and expressions", async () => {
    reader.put(web, hourMs, [1, 2]);
    reader.put(web, hourMs + MINUTE, [5.5]);
    const { MetricDataResults } = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          { Id: "m1", MetricStat: { Metric, Period: 60, Stat: "Sum" }, ReturnData: false },
          { Id: "e1", Expression: "m1 * 2", Label: "twice" },
        ],
        StartTime: new Date(hourMs),
        EndTime: new Date(hourMs + HOUR),
      }),
    );
    expect(MetricDataResults).toEqual([
      {
        Id: "e1",
        Label: "twice",
        StatusCode: "Complete",
        Timestamps: [new Date(hourMs + MINUTE), new Date(hourMs)],
        Values: [11, 6],
      },
    ]);
  });

  test("puts an alarm, describes it, sets its state and deletes it", async () => {
    await client.send(new PutMetricAlarmCommand(anAlarm()));
    const { MetricAlarms = [] } = await client.send(new DescribeAlarmsCommand({ AlarmNamePrefix: "busy" }));
    const { AlarmActions: _, ...same } = anAlarm();
    expect(MetricAlarms).toMatchObject([
      { ...same, StateValue: "INSUFFICIENT_DATA", ActionsEnabled: true, AlarmActions: [destination] },
    ]);
    expect(MetricAlarms[0]?.AlarmConfigurationUpdatedTimestamp).toBeInstanceOf(Date);
    const { AlarmName, AlarmArn = "" } = MetricAlarms[0] ?? {};
    await client.send(new SetAlarmStateCommand({ AlarmName, StateValue: "ALARM", StateReason: "a test" }));
    const events = await slipway.store.events.list({}, { after: null, limit: 5 });
    expect(events.rows).toMatchObject([
      { event: { detail: { state: "ALARM" }, destinationArns: [destination] } },
    ]);
    const history = await client.send(
      new DescribeAlarmHistoryCommand({ AlarmName, ScanBy: "TimestampAscending" }),
    );
    expect(history.AlarmHistoryItems?.map(({ HistoryItemType }) => HistoryItemType)).toEqual([
      "ConfigurationUpdate",
      "StateUpdate",
      "Action",
    ]);
    await client.send(
      new TagResourceCommand({ ResourceARN: AlarmArn, Tags: [{ Key: "team", Value: "a b&c" }] }),
    );
    const tags = await client.send(new ListTagsForResourceCommand({ ResourceARN: AlarmArn }));
    expect(tags.Tags).toEqual([{ Key: "team", Value: "a b&c" }]);
    await client.send(new DeleteAlarmsCommand({ AlarmNames: [String(AlarmName)] }));
    expect((await client.send(new DescribeAlarmsCommand({}))).MetricAlarms ?? []).toEqual([]);
  });

  test("tells errors by their names", async () => {
    const gone = await refusal(client.send(new DeleteAlarmsCommand({ AlarmNames: ["gone"] })));
    expect([gone.name, gone.message]).toEqual(["ResourceNotFound", "There is no alarm gone."]);
    const wrong = await refusal(client.send(new PutMetricAlarmCommand(anAlarm({ Period: 61 }))));
    expect(wrong.name).toMatch(/^InvalidParameterValue/);
    expect(wrong.message).toContain("Period: 61 is no period");
    const missing = await refusal(
      client.send(new SetAlarmStateCommand({ AlarmName: "a", StateValue: "OK", StateReason: undefined })),
    );
    expect(missing.message).toContain("StateReason is missing");
    const stranger = clientWith(protocol, "x".repeat(40));
    const unsigned = await refusal(stranger.send(new DescribeAlarmsCommand({})));
    expect(unsigned.message).toContain("signature we calculated does not match");
    stranger.destroy();
  });

  test("refuses what is not here with the reason", async () => {
    const data = {
      Namespace: "mine",
      MetricData: [{ MetricName: "n".repeat(200), Value: 1, Unit: "Count" as const }],
    };
    const many = { ...data, MetricData: Array.from({ length: 500 }, () => data.MetricData[0]!) };
    for (const input of [data, many]) {
      expect((await refusal(client.send(new PutMetricDataCommand(input)))).message).toContain(
        "PutMetricData is not available: the metrics are those that Slipway measures",
      );
    }
    const composite = new PutCompositeAlarmCommand({ AlarmName: "all", AlarmRule: "ALARM(busy)" });
    expect((await refusal(client.send(composite))).message).toContain("PutCompositeAlarm is not available");
  });
});

test("metrics are listed in pages, and by what they are", async () => {
  for (let index = 0; index < 501; index += 1) {
    reader.put({ ...web, serviceId: `s${index}` }, Date.now() - MINUTE, [1]);
  }
  reader.put({ ...web, metric: "5xxStatusResponses" }, Date.now() - 4 * HOUR, [1]);
  const list = async (input: ListMetricsCommandInput) => {
    const sizes: number[] = [];
    for await (const page of paginateListMetrics({ client }, input)) sizes.push(page.Metrics?.length ?? 0);
    return sizes;
  };
  expect(await list({})).toEqual([500, 2]);
  expect(await list({ RecentlyActive: "PT3H" })).toEqual([500, 1]);
  expect(await list({ MetricName: "5xxStatusResponses" })).toEqual([1]);
  expect(await list({ Dimensions: [{ Name: "ServiceID", Value: "s7" }] })).toEqual([1]);
  expect(await list({ Dimensions: [{ Name: "InstanceID" }] })).toEqual([0]);
  expect(await list({ Namespace: "AWS/EC2" })).toEqual([0]);
});

test("data come in pages of datapoints, either way, and say when they are complete", async () => {
  for (let minute = 0; minute < 5; minute += 1) reader.put(web, hourMs + minute * MINUTE, [minute]);
  const input: GetMetricDataCommandInput = {
    MetricDataQueries: ["Sum", "Maximum"].map((Stat, index) => ({
      Id: `m${index}`,
      MetricStat: { Metric, Period: 60, Stat },
    })),
    StartTime: new Date(hourMs),
    EndTime: new Date(hourMs + HOUR),
    MaxDatapoints: 4,
  };
  const pages = async (ScanBy: "TimestampAscending" | "TimestampDescending") => {
    const found: unknown[] = [];
    for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, { ...input, ScanBy })) {
      found.push(MetricDataResults.map(({ Id, Values, StatusCode }) => [Id, Values, StatusCode]));
    }
    return found;
  };
  expect(await pages("TimestampAscending")).toEqual([
    [["m0", [0, 1, 2, 3], "PartialData"]],
    [
      ["m0", [4], "Complete"],
      ["m1", [0, 1, 2], "PartialData"],
    ],
    [["m1", [3, 4], "Complete"]],
  ]);
  expect((await pages("TimestampDescending"))[0]).toEqual([["m0", [4, 3, 2, 1], "PartialData"]]);
});

test.each([
  [{ Period: 5 }, "5 is no period"],
  [{ Period: 90 }, "90 is no period"],
  [{ Period: 172_800 }, "more than a day"],
  [{ Statistics: undefined }, "either Statistics or ExtendedStatistics"],
  [{ Statistics: undefined, ExtendedStatistics: ["p101"] }, '"p101" is no statistic'],
  [{ EndTime: new Date(0) }, "StartTime: must be before EndTime"],
  [{ Period: 10, StartTime: new Date(Date.now() - 24 * HOUR) }, "exceeds the limit of 1440"],
] as const)("statistics with %o are refused", async (changes, problem) => {
  const input = {
    ...Metric,
    StartTime: new Date(hourMs),
    EndTime: new Date(),
    Period: 60,
    Statistics: ["Sum"] as const,
  };
  const command = new GetMetricStatisticsCommand({ ...input, ...changes } as ConstructorParameters<
    typeof GetMetricStatisticsCommand
  >[0]);
  expect((await refusal(client.send(command))).message).toContain(problem);
});

const query = { Id: "m1", MetricStat: { Metric, Period: 60, Stat: "Sum" } };

test.each<[string, GetMetricDataCommandInput["MetricDataQueries"], string]>([
  ["none", [], "must hold at least one query"],
  ["too many", Array.from({ length: 501 }, (_, index) => ({ ...query, Id: `m${index}` })), "at most 500"],
  ["twins", [query, query], "the same Id twice"],
  ["neither", [{ Id: "m1" }], "either MetricStat or Expression"],
  ["both", [{ ...query, Expression: "m1" }], "either MetricStat or Expression"],
  ["a wrong id", [{ ...query, Id: "M1" }], "must begin with a lower-case letter"],
  ["no function", [query, { Id: "e1", Expression: "SEARCH('x')" }], "Expression e1: calls SEARCH"],
  ["nothing returned", [{ ...query, ReturnData: false }], "No query has ReturnData"],
])("data of %s are refused", async (_what, MetricDataQueries, problem) => {
  const command = new GetMetricDataCommand({
    MetricDataQueries,
    StartTime: new Date(hourMs),
    EndTime: new Date(),
  });
  expect((await refusal(client.send(command))).message).toContain(problem);
});

test("a question that would take too long to answer is refused", async () => {
  const MetricDataQueries = Array.from({ length: 100 }, (_, index) => ({ ...query, Id: `m${index}` }));
  const command = new GetMetricDataCommand({
    MetricDataQueries,
    StartTime: new Date(0),
    EndTime: new Date(),
  });
  expect((await refusal(client.send(command))).message).toContain("at most 1000000 are answered");
});

test.each<[Partial<PutMetricAlarmCommandInput>, string]>([
  [{ AlarmActions: ["https://ops.example.com/hook"] }, "Make a destination of the URL"],
  [{ AlarmActions: ["arn:aws:sns:us-east-1:000000000000:topic"] }, "there are no SNS topics"],
  [{ OKActions: [`${destination}2`] }, `there is no destination ${destination}2`],
  [{ AlarmActions: Array.from({ length: 6 }, (_, index) => `${destination}${index}`) }, "at most 5"],
  [{ DatapointsToAlarm: 4 }, "at most EvaluationPeriods, 3"],
  [{ EvaluationPeriods: 1441, DatapointsToAlarm: 1 }, "must be at most 86400"],
  [{ Statistic: undefined }, "either Statistic or ExtendedStatistic"],
  [{ Threshold: undefined }, "Threshold: is required"],
  [{ ComparisonOperator: "GreaterThanUpperThreshold" }, "nothing is learned"],
  [{ Metrics: [query] }, "either Metrics or MetricName"],
])("an alarm with %o is refused", async (changes, problem) => {
  expect((await refusal(client.send(new PutMetricAlarmCommand(anAlarm(changes))))).message).toContain(
    problem,
  );
});

const { Namespace: _n, MetricName: _m, Dimensions: _d, Statistic: _s, Period: _p, ...ofMath } = anAlarm();

test("an alarm of an expression is kept and described as it was given", async () => {
  const Metrics = [
    { Id: "e1", Expression: "m1 * 2", Label: "twice", ReturnData: true },
    { ...query, ReturnData: false },
  ];
  await client.send(new PutMetricAlarmCommand({ ...ofMath, Metrics }));
  const { MetricAlarms } = await client.send(
    new DescribeAlarmsCommand({ AlarmNames: ["busy <&>", "other"] }),
  );
  expect(MetricAlarms).toMatchObject([{ Metrics, Threshold: 99.5 }]);
  expect(MetricAlarms?.[0]?.MetricName).toBeUndefined();
  const wrong = {
    ...ofMath,
    Metrics: [
      { Id: "e1", Expression: "METRICS() * 2" },
      { ...query, ReturnData: false },
      { ...query, Id: "m2", ReturnData: false },
    ],
  };
  expect((await refusal(client.send(new PutMetricAlarmCommand(wrong)))).message).toContain("one time series");
});

test("an alarm that is put again keeps its state, and its tags", async () => {
  await client.send(new PutMetricAlarmCommand(anAlarm({ Tags: [{ Key: "a", Value: "1" }] })));
  await client.send(
    new SetAlarmStateCommand({ AlarmName: "busy <&>", StateValue: "ALARM", StateReason: "test" }),
  );
  await client.send(new PutMetricAlarmCommand(anAlarm({ Threshold: 5, Tags: [{ Key: "a", Value: "2" }] })));
  const { MetricAlarms: [alarm] = [] } = await client.send(
    new DescribeAlarmsCommand({ StateValue: "ALARM" }),
  );
  expect(alarm).toMatchObject({ Threshold: 5, StateReason: "test" });
  const ResourceARN = alarm?.AlarmArn;
  expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([
    { Key: "a", Value: "1" },
  ]);
  await client.send(new UntagResourceCommand({ ResourceARN, TagKeys: ["a"] }));
  expect((await client.send(new ListTagsForResourceCommand({ ResourceARN }))).Tags).toEqual([]);
  const none = await refusal(client.send(new ListTagsForResourceCommand({ ResourceARN: `${ResourceARN}2` })));
  expect(none.name).toBe("ResourceNotFoundException");
});

test("actions can be switched off and on again", async () => {
  await client.send(new PutMetricAlarmCommand(anAlarm()));
  const AlarmNames = ["busy <&>", "not there"];
  await client.send(new DisableAlarmActionsCommand({ AlarmNames }));
  await client.send(
    new SetAlarmStateCommand({ AlarmName: "busy <&>", StateValue: "ALARM", StateReason: "test" }),
  );
  const { rows } = await slipway.store.events.list({}, { after: null, limit: 5 });
  expect(rows).toMatchObject([{ event: { destinationArns: [] } }]);
  await client.send(new EnableAlarmActionsCommand({ AlarmNames }));
  const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ ActionPrefix: "arn:aws:slipway" }));
  expect(MetricAlarms).toMatchObject([{ ActionsEnabled: true }]);
});

test("alarms are described in pages, by their metric, and composite ones are none", async () => {
  for (const name of ["a", "b", "c"])
    await client.send(new PutMetricAlarmCommand(anAlarm({ AlarmName: name })));
  const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
  expect(first.MetricAlarms?.map(({ AlarmName }) => AlarmName)).toEqual(["a", "b"]);
  const last = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }));
  expect([last.MetricAlarms?.length, last.NextToken]).toEqual([1, undefined]);
  const foreign = await refusal(client.send(new DescribeAlarmsCommand({ NextToken: first.NextToken })));
  expect(foreign.name).toMatch(/InvalidNextToken/);
  const ofMetric = await client.send(new DescribeAlarmsForMetricCommand({ ...Metric, Period: 60 }));
  expect(ofMetric.MetricAlarms).toHaveLength(3);
  const ofOther = await client.send(new DescribeAlarmsForMetricCommand({ ...Metric, Statistic: "Average" }));
  expect(ofOther.MetricAlarms).toEqual([]);
  const composite = await client.send(new DescribeAlarmsCommand({ AlarmTypes: ["CompositeAlarm"] }));
  expect([composite.MetricAlarms, composite.CompositeAlarms]).toEqual([[], []]);
});
