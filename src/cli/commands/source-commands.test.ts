// Releases, rollback, cancel, connections, webhooks and runtimes from the command line.
import { expect, test } from "vitest";
import { NOW_MS, slipway, startFakeApi } from "../testing/fake-api.ts";
import { anOperation, ARN, aService, aSummary, OPERATION_ID } from "../testing/service.ts";

const nowS = NOW_MS / 1000;
const one = { ListServices: () => ({ ServiceSummaryList: [aSummary()] }) };
const succeeds = { DescribeOperation: () => anOperation(), DescribeLogStreams: () => ({ logStreams: [] }) };
const commit = { Id: "1234567890".repeat(4), Author: "Ada", Message: "Fix it", CommittedAt: 1 };

test("releases are a table of what they were made from and what began them", async () => {
  const made = { CreatedAt: nowS - 60, HasServed: true, OperationId: OPERATION_ID };
  await using api = await startFakeApi({
    ...one,
    ListReleases: ({ NextToken }) =>
      NextToken === undefined
        ? {
            Releases: [
              {
                ...made,
                ReleaseNumber: 3,
                Status: "active",
                Commit: commit,
                FromReleaseNumber: 1,
                ServedFrom: nowS - 60,
                Signature: { KeyName: "release", KeyFingerprint: "sha256:aa" },
                ImageCheck: { Result: "passed", CheckedAt: 1 },
              },
              {
                ...made,
                ReleaseNumber: 2,
                Status: "failed",
                Commit: commit,
                Trigger: { By: "push", Version: "1" },
              },
            ],
            NextToken: "more",
          }
        : {
            Releases: [
              {
                ...made,
                ReleaseNumber: 1,
                Status: "superseded",
                ImageIdentifier: "team/web:1",
                ServedFrom: nowS - 3660,
                ServedUntil: nowS - 60,
                ImageCheck: { Result: "unanswered", CheckedAt: 1 },
              },
            ],
          },
  });
  const { out } = await slipway(api, ["releases", "web"]);
  expect(out.split("\n")).toEqual([
    "RELEASE  STATUS         SERVED              SOURCE                 CHECKS                           BY             MADE",
    "3        in traffic     60s                 12345678 Fix it (Ada)  signed by release, check passed  rollback to 1  60s ago",
    "2        never served                       12345678 Fix it (Ada)                                   push           60s ago",
    "1        served before  60m, until 60s ago  team/web:1             check failed, let in             by hand        60s ago",
  ]);
  expect(JSON.parse((await slipway(api, ["releases", "web", "--json"])).out)).toHaveLength(3);
});

test("rollback goes to the release that is named, or to the one before", async () => {
  await using api = await startFakeApi({
    ...one,
    ...succeeds,
    RollbackService: () => ({ Service: aService(), OperationId: OPERATION_ID }),
  });
  expect((await slipway(api, ["rollback", "web", "12"])).err).toContain("web is rolled back to release 12");
  expect((await slipway(api, ["rollback", "web"])).exitCode).toBe(0);
  expect(api.callsOf("RollbackService").map(({ input }) => input)).toEqual([
    { ServiceArn: ARN, ReleaseNumber: 12 },
    { ServiceArn: ARN },
  ]);
  expect(await slipway(api, ["rollback", "web", "last"])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("slipway releases web"),
  });
});

test("cancel gives up what runs, and says so when nothing does", async () => {
  const listed = (Status: string) => ({
    ...one,
    ListOperations: () => ({ OperationSummaryList: [{ Id: OPERATION_ID, Type: "UPDATE_SERVICE", Status }] }),
    CancelOperation: () => anOperation({ Type: "UPDATE_SERVICE", Status: "ROLLBACK_IN_PROGRESS" }),
  });
  await using busy = await startFakeApi(listed("IN_PROGRESS"));
  expect((await slipway(busy, ["cancel", "web"])).err).toContain("UPDATE_SERVICE of web is given up");
  expect(busy.callsOf("CancelOperation")[0]?.input).toEqual({ ServiceArn: ARN, OperationId: OPERATION_ID });
  await using idle = await startFakeApi(listed("SUCCEEDED"));
  expect(await slipway(idle, ["cancel", "web"])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("Nothing of web is under way."),
  });
});

const made = {
  ConnectionName: "work",
  ConnectionArn: "arn:c",
  ProviderType: "GITEA",
  Status: "AVAILABLE",
  CreatedAt: nowS,
};
const connecting = {
  ListConnections: () => ({ ConnectionSummaryList: [] }),
  CreateConnection: () => ({ Connection: { ...made, Status: "PENDING_HANDSHAKE" } }),
  CompleteConnection: () => ({ Connection: made }),
};

