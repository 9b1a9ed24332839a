// CloudWatch Logs over the real socket, with AWS's own client.
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  DescribeLogStreamsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  ListLogGroupsCommand,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  paginateDescribeLogStreams,
  paginateFilterLogEvents,
  paginateGetLogEvents,
  PutLogEventsCommand,
  PutRetentionPolicyCommand,
  StartLiveTailCommand,
  type StartLiveTailResponseStream,
  TestMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { afterEach, beforeEach, expect, test } from "vitest";
import { waitFor } from "../../test/support/wait-for.ts";
import { FakeServiceLog } from "../ports/fake-service-log.ts";
import type { LogOwner } from "../ports/service-log.ts";
import { aService, makeService } from "./testing/requests.ts";
import { call, sendRaw, sign } from "./testing/signed-request.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const INSTANCE = "b".repeat(32);
const OTHER_INSTANCE = "c".repeat(32);
const OPERATION = "a".repeat(32);
const ARN = "arn:aws:logs:us-east-1:000000000000:log-group:";

let nowMs: number;
let logs: FakeServiceLog;
let slipway: TestApi;
let client: CloudWatchLogsClient;
let owner: LogOwner;
let root: string;
let application: string;

beforeEach(async () => {
  nowMs = 1000;
  logs = new FakeServiceLog({ clock: { now: () => nowMs++ } });
  slipway = await startTestApi({ logs });
  client = clientAt(slipway);
  const { ServiceId = "" } = await makeService(slipway);
  owner = { serviceId: ServiceId, serviceName: "web1" };
  root = `/aws/apprunner/web1/${ServiceId}`;
  application = `${root}/application`;
});
afterEach(async () => {
  client.destroy();
  await slipway.close();
});

function clientAt({ endpoint, key }: TestApi): CloudWatchLogsClient {
  return new CloudWatchLogsClient({
    region: "us-east-1",
    endpoint,
    maxAttempts: 1,
    disableHostPrefix: true,
    credentials: { accessKeyId: key.id, secretAccessKey: key.secret },
  });
}

/** Numbered lines of an instance. */
function print(count: number, instanceId = INSTANCE, from = 0): void {
  logs.print(owner, instanceId, ...Array.from({ length: count }, (_, index) => `line ${from + index}`));
}

async function writeEverything(): Promise<void> {
  await logs.write(owner, { kind: "events" }, { key: "1", text: "Service creation started." });
  await logs.write(owner, { kind: "operation", operationId: OPERATION }, { key: "1", text: "Starting." });
  print(3);
  await logs.writeAccess(owner, [{ timestampMs: nowMs, text: '{"status":200}' }]);
}

const codeOf = async (attempt: Promise<unknown>) =>
  attempt.then(
    () => "nothing",
    (error: Error) => `${error.name}: ${error.message}`,
  );

test("groups bear App Runner's names, with both ARNs, and come page by page", async () => {
  await writeEverything();
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({}));
  expect(logGroups.map(({ logGroupName }) => logGroupName)).toEqual([
    `${root}/access`,
    `${root}/application`,
    `${root}/service`,
  ]);
  expect(logGroups[1]).toEqual({
    logGroupName: application,
    arn: `${ARN}${application}:*`,
    logGroupArn: ARN + application,
    creationTime: 1002,
    storedBytes: 18,
    metricFilterCount: 0,
    logGroupClass: "STANDARD",
  });
  const first = await client.send(new DescribeLogGroupsCommand({ limit: 2 }));
  const second = await client.send(new DescribeLogGroupsCommand({ limit: 1, nextToken: first.nextToken }));
  expect(second).toMatchObject({ logGroups: [{ logGroupName: `${root}/service` }] });
  expect(second.nextToken).toBeUndefined();
  expect(await codeOf(client.send(new DescribeLogGroupsCommand({ nextToken: "x" })))).toMatch(
    "InvalidParameterException: NextToken",
  );
});

