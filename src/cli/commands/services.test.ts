import { describe, expect, test } from "vitest";
import { NOW_MS, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import { anOperation, ARN, aService, aSummary, OPERATION_ID, URL_OF_WEB } from "../testing/service.ts";

const two = {
  ListReleases: () => ({ Releases: [] }),
  DescribeSourceWatch: () => {
    throw new Refusal("ResourceNotFoundException", "Service not found");
  },
  ListServices: () => ({
    ServiceSummaryList: [
      aSummary(),
      aSummary({ ServiceName: "shop", Status: "PAUSED", ServiceArn: ARN.replace("/web/", "/shop/") }),
    ],
  }),
};
const quiet = { DescribeLogStreams: () => ({ logStreams: [] }), DescribeOperation: () => anOperation() };

test("ls is a table for people and the API's own list for programs", async () => {
  await using api = await startFakeApi(two);
  const { out } = await slipway(api, ["ls"]);
  expect(out.split("\n")).toEqual([
    "NAME  STATUS   URL                                                 UPDATED",
    `web   RUNNING  http://${URL_OF_WEB}  60s ago`,
    `shop  PAUSED   http://${URL_OF_WEB}  60s ago`,
  ]);
  expect(JSON.parse((await slipway(api, ["ls", "--json"])).out)).toHaveLength(2);
  expect((await slipway(api, ["ls"], { hasColour: true })).out).toContain("\u001B[32mRUNNING");
});

test("ls reads every page, and says what to do when there is nothing", async () => {
  await using api = await startFakeApi({
    ListServices: ({ NextToken }) => ({
      ServiceSummaryList: [aSummary({ ServiceName: NextToken === undefined ? "one" : "two" })],
      ...(NextToken === undefined ? { NextToken: "more" } : {}),
    }),
  });
  expect((await slipway(api, ["ls"])).out).toMatch(/one[\s\S]*two/);
  await using empty = await startFakeApi({ ListServices: () => ({ ServiceSummaryList: [] }) });
  expect(await slipway(empty, ["ls"])).toMatchObject({
    exitCode: 0,
    out: "",
    err: expect.stringContaining("slipway deploy"),
  });
});

const rules = {
  DescribeAutoScalingConfiguration: () => ({
    AutoScalingConfiguration: {
      AutoScalingConfigurationName: "DefaultConfiguration",
      AutoScalingConfigurationRevision: 1,
      MinSize: 1,
      MaxSize: 25,
      MaxConcurrency: 100,
    },
  }),
  ListTagsForResource: () => ({
    Tags: [
      { Key: "team", Value: "shop" },
      { Key: "slipway:stop-grace", Value: "2m" },
      { Key: "stage", Value: "live" },
    ],
  }),
};

test("status shows scaling, tags and extensions; of a deleted service what is left", async () => {
  const plain = {
    ...two,
    DescribeService: () => ({ Service: aService() }),
    ListInstances: () => ({ Instances: [] }),
    ListOperations: () => ({ OperationSummaryList: [] }),
  };
  const domains = [
    { DomainName: "shop.example.com", Status: "active" },
    { DomainName: "new.example.com", Status: "creating" },
    { DomainName: "*.example.com", Status: "active" },
  ];
  await using api = await startFakeApi({ ...plain, ...rules, ListDomains: () => ({ Domains: domains }) });
  const { out } = await slipway(api, ["status", "web"]);
  expect(out).toMatch(
    /^Scaling +1–25 instances, 100 requests at once each \(DefaultConfiguration revision 1\)$/m,
  );
  expect(out).toMatch(
    /^Also at +https:\/\/abcdefghij\.us-east-1\.slipway\.localhost:8443, https:\/\/shop\.example\.com:8443$/m,
  );
  expect(out).toMatch(/^Tags +team=shop, stage=live$/m);
  expect(out).toMatch(/^Extensions +slipway:stop-grace=2m$/m);
  expect(JSON.parse((await slipway(api, ["status", "web", "--json"])).out)).toMatchObject({
    Scaling: { MinSize: 1, MaxSize: 25, MaxConcurrency: 100 },
    Tags: rules.ListTagsForResource().Tags,
  });
  const gone = () => {
    throw new Refusal("ResourceNotFoundException", "Service not found");
  };
  await using deleted = await startFakeApi({
    ...plain,
    DescribeAutoScalingConfiguration: gone,
    ListTagsForResource: gone,
  });
  const rest = JSON.parse((await slipway(deleted, ["status", ARN, "--json"])).out) as object;
  expect(rest).toMatchObject({ Service: { ServiceName: "web" }, Scaling: null, Tags: [] });
  expect((await slipway(deleted, ["status", ARN])).out).not.toMatch(/Scaling|Tags/);
});

test("status tells of a private service, and of its VPC connector", async () => {
  const NetworkConfiguration = {
    IngressConfiguration: { IsPubliclyAccessible: false },
    EgressConfiguration: { EgressType: "VPC", VpcConnectorArn: "arn:connector" },
  };
  await using api = await startFakeApi({
    ...two,
    ...rules,
    DescribeService: () => ({ Service: aService({ NetworkConfiguration }) }),
    ListInstances: () => ({ Instances: [] }),
    ListOperations: () => ({ OperationSummaryList: [] }),
    ListDomains: () => ({ Domains: [] }),
  });
  const { out } = await slipway(api, ["status", "web"]);
  expect(out).toMatch(/^Private +yes: answers at its internal name/m);
  expect(out).toMatch(/^VPC connector +arn:connector$/m);
});

test("status says how many instances are wanted and why; none is well when none is wanted", async () => {
  const decision = (Count: number, Activity: string, Reason: string) => ({
    At: NOW_MS / 1000 - 5,
    Count,
    Activity,
    Reason,
  });
  const withScaling = (Decisions: readonly object[]) =>
    startFakeApi({
      ...two,
      ...rules,
      DescribeService: () => ({ Service: aService() }),
      ListOperations: () => ({ OperationSummaryList: [] }),
      ListInstances: () => ({ Instances: [], Scaling: { MinSize: 0, MaxSize: 25, Decisions } }),
    });
  const atZero = [decision(0, "freeze", "nobody called for 15 minutes"), decision(1, "throttle", "quiet")];
  await using resting = await withScaling(atZero);
  const { out } = await slipway(resting, ["status", "web"]);
  expect(out).toMatch(/Wanted now +0 instances: nobody called for 15 minutes \(5.0s ago\)/);
  expect(out).toMatch(/1, throttled +5.0s ago +quiet/);
  expect(out).not.toContain("No instance is ready");
  await using lacking = await withScaling([decision(1, "run", "a request waits")]);
  expect((await slipway(lacking, ["status", "web"])).out).toContain("No instance is ready");
});

test("status shows names of variables and references of secrets, never values, also as JSON", async () => {
  const service = aService();
  const image = service.SourceConfiguration.ImageRepository;
  const ImageConfiguration = {
    ...image.ImageConfiguration,
    RuntimeEnvironmentSecrets: { API_KEY: "/web/api-key", TOKEN: "/web/token" },
  };
  const withSecret = {
    ...service,
    SourceConfiguration: {
      ...service.SourceConfiguration,
      ImageRepository: { ...image, ImageConfiguration },
    },
  };
  await using api = await startFakeApi({
    ...two,
    ...rules,
    DescribeService: () => ({ Service: withSecret }),
    ListInstances: () => ({
      Instances: [
        {
          InstanceId: "i1",
          ReleaseNumber: 2,
          State: "ready",
          Address: "172.17.0.2:3000",
          CreatedAt: 1,
          InFlight: 0,
        },
        { InstanceId: "i0", ReleaseNumber: 1, State: "stopped", CreatedAt: 1 },
      ],
    }),
    ListOperations: () => ({
      OperationSummaryList: [{ Type: "CREATE_SERVICE", Status: "SUCCEEDED", StartedAt: 1 }],
    }),
  });
  const { out } = await slipway(api, ["status", "web"]);
  expect(out).toMatch(/Variables +MODE, PASSWORD/);
  expect(out).toMatch(/Secrets +API_KEY=\/web\/api-key, TOKEN=\/web\/token/);
  expect(out).toContain("172.17.0.2:3000");
  expect(out).not.toContain("i0");
  const json = (await slipway(api, ["status", "web", "--json"])).out;
  expect(JSON.parse(json)).toMatchObject({
    Service: { ServiceName: "web" },
    Instances: [{ InstanceId: "i1" }],
    LastOperation: { Status: "SUCCEEDED" },
  });
  expect(out + json).not.toContain("hunter2");
});

test("status tells of instances that ended by themselves lately, with the way back", async () => {
  const nowS = NOW_MS / 1000;
  const ended = (InstanceId: string, ReleaseNumber: number, secondsAgo: number, Reason: string) => ({
    InstanceId,
    ReleaseNumber,
    Reason,
    State: "stopped",
    CreatedAt: nowS - secondsAgo - 1,
    StoppedAt: nowS - secondsAgo,
  });
  const release = { CreatedAt: 1, OperationId: OPERATION_ID };
  const releases = [
    { ...release, ReleaseNumber: 4, Status: "active", HasServed: true },
    { ...release, ReleaseNumber: 3, Status: "failed", HasServed: false },
    { ...release, ReleaseNumber: 2, Status: "superseded", HasServed: true },
  ];
  const withReleases = (Releases: readonly object[]) => ({
    ...two,
    ...rules,
    DescribeService: () => ({ Service: aService() }),
    ListOperations: () => ({ OperationSummaryList: [] }),
    ListReleases: () => ({ Releases }),
    ListInstances: () => ({
      Instances: [
        ended("i6", 4, 30, "exited with code 3"),
        ended("i5", 4, 60, "out of memory"),
        ended("i4", 4, 90, "more than the wished size"),
        ended("i3", 4, 3600, "exited with code 3"),
        ended("i2", 2, 120, "exited with code 3"),
      ],
    }),
  });
  await using api = await startFakeApi(withReleases(releases));
  const { out } = await slipway(api, ["status", "web"]);
  expect(out).toMatch(
    /^2 instances of release 4 ended in the last 10 minutes, the last one 30s ago: exited with code 3\.$/m,
  );
  expect(out).toContain("See why: `slipway logs web`. Back to release 2: `slipway rollback web`.");
  await using first = await startFakeApi(withReleases(releases.slice(0, 1)));
  expect((await slipway(first, ["status", "web"])).out).not.toContain("rollback");
});

test("an ARN is taken as it is, a name that is nearly right is put right", async () => {
  await using api = await startFakeApi({ ...two, ListOperations: () => ({ OperationSummaryList: [] }) });
  expect((await slipway(api, ["ops", ARN])).exitCode).toBe(0);
  expect(api.callsOf("ListServices")).toEqual([]);
  const { exitCode, err } = await slipway(api, ["ops", "sho"]);
  expect([exitCode, err]).toEqual([
    1,
    'error: There is no service "sho".\n→ Did you mean "shop"? See `slipway ls`.',
  ]);
  expect((await slipway(api, ["ops", "hsop"])).err).toContain('Did you mean "shop"?');
  expect((await slipway(api, ["ops", "arn:aws:s3:::bucket"])).err).toContain("not the ARN of a service");
});

test.each([
  ["pause", "PauseService", "web is paused"],
  ["resume", "ResumeService", "web is running"],
  ["redeploy", "StartDeployment", "web is deployed"],
])("%s calls %s and waits for its end", async (command, operation, done) => {
  await using api = await startFakeApi({
    ...two,
    ...quiet,
    [operation]: () => ({ OperationId: OPERATION_ID }),
  });
  const { exitCode, err } = await slipway(api, [command, "web"]);
  expect([exitCode, err]).toEqual([0, expect.stringContaining(`${done} (0.0s).`)]);
  expect(api.callsOf(operation)[0]?.input).toEqual({ ServiceArn: ARN });
  const before = api.callsOf("DescribeOperation").length;
  const json = await slipway(api, [command, "web", "--no-wait", "--json"]);
  expect(JSON.parse(json.out)).toEqual({ ServiceName: "web", ServiceArn: ARN, OperationId: OPERATION_ID });
  expect(api.callsOf("DescribeOperation")).toHaveLength(before);
});

test("pausing what is paused is well", async () => {
  await using api = await startFakeApi({ ...two, PauseService: () => ({ Service: aService() }) });
  expect(await slipway(api, ["pause", "web"])).toMatchObject({ exitCode: 0, err: "web is paused already." });
});

test("rm asks; without a person it needs --yes", async () => {
  await using api = await startFakeApi({
    ...two,
    ...quiet,
    DeleteService: () => ({ OperationId: OPERATION_ID }),
  });
  expect(await slipway(api, ["rm", "web"])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("--yes"),
  });
  expect(await slipway(api, ["rm", "web"], { isInteractive: true, confirms: false })).toMatchObject({
    exitCode: 1,
  });
  expect(api.callsOf("DeleteService")).toEqual([]);
  expect(await slipway(api, ["rm", "web"], { isInteractive: true, confirms: true })).toMatchObject({
    exitCode: 0,
  });
  expect(await slipway(api, ["rm", "web", "--yes"])).toMatchObject({ exitCode: 0 });
  expect(api.callsOf("DeleteService")).toHaveLength(2);
});