test("a connection is made with a token that stands nowhere but in the request", async () => {
  await using api = await startFakeApi(connecting);
  const args = [
    "connect",
    "work",
    "--provider",
    "gitea",
    "--url",
    "https://git.example.com",
    "--username",
    "ada",
  ];
  const outcome = await slipway(api, args, { secret: "t0ken\n" });
  expect(outcome).toMatchObject({
    exitCode: 0,
    err: expect.stringContaining("Connection work is AVAILABLE"),
  });
  expect(JSON.stringify(outcome)).not.toContain("t0ken");
  expect(api.callsOf("CreateConnection")[0]?.input).toEqual({
    ConnectionName: "work",
    ProviderType: "GITEA",
  });
  expect(api.callsOf("CompleteConnection")[0]?.input).toEqual({
    ConnectionArn: "arn:c",
    ServerUrl: "https://git.example.com",
    Token: { Token: "t0ken", Username: "ada" },
  });
  await slipway(api, args, { environment: { SLIPWAY_GIT_TOKEN: "other" } });
  expect(api.callsOf("CompleteConnection")[1]?.input).toMatchObject({ Token: { Token: "other" } });
});

test("deploy keys and GitHub Apps come from files", async () => {
  await using api = await startFakeApi({
    ...connecting,
    ListConnections: () => ({ ConnectionSummaryList: [made] }),
  });
  const files = { "id.key": "KEY", hosts: "HOSTS", "app.pem": "PEM" };
  const app = ["--github-app", "1", "--installation", "2", "--private-key", "app.pem"];
  await slipway(api, ["connect", "work", "--deploy-key", "id.key", "--known-hosts", "hosts"], { files });
  await slipway(api, ["connect", "work", ...app], { files });
  expect(api.callsOf("CompleteConnection").map(({ input }) => input)).toEqual([
    { ConnectionArn: "arn:c", DeployKey: { PrivateKey: "KEY", KnownHosts: "HOSTS" } },
    { ConnectionArn: "arn:c", GitHubApp: { AppId: "1", InstallationId: "2", PrivateKey: "PEM" } },
  ]);
  expect(api.callsOf("CreateConnection")).toEqual([]);
});

test("what is missing or refused is said, and nothing is made for it", async () => {
  await using api = await startFakeApi({
    ...connecting,
    CompleteConnection: () => ({ Connection: { ...made, Status: "ERROR" } }),
    DescribeConnection: () => ({ Connection: made, Problem: "The host refuses the token." }),
  });
  for (const args of [
    ["work"],
    ["work", "--provider", "svn"],
    ["work", "--provider", "git", "--github-app", "1"],
  ]) {
    expect(await slipway(api, ["connect", ...args], { secret: "x" })).toMatchObject({ exitCode: 2 });
  }
  expect(await slipway(api, ["connect", "work", "--provider", "git"])).toMatchObject({ exitCode: 2 });
  expect(api.callsOf("CreateConnection")).toEqual([]);
  expect(await slipway(api, ["connect", "work", "--provider", "git"], { secret: "x" })).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("The host refuses the token."),
  });
});

test("without a name the connections are listed", async () => {
  await using api = await startFakeApi({ ListConnections: () => ({ ConnectionSummaryList: [made] }) });
  expect((await slipway(api, ["connect"])).out.split("\n")).toEqual([
    "NAME  PROVIDER  STATUS     CREATED",
    "work  gitea     AVAILABLE  0.0s ago",
  ]);
});

const watch = {
  WebhookUrl: "http://127.0.0.1:7070/webhooks/1",
  WebhookSecret: "s3cret",
  IsWatched: true,
  LastCheckAt: nowS - 60,
  LastDeliveryAt: nowS - 20,
  LastDeliveryId: "d1",
  LastDeliveryResult: "A deployment was started.",
};

test("a webhook's secret is shown only when asked for", async () => {
  await using api = await startFakeApi({
    ...one,
    DescribeSourceWatch: () => ({ SourceWatch: watch }),
    RotateWebhookSecret: () => ({ SourceWatch: { ...watch, WebhookSecret: "n3w" } }),
  });
  const hidden = await slipway(api, ["webhook", "web"]);
  expect(hidden.out).toMatch(/Last delivery +20s ago: A deployment was started\./);
  expect(hidden.out + (await slipway(api, ["webhook", "web", "--json"])).out).not.toContain("s3cret");
  expect((await slipway(api, ["webhook", "web", "--show-secret"])).out).toContain("s3cret");
  expect((await slipway(api, ["webhook", "web", "--rotate", "--show-secret"])).out).toContain("n3w");
});

const runtime = { Versions: ["22"], CanBePutTogether: true };

test("runtimes are listed with what is there, and built until they are", async () => {
  const state = (times: number) => (times < 3 ? "building" : "present");
  await using api = await startFakeApi({
    BuildRuntime: () => ({
      Runtime: { ...runtime, Runtime: "NODEJS_22", State: "building", LastLine: "Begun." },
    }),
    ListRuntimes: (_input, times) => ({
      Runtimes: [
        {
          ...runtime,
          Runtime: "NODEJS_22",
          State: state(times),
          PresentVersion: "22.21.1",
          SizeBytes: 2e8,
          LastLine: "Installing.",
        },
        { ...runtime, Runtime: "NODEJS_18", State: "absent", EndOfSupport: "2025-12-01" },
      ],
    }),
  });
  const built = await slipway(api, ["runtimes", "build", "nodejs22"]);
  expect(built).toMatchObject({
    exitCode: 0,
    err: ["Making NODEJS_22", "  Begun.", "  Installing.", "NODEJS_22 22.21.1 is there."].join("\n"),
  });
  const { out } = await slipway(api, ["runtimes"]);
  expect(out.split("\n")).toEqual([
    "RUNTIME    STATE    VERSION  SIZE    END OF SUPPORT",
    "NODEJS_22  present  22.21.1  200 MB",
    "NODEJS_18  absent   22               2025-12-01 (over)",
  ]);
});