test.each([
  [{ logGroupNamePrefix: "/aws/apprunner/web1" }, 3],
  [{ logGroupNamePrefix: "/aws/lambda" }, 0],
  [{ logGroupNamePattern: "/acc" }, 1],
  [{ logGroupClass: "INFREQUENT_ACCESS" }, 0],
  [{ accountIdentifiers: ["111111111111"] }, 0],
] as const)("groups that %j asks for", async (input, count) => {
  await writeEverything();
  const { accountIdentifiers, ...others } = { accountIdentifiers: undefined, ...input };
  const asked = { ...others, ...(accountIdentifiers && { accountIdentifiers: [...accountIdentifiers] }) };
  const { logGroups } = await client.send(new DescribeLogGroupsCommand(asked));
  expect(logGroups).toHaveLength(count);
});

test("ListLogGroups knows parts of names and their beginnings", async () => {
  await writeEverything();
  const named = async (logGroupNamePattern: string) =>
    (await client.send(new ListLogGroupsCommand({ logGroupNamePattern }))).logGroups?.map(
      ({ logGroupName }) => logGroupName?.slice(root.length),
    );
  expect(await named("application")).toEqual(["/application"]);
  expect(await named("^/aws/app|nothing")).toHaveLength(3);
  expect(await named("^application|/service")).toEqual(["/service"]);
});

test("streams by name and by time, forwards and backwards, by prefix, on pages, by name or ARN", async () => {
  await writeEverything();
  print(1, OTHER_INSTANCE);
  const names = async (input: object) =>
    (
      await client.send(new DescribeLogStreamsCommand({ logGroupName: application, ...input }))
    ).logStreams?.map(({ logStreamName = "" }) => logStreamName.slice(9, 10));
  expect(await names({})).toEqual(["b", "c"]);
  expect(await names({ descending: true })).toEqual(["c", "b"]);
  expect(await names({ orderBy: "LastEventTime" })).toEqual(["b", "c"]);
  expect(await names({ orderBy: "LastEventTime", descending: true })).toEqual(["c", "b"]);
  expect(await names({ logStreamNamePrefix: "instance/c" })).toEqual(["c"]);
  const byArn = { logGroupName: undefined, logGroupIdentifier: `${ARN}${application}:*` };
  expect(await names(byArn)).toEqual(["b", "c"]);
  const paged: string[] = [];
  for await (const page of paginateDescribeLogStreams(
    { client, pageSize: 1 },
    { logGroupName: application, orderBy: "LastEventTime", descending: true },
  )) {
    paged.push(...(page.logStreams ?? []).map(({ logStreamName = "" }) => logStreamName));
  }
  expect(paged).toEqual([`instance/${OTHER_INSTANCE}`, `instance/${INSTANCE}`]);
  const { logStreams } = await client.send(
    new DescribeLogStreamsCommand({ logGroupName: `${root}/service` }),
  );
  expect(logStreams).toMatchObject([
    {
      logStreamName: `deployment/${OPERATION}`,
      firstEventTimestamp: 1001,
      lastEventTimestamp: 1001,
      arn: `${ARN}${root}/service:log-stream:deployment/${OPERATION}`,
    },
    { logStreamName: "events" },
  ]);
});

const stream = (input: object = {}) =>
  new GetLogEventsCommand({ logGroupName: application, logStreamName: `instance/${INSTANCE}`, ...input });
const messagesOf = ({ events = [] }: { events?: { message?: string | undefined }[] | undefined }) =>
  events.map(({ message }) => message);