test("ops lists the operations, and shows one with its cause", async () => {
  const failed = { Phase: "pull", Class: "pull", Message: "No such image.", LogLines: [] };
  await using api = await startFakeApi({
    ...two,
    ListOperations: () => ({ OperationSummaryList: [anOperation().Operation] }),
    DescribeOperation: () => anOperation({ Status: "FAILED", Cause: failed }),
  });
  const list = await slipway(api, ["ops", "web"]);
  expect(list.out).toMatch(new RegExp(`${OPERATION_ID}  CREATE_SERVICE  SUCCEEDED  60m ago  2.0s`));
  expect((await slipway(api, ["ops", "web", OPERATION_ID])).out).toContain("No such image.");
  expect(JSON.parse((await slipway(api, ["ops", "web", OPERATION_ID, "--json"])).out)).toMatchObject({
    Cause: failed,
  });
});

test("ops tells a rollback, which is an update on the wire, from an update", async () => {
  const Cause = { Phase: "build", Class: "build", Message: "npm ci ended with 1.", LogLines: [] };
  await using api = await startFakeApi({
    ...two,
    ListOperations: () => ({ OperationSummaryList: [anOperation().Operation] }),
    DescribeOperation: () =>
      anOperation({ Type: "UPDATE_SERVICE", Status: "ROLLBACK_SUCCEEDED", FromReleaseNumber: 3, Cause }),
  });
  const { out } = await slipway(api, ["ops", "web", OPERATION_ID]);
  expect(out).toMatch(/^Goes back to +release 3$/m);
  expect(out).toContain("web: rollback to release 3 failed in phase build: npm ci ended with 1.");
});