test("a runtime that cannot be made ends with the cause", async () => {
  const failed = { ...runtime, Runtime: "GO_1", State: "failed", LastLine: "mmdebstrap is missing." };
  await using api = await startFakeApi({ BuildRuntime: () => ({ Runtime: failed }) });
  expect(await slipway(api, ["runtimes", "build", "GO_1"])).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("GO_1: mmdebstrap is missing."),
  });
});

test("status of a service from source code shows commit, branch and the last check, and no secret", async () => {
  const values = { Runtime: "NODEJS_22", Port: "8080", RuntimeEnvironmentVariables: { PASSWORD: "hunter2" } };
  const service = aService({
    SourceConfiguration: {
      AutoDeploymentsEnabled: true,
      CodeRepository: {
        RepositoryUrl: "slipway://web",
        SourceCodeVersion: { Type: "BRANCH", Value: "main" },
        CodeConfiguration: { ConfigurationSource: "API", CodeConfigurationValues: values },
      },
    },
  });
  await using api = await startFakeApi({
    ...one,
    DescribeService: () => ({ Service: service }),
    ListInstances: () => ({ Instances: [] }),
    ListOperations: () => ({ OperationSummaryList: [] }),
    ListReleases: () => ({ Releases: [{ Status: "failed" }, { Status: "active", Commit: commit }] }),
    DescribeSourceWatch: () => ({ SourceWatch: watch }),
    DescribeAutoScalingConfiguration: () => ({ AutoScalingConfiguration: {} }),
    ListTagsForResource: () => ({ Tags: [] }),
  });
  const { out } = await slipway(api, ["status", "web"]);
  expect(out).toMatch(/^Source +slipway:\/\/web$/m);
  expect(out).toMatch(/^Branch +main$/m);
  expect(out).toMatch(/^Commit +12345678 Fix it \(Ada\)$/m);
  expect(out).toMatch(/^Variables +PASSWORD$/m);
  expect(out).toMatch(/^Automatic deployments +on, last check 60s ago$/m);
  const json = await slipway(api, ["status", "web", "--json"]);
  expect(out + json.out).not.toMatch(/hunter2|s3cret/);
});

test("status says when the source refused, and nothing of that while nobody asks it", async () => {
  const failed = { ...watch, Problem: "The host is down." };
  let status = "RUNNING";
  await using api = await startFakeApi({
    ...one,
    DescribeService: () => ({
      Service: aService({ Status: status, SourceConfiguration: { AutoDeploymentsEnabled: true } }),
    }),
    ListInstances: () => ({ Instances: [] }),
    ListOperations: () => ({ OperationSummaryList: [] }),
    ListReleases: () => ({ Releases: [] }),
    DescribeSourceWatch: () => ({ SourceWatch: failed }),
    DescribeAutoScalingConfiguration: () => ({ AutoScalingConfiguration: {} }),
    ListTagsForResource: () => ({ Tags: [] }),
  });
  const automatic = async () =>
    /^Automatic deployments +(.*)$/m.exec((await slipway(api, ["status", "web"])).out)?.[1];
  expect(await automatic()).toBe("on, last check 60s ago: The host is down.");
  status = "PAUSED";
  expect(await automatic()).toBe("on, but not while the service is PAUSED");
});

test("logs --build reads the operation that built last", async () => {
  await using api = await startFakeApi({
    ...one,
    ListOperations: () => ({
      OperationSummaryList: [
        { Id: "f".repeat(32), Type: "PAUSE_SERVICE", Status: "SUCCEEDED" },
        { Id: OPERATION_ID, Type: "START_DEPLOYMENT", Status: "FAILED" },
      ],
    }),
    DescribeLogStreams: () => ({
      logStreams: [
        { logStreamName: `deployment/${"f".repeat(32)}`, storedBytes: 1 },
        { logStreamName: `deployment/${OPERATION_ID}`, storedBytes: 1 },
      ],
    }),
    GetLogEvents: ({ logStreamName, nextToken }) => ({
      events:
        nextToken === undefined
          ? [{ timestamp: 1, message: `of ${String(logStreamName)}`, ingestionTime: 1 }]
          : [],
      nextForwardToken: "end",
      nextBackwardToken: "start",
    }),
  });
  expect((await slipway(api, ["logs", "web", "--build"])).out).toContain(`of deployment/${OPERATION_ID}`);
});