test("events from the head, on with the forward token until it stays the same, and on again", async () => {
  print(5);
  const first = await client.send(stream({ startFromHead: true, limit: 3 }));
  expect(first.events?.[0]).toEqual({ timestamp: 1000, message: "line 0", ingestionTime: 1000 });
  expect(messagesOf(first)).toEqual(["line 0", "line 1", "line 2"]);
  expect(first.nextForwardToken).toMatch(/^f\//);
  expect(first.nextBackwardToken).toMatch(/^b\//);
  const second = await client.send(stream({ nextToken: first.nextForwardToken }));
  expect(messagesOf(second)).toEqual(["line 3", "line 4"]);
  const third = await client.send(stream({ nextToken: second.nextForwardToken }));
  expect(messagesOf(third)).toEqual([]);
  expect(third.nextForwardToken).toBe(second.nextForwardToken);
  print(1, INSTANCE, 5);
  expect(messagesOf(await client.send(stream({ nextToken: third.nextForwardToken })))).toEqual(["line 5"]);
  expect(messagesOf(await client.send(stream({ nextToken: second.nextBackwardToken })))).toEqual([
    "line 0",
    "line 1",
    "line 2",
  ]);
});

test("events from the tail, back with the backward token until it stays the same", async () => {
  print(5);
  const last = await client.send(stream({ limit: 2 }));
  expect(messagesOf(last)).toEqual(["line 3", "line 4"]);
  const before = await client.send(stream({ limit: 2, nextToken: last.nextBackwardToken }));
  expect(messagesOf(before)).toEqual(["line 1", "line 2"]);
  const forth = await client.send(stream({ nextToken: before.nextForwardToken }));
  expect(messagesOf(forth)).toEqual(["line 3", "line 4"]);
  const oldest = await client.send(stream({ limit: 2, nextToken: before.nextBackwardToken }));
  expect(messagesOf(oldest)).toEqual(["line 0"]);
  const none = await client.send(stream({ nextToken: oldest.nextBackwardToken }));
  expect([messagesOf(none), none.nextBackwardToken]).toEqual([[], oldest.nextBackwardToken]);
  print(1, INSTANCE, 5);
  expect(messagesOf(await client.send(stream({ nextToken: last.nextForwardToken })))).toEqual(["line 5"]);
});

test("a span of time holds its first millisecond and not its last", async () => {
  print(5);
  expect(messagesOf(await client.send(stream({ startTime: 1001, endTime: 1003 })))).toEqual([
    "line 1",
    "line 2",
  ]);
});

test("the client's pages hold every line once", async () => {
  print(25);
  const messages: unknown[] = [];
  for await (const page of paginateGetLogEvents(
    { client, stopOnSameToken: true },
    { logGroupName: application, logStreamName: `instance/${INSTANCE}`, limit: 4, startFromHead: true },
  )) {
    messages.push(...messagesOf(page));
  }
  expect(messages).toEqual(Array.from({ length: 25 }, (_, index) => `line ${index}`));
});

test("a token of another stream, of the other direction, or of nobody is refused", async () => {
  print(1);
  print(1, OTHER_INSTANCE);
  const { nextForwardToken = "" } = await client.send(stream());
  const others = [
    stream({ nextToken: nextForwardToken, logStreamName: `instance/${OTHER_INSTANCE}` }),
    stream({ nextToken: nextForwardToken.replace("f/", "b/") }),
    stream({ nextToken: "f/0" }),
    stream({ nextToken: nextForwardToken.slice(2) }),
  ];
  for (const other of others) expect(await codeOf(client.send(other))).toMatch("InvalidParameterException");
});

test.each([
  ["another service's group", "/aws/apprunner/web1/0123456789abcdef0123456789abcdef/service", "events"],
  ["the service's by a wrong name", "/aws/apprunner/web2/ID/service", "events"],
  ["a group that is none", "/var/log/messages", "events"],
  ["a group that nobody wrote to", "/aws/apprunner/web1/ID/access", "requests"],
])("%s does not exist", async (_name, name, logStreamName) => {
  print(1);
  await logs.write(owner, { kind: "events" }, { key: "1", text: "x" });
  const input = { logGroupName: name.replace("ID", owner.serviceId), logStreamName };
  expect(await codeOf(client.send(new GetLogEventsCommand(input)))).toBe(
    "ResourceNotFoundException: The specified log group does not exist.",
  );
  expect(await codeOf(client.send(new FilterLogEventsCommand({ logGroupName: input.logGroupName })))).toBe(
    "ResourceNotFoundException: The specified log group does not exist.",
  );
});

test.each(["events", "instance/../../etc/passwd", "deployment/x", `instance/${OTHER_INSTANCE}`])(
  "there is no stream %s in the group of instances",
  async (logStreamName) => {
    print(1);
    expect(await codeOf(client.send(stream({ logStreamName })))).toBe(
      "ResourceNotFoundException: The specified log stream does not exist.",
    );
  },
);

test("groups of another account or region do not exist", async () => {
  print(1);
  const elsewhere = ARN.replace("us-east-1", "eu-west-1") + application;
  expect(await codeOf(client.send(new FilterLogEventsCommand({ logGroupIdentifier: elsewhere })))).toMatch(
    "does not exist",
  );
  const others = ARN.replace("000000000000", "111111111111") + application;
  expect(await codeOf(client.send(new FilterLogEventsCommand({ logGroupIdentifier: others })))).toMatch(
    "AccessDeniedException",
  );
  const both = { logGroupName: application, logGroupIdentifier: application };
  expect(await codeOf(client.send(new FilterLogEventsCommand(both)))).toMatch("InvalidParameterException");
});

test("lines of all streams in the order of their times, filtered, on pages, each with an id", async () => {
  logs.print(owner, INSTANCE, '{"level":"info"}', '{"level":"error","ms":7}');
  logs.print(owner, OTHER_INSTANCE, "error: boom", '{"level":"error","ms":70}');
  const found = async (input: object) =>
    messagesOf(await client.send(new FilterLogEventsCommand({ logGroupName: application, ...input })));
  expect(await found({})).toHaveLength(4);
  expect(await found({ filterPattern: "error -boom" })).toHaveLength(2);
  expect(await found({ filterPattern: '{ $.level = "error" && $.ms > 10 }' })).toEqual([
    '{"level":"error","ms":70}',
  ]);
  expect(await found({ logStreamNames: [`instance/${INSTANCE}`], filterPattern: "error" })).toHaveLength(1);
  expect(await found({ logStreamNamePrefix: "instance/c" })).toHaveLength(2);
  expect(await found({ startTime: 1001, endTime: 1002 })).toEqual([
    '{"level":"error","ms":7}',
    "error: boom",
  ]);
  const events = [];
  const pages = paginateFilterLogEvents({ client, pageSize: 1 }, { logGroupName: application, limit: 1 });
  for await (const page of pages) {
    expect(page.searchedLogStreams).toEqual([]);
    events.push(...(page.events ?? []));
  }
  expect(events.map(({ logStreamName }) => logStreamName?.slice(9, 10))).toEqual(["b", "b", "c", "c"]);
  expect(new Set(events.map(({ eventId }) => eventId)).size).toBe(4);
});

test.each([
  [{ filterPattern: "{ $.a" }, "character 6"],
  [{ filterPattern: "x".repeat(1025) }, "1024"],
  [{ limit: 10_001 }, "limit"],
  [{ logStreamNames: ["instance/x"], logStreamNamePrefix: "i" }, "logStreamNames"],
  [{ startTime: -1 }, "startTime"],
])("%j is refused with what is wrong", async (input, problem) => {
  print(1);
  const refused = await codeOf(
    client.send(new FilterLogEventsCommand({ logGroupName: application, ...input })),
  );
  expect(refused).toMatch("InvalidParameterException");
  expect(refused).toMatch(problem);
});

test("retention is set to one of AWS's numbers of days, told, and taken away", async () => {
  print(1);
  const told = async () =>
    (await client.send(new DescribeLogGroupsCommand({}))).logGroups?.map(
      ({ retentionInDays }) => retentionInDays,
    );
  const put = async (retentionInDays: number) =>
    client.send(new PutRetentionPolicyCommand({ logGroupName: application, retentionInDays }));
  await put(7);
  expect(await told()).toEqual([7]);
  expect(await codeOf(put(2))).toMatch(/InvalidParameterException: retentionInDays: is 2; .* 1, 3, 5, 7/);
  await client.send(new DeleteRetentionPolicyCommand({ logGroupName: application }));
  expect(await told()).toEqual([undefined]);
});

test("streams and groups are deleted once", async () => {
  print(1);
  print(1, OTHER_INSTANCE);
  const oneStream = { logGroupName: application, logStreamName: `instance/${INSTANCE}` };
  await client.send(new DeleteLogStreamCommand(oneStream));
  expect(await codeOf(client.send(new DeleteLogStreamCommand(oneStream)))).toMatch(
    "log stream does not exist",
  );
  await client.send(new DeleteLogGroupCommand({ logGroupName: application }));
  expect(await codeOf(client.send(new DeleteLogGroupCommand({ logGroupName: application })))).toMatch(
    "log group does not exist",
  );
});

test("groups have no tags, and nobody but the platform makes or fills them", async () => {
  print(1);
  // oxlint-disable-next-line typescript/no-deprecated -- older tools ask so
  expect((await client.send(new ListTagsLogGroupCommand({ logGroupName: application }))).tags).toEqual({});
  const resourceArn = ARN + application;
  expect((await client.send(new ListTagsForResourceCommand({ resourceArn }))).tags).toEqual({});
  const names = { logGroupName: application, logStreamName: "mine" };
  const writes = [
    client.send(new CreateLogGroupCommand(names)),
    client.send(new CreateLogStreamCommand(names)),
    client.send(new PutLogEventsCommand({ ...names, logEvents: [{ timestamp: 1, message: "x" }] })),
  ];
  for (const write of writes) {
    expect(await codeOf(write)).toMatch(/^InvalidParameterException: .*written by the platform alone/);
  }
});

test("TestMetricFilter tells which lines match and what their fields are", async () => {
  const logEventMessages = ["GET / 200", "GET /x 404"];
  const input = { filterPattern: "[method, path, status = 4*]", logEventMessages };
  expect((await client.send(new TestMetricFilterCommand(input))).matches).toEqual([
    {
      eventNumber: 2,
      eventMessage: "GET /x 404",
      extractedValues: { $method: "GET", $path: "/x", $status: "404" },
    },
  ]);
});

/** Reads the stream of a tail until an event is what is waited for. */
async function until(
  events: AsyncIterator<StartLiveTailResponseStream>,
  isIt: (event: StartLiveTailResponseStream) => boolean,
): Promise<StartLiveTailResponseStream> {
  for (;;) {
    const { done, value } = await events.next();
    if (done === true) throw new Error("the tail has ended");
    if (isIt(value)) return value;
  }
}

async function startTail(input: object = {}, reader = client) {
  const command = new StartLiveTailCommand({ logGroupIdentifiers: [ARN + application], ...input });
  const { responseStream } = await reader.send(command);
  if (responseStream === undefined) throw new Error("no stream");
  return responseStream[Symbol.asyncIterator]();
}

const hasResults = ({ sessionUpdate }: StartLiveTailResponseStream) =>
  (sessionUpdate?.sessionResults?.length ?? 0) > 0;

test("a live tail says that it began, and then what was written that the pattern wants", async () => {
  print(1);
  const events = await startTail({ logEventFilterPattern: "ERROR" });
  const { value: first } = await events.next();
  expect(first.sessionStart).toMatchObject({
    sessionId: expect.any(String),
    logGroupIdentifiers: [ARN + application],
    logEventFilterPattern: "ERROR",
  });
  logs.print(owner, INSTANCE, "fine", "ERROR one");
  const { sessionUpdate } = await until(events, hasResults);
  expect(sessionUpdate).toEqual({
    sessionMetadata: { sampled: false },
    sessionResults: [
      {
        message: "ERROR one",
        logStreamName: `instance/${INSTANCE}`,
        logGroupIdentifier: `000000000000:${application}`,
        timestamp: 1002,
        ingestionTime: 1002,
      },
    ],
  });
  await events.return?.();
});

test("an update of a live tail has at most 500 lines, and says that there were more", async () => {
  print(1);
  const events = await startTail();
  await events.next();
  print(600);
  const { sessionUpdate } = await until(events, hasResults);
  expect(sessionUpdate?.sessionResults).toHaveLength(500);
  expect(sessionUpdate?.sessionMetadata?.sampled).toBe(true);
  await events.return?.();
});

test("a tail is over when its connection is; there are at most fifteen", async () => {
  print(1);
  const reader = clientAt(slipway);
  const tails = await Promise.all(Array.from({ length: 15 }, async () => startTail({}, reader)));
  await Promise.all(tails.map(async (events) => events.next()));
  expect(logs.watcherCount).toBe(15);
  expect(await codeOf(startTail())).toBe(
    "LimitExceededException: The limit of 15 live tails at once is reached.",
  );
  reader.destroy();
  await waitFor(async () => logs.watcherCount === 0, { what: "the end of all watching" });
  const again = await startTail();
  expect((await again.next()).done).toBe(false);
}, 60_000);

test("a host with the prefix that clients put before a live tail's is taken as it was signed", async () => {
  const plain = call("Logs_20140328.DescribeLogGroups", {});
  const prefixed = { ...plain, headers: { ...plain.headers, host: "streaming-slipway.example.com" } };
  const answer = await sendRaw(slipway.endpoint, await sign(prefixed, slipway.key));
  expect(answer.status).toBe(200);
});

test("several tails that begin at the same time do not pass the limit together", async () => {
  print(1);
  const reader = clientAt(slipway);
  const codes = Array.from({ length: 20 }, async () => codeOf(startTail({}, reader)));
  const refused = (await Promise.all(codes)).filter((code) => code !== "nothing");
  expect(refused).toHaveLength(5);
  expect(refused[0]).toContain("LimitExceededException");
  reader.destroy();
});

test("a tail of logs whose key cannot be used is refused, and one that runs ends with the reason", async () => {
  print(1);
  const events = await startTail();
  expect((await events.next()).value.sessionStart).toBeDefined();
  logs.unreadable.set(owner.serviceId, "The key k is disabled.");
  await expect(until(events, () => false)).rejects.toMatchObject({
    name: "SessionStreamingException",
    message: expect.stringContaining("The key k is disabled.") as unknown,
  });
  const refusal = "These logs are encrypted and cannot be read now. The key k is disabled.";
  expect(await codeOf(startTail())).toBe(`InvalidParameterException: ${refusal}`);
  logs.unreadable.clear();
  expect((await (await startTail()).next()).done).toBe(false);
});

test("a live tail ends after three hours, and does not hold up a server that closes", async () => {
  let isLate = false;
  const clock = {
    now: () => Date.now() + (isLate ? 3 * 3_600_000 : 0),
    sleep: async () => new Promise<void>((resolve) => setTimeout(resolve, 5)),
  };
  const other = await startTestApi({ logs, clock });
  await makeService(other, aService("web9"));
  const tailing = clientAt(other);
  print(1);
  const open = async () => {
    const command = new StartLiveTailCommand({ logGroupIdentifiers: [application] });
    const { responseStream } = await tailing.send(command);
    if (responseStream === undefined) throw new Error("no stream");
    const events = responseStream[Symbol.asyncIterator]();
    await events.next();
    return events;
  };
  const first = await open();
  isLate = true;
  await expect(until(first, () => false)).rejects.toThrow("open for three hours");
  isLate = false;
  const second = await open();
  const closing = other.api.close(60_000);
  await expect(until(second, () => false)).rejects.toThrow(/aborted|ended|closed|hang up/);
  await closing;
  tailing.destroy();
  await other.store.close();
}, 20_000);