test("ops takes the start of an id; one that is not unique or unknown lists what there is", async () => {
  const ids = ["17aa", "17bb", "20cc"].map((start) => start + "0".repeat(28));
  await using api = await startFakeApi({
    ...two,
    // Two pages: all of them count.
    ListOperations: ({ NextToken }) => ({
      OperationSummaryList: (NextToken === undefined ? ids.slice(0, 1) : ids.slice(1)).map(
        (Id) => anOperation({ Id }).Operation,
      ),
      ...(NextToken === undefined ? { NextToken: "more" } : {}),
    }),
    DescribeOperation: ({ OperationId }) => anOperation({ Id: OperationId }),
  });
  expect((await slipway(api, ["ops", "web"])).out).toContain(ids[2]);
  expect((await slipway(api, ["ops", "web", "17B"])).out).toContain(`Operation  ${ids[1]}`);
  expect((await slipway(api, ["ops", "web", "17aa0000-0000"])).out).toContain(`Operation  ${ids[0]}`);
  expect(await slipway(api, ["ops", "web", "17"])).toEqual({
    exitCode: 1,
    out: "",
    err: `error: "17" is the beginning of several operations: ${ids[0]} (CREATE_SERVICE), ${ids[1]} (CREATE_SERVICE).\n→ Type more of the id.`,
  });
  expect((await slipway(api, ["ops", "web", "ff"])).err).toMatch(
    new RegExp(
      `^error: web has no operation "ff"; there are ${ids[0]} .*${ids[2]} [^\\n]*\\n→ See .slipway ops web.\\.$`,
    ),
  );
});

describe("a service whose state forbids it: the error ends with what it does now and the way on", () => {
  const busy =
    (message: string, code = "InvalidStateException") =>
    () => {
      throw new Refusal(code, message);
    };
  const cannot = "Service cannot be paused in the current state: X.";
  const notRunning = "Can't start a deployment on the specified service, because it isn't in RUNNING state";
  test.each([
    ["pause", "OPERATION_IN_PROGRESS", "UPDATE_SERVICE runs, begun 60m ago: watch it with `slipway logs web"],
    ["redeploy", "PAUSED", "slipway resume web"],
    ["pause", "CREATE_FAILED", "slipway ops web"],
    ["rm", "OPERATION_IN_PROGRESS", "`slipway ops web`, and try again"],
    ["resume", "RUNNING", "try again"],
  ])("%s while %s", async (command, Status, hint) => {
    await using api = await startFakeApi({
      ...two,
      PauseService: busy(cannot),
      ResumeService: busy(cannot),
      DeleteService: busy(cannot),
      StartDeployment: busy(notRunning, "InvalidRequestException"),
      DescribeService: () => ({ Service: aService({ Status }) }),
      ListOperations: () => ({
        OperationSummaryList: [anOperation({ Type: "UPDATE_SERVICE", Status: "IN_PROGRESS" }).Operation],
      }),
    });
    const { exitCode, err } = await slipway(api, [command, "web", ...(command === "rm" ? ["--yes"] : [])]);
    const [message, last, ...more] = err.split("\n");
    expect([exitCode, message, more]).toEqual([1, expect.stringMatching(/^error: web: .*Exception\)$/), []]);
    expect(last).toContain(hint);
  });
});

test("URLs begin as services want to be called", async () => {
  await using api = await startFakeApi({
    ListServices: () => ({
      ServiceSummaryList: [{ ServiceName: "shop", Status: "RUNNING", ServiceUrl: "x.apps.example.com" }],
    }),
    GetInfo: () => ({ ServiceScheme: "https" }),
  });
  expect((await slipway(api, ["ls"])).out).toContain("https://x.apps.example.com");
});
