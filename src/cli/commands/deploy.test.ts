import { expect, test } from "vitest";
import { HangUp, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import {
  anOperation,
  ARN,
  aService,
  aStream,
  aSummary,
  ID,
  logReply,
  OPERATION_ID,
  scalingArn,
  URL_OF_WEB,
} from "../testing/service.ts";

const none = { ListServices: () => ({ ServiceSummaryList: [] }) };
const one = {
  ListServices: () => ({ ServiceSummaryList: [aSummary()] }),
  DescribeService: () => ({ Service: aService() }),
};
const created = {
  CreateService: () => ({
    Service: aService({ Status: "OPERATION_IN_PROGRESS" }),
    OperationId: OPERATION_ID,
  }),
};
const updated = {
  UpdateService: () => ({
    Service: aService({ Status: "OPERATION_IN_PROGRESS" }),
    OperationId: OPERATION_ID,
  }),
};
const quiet = { DescribeLogStreams: () => ({ logStreams: [] }) };
const succeeds = { DescribeOperation: () => anOperation(), ...quiet };

test("creates a service, shows the operation's lines as they come, and ends with the URL", async () => {
  await using api = await startFakeApi({
    ...none,
    ...created,
    DescribeOperation: (_input, times) => anOperation({ Status: times < 3 ? "IN_PROGRESS" : "SUCCEEDED" }),
    DescribeLogStreams: (_input, times) => ({
      logStreams: times === 1 ? [] : [aStream("events"), aStream(`deployment/${OPERATION_ID}`)],
    }),
    GetLogEvents: ({ nextToken, logStreamName, logGroupName }) => {
      expect([logGroupName, logStreamName]).toEqual([
        `/aws/apprunner/web/${ID}/service`,
        `deployment/${OPERATION_ID}`,
      ]);
      return logReply(
        [
          [1, "[AppRunner] Starting to pull your application image."],
          [2, "[AppRunner] Done."],
        ],
        nextToken,
      );
    },
  });
  const outcome = await slipway(api, ["deploy", "--image", "registry.example.com/team/web:1"]);
  expect(outcome).toEqual({
    exitCode: 0,
    out: `http://${URL_OF_WEB}`,
    err: [
      "Deploying web",
      "  Starting to pull your application image.",
      "  Done.",
      "web is deployed (0.0s).",
      "Also at https://abcdefghij.us-east-1.slipway.localhost:8443",
    ].join("\n"),
  });
  expect(api.callsOf("CreateService")).toEqual([
    {
      target: "CreateService",
      input: {
        ServiceName: "web-service",
        SourceConfiguration: {
          AutoDeploymentsEnabled: false,
          ImageRepository: {
            ImageIdentifier: "registry.example.com/team/web:1",
            ImageRepositoryType: "ECR",
            ImageConfiguration: { RuntimeEnvironmentVariables: {} },
          },
        },
      },
    },
  ]);
});

test("who may not read its log still sees a deployment to its end", async () => {
  await using api = await startFakeApi({
    ...none,
    ...created,
    DescribeOperation: (_input, times) => anOperation({ Status: times < 3 ? "IN_PROGRESS" : "SUCCEEDED" }),
    DescribeLogStreams: () => {
      throw new Refusal("AccessDeniedException", "User: ann is not authorized.", 403);
    },
  });
  const { exitCode, err } = await slipway(api, ["deploy", "--image", "registry.example.com/team/web:1"]);
  expect(exitCode).toBe(0);
  expect(err).toContain("web is deployed");
  expect(err.match(/CloudWatchLogsReadOnlyAccess/g)).toHaveLength(1);
  expect(api.callsOf("DescribeLogStreams")).toHaveLength(1);
});

test("all options reach the request", async () => {
  await using api = await startFakeApi({
    ...none,
    ...created,
    ...succeeds,
    ListAutoScalingConfigurations: () => ({ AutoScalingConfigurationSummaryList: [] }),
    CreateAutoScalingConfiguration: () => ({
      AutoScalingConfiguration: { AutoScalingConfigurationArn: scalingArn("web", 1) },
    }),
  });
  const args = [
    "--name",
    "web",
    "--port",
    "3000",
    "--env",
    "A=1",
    "--env",
    "TOKEN",
    "--env-file",
    ".env",
    "--start-command",
    "node 'a b.js'",
  ];
  const more = [
    "--cpu",
    "0.5",
    "--health-path",
    "/health",
    "--min",
    "2",
    "--max",
    "5",
    "--concurrency",
    "50",
    "--tag",
    "team=blue",
    "--scale-to-zero",
    "15m",
  ];
  const outcome = await slipway(
    api,
    ["deploy", "--image", "public.ecr.aws/x/web:1", ...args, ...more, "--json"],
    {
      environment: { TOKEN: "t0ken" },
      files: { ".env": "A=0\nPASSWORD=hunter2\n" },
    },
  );
  expect(outcome.exitCode).toBe(0);
  expect(JSON.parse(outcome.out)).toEqual({
    ServiceName: "web",
    ServiceArn: ARN,
    ServiceUrl: URL_OF_WEB,
    OperationId: OPERATION_ID,
  });
  expect(outcome.out + outcome.err).not.toMatch(/hunter2|t0ken/);
  expect(api.callsOf("CreateAutoScalingConfiguration")[0]?.input).toEqual({
    AutoScalingConfigurationName: "web",
    MinSize: 2,
    MaxSize: 5,
    MaxConcurrency: 50,
  });
  expect(api.callsOf("CreateService")[0]?.input).toEqual({
    ServiceName: "web",
    SourceConfiguration: {
      AutoDeploymentsEnabled: false,
      ImageRepository: {
        ImageIdentifier: "public.ecr.aws/x/web:1",
        ImageRepositoryType: "ECR_PUBLIC",
        ImageConfiguration: {
          Port: "3000",
          StartCommand: "node 'a b.js'",
          RuntimeEnvironmentVariables: { A: "1", TOKEN: "t0ken", PASSWORD: "hunter2" },
        },
      },
    },
    InstanceConfiguration: { Cpu: "512", Memory: "1024" },
    HealthCheckConfiguration: { Protocol: "HTTP", Path: "/health" },
    AutoScalingConfigurationArn: scalingArn("web", 1),
    Tags: [
      { Key: "team", Value: "blue" },
      { Key: "slipway:scale-to-zero", Value: "15m" },
    ],
  });
});

test("updates the service of that name and leaves what was not asked for", async () => {
  await using api = await startFakeApi({ ...one, ...updated, ...succeeds });
  const outcome = await slipway(api, [
    "deploy",
    "--image",
    "team/web:2",
    "--name",
    "web",
    "--env",
    "MODE=green",
    "--unset-env",
    "PASSWORD",
    "--memory",
    "4GB",
  ]);
  expect(outcome.exitCode).toBe(0);
  expect(api.callsOf("CreateService")).toEqual([]);
  expect(api.callsOf("UpdateService")[0]?.input).toEqual({
    ServiceArn: ARN,
    SourceConfiguration: {
      AutoDeploymentsEnabled: false,
      ImageRepository: {
        ImageIdentifier: "team/web:2",
        ImageRepositoryType: "ECR",
        ImageConfiguration: { Port: "3000", RuntimeEnvironmentVariables: { MODE: "green" } },
      },
    },
    InstanceConfiguration: { Cpu: "1024", Memory: "4096" },
  });
});

test("secrets are given by reference; a name is a variable's or a secret's", async () => {
  const service = aService();
  const source = service.SourceConfiguration;
  const image = {
    ...source.ImageRepository,
    ImageConfiguration: {
      Port: "3000",
      RuntimeEnvironmentVariables: { MODE: "blue", PASSWORD: "hunter2" },
      RuntimeEnvironmentSecrets: { KEY: "/web/key", OLD: "/web/old", LEVEL: "/web/level" },
    },
  };
  await using api = await startFakeApi({
    ...one,
    ...updated,
    ...succeeds,
    DescribeService: () => ({
      Service: { ...service, SourceConfiguration: { ...source, ImageRepository: image } },
    }),
  });
  const changes = ["--secret", "PASSWORD=/web/password", "--env", "LEVEL=1", "--unset-env", "OLD"];
  expect((await slipway(api, ["deploy", "--name", "web", ...changes])).exitCode).toBe(0);
  expect(api.callsOf("UpdateService")[0]?.input["SourceConfiguration"]).toMatchObject({
    ImageRepository: {
      ImageConfiguration: {
        Port: "3000",
        RuntimeEnvironmentVariables: { MODE: "blue", LEVEL: "1" },
        RuntimeEnvironmentSecrets: { KEY: "/web/key", PASSWORD: "/web/password" },
      },
    },
  });
  const { err } = await slipway(api, ["deploy", "--name", "web", "--secret", "A=/a", "--env", "A=1"]);
  expect(err).toContain("A is given as a variable and as a secret.");
});

test("without --image the present image stays", async () => {
  const service = aService();
  const source = service.SourceConfiguration;
  const image = {
    ...source.ImageRepository,
    ImageIdentifier: "public.ecr.aws/a/web:1",
    ImageRepositoryType: "ECR_PUBLIC",
  };
  await using api = await startFakeApi({
    ...one,
    ...updated,
    ...succeeds,
    DescribeService: () => ({
      Service: { ...service, SourceConfiguration: { ...source, ImageRepository: image } },
    }),
  });
  expect((await slipway(api, ["deploy", "--name", "web", "--env", "A=b"])).exitCode).toBe(0);
  expect(api.callsOf("UpdateService")[0]?.input["SourceConfiguration"]).toEqual({
    AutoDeploymentsEnabled: false,
    ImageRepository: {
      ...image,
      ImageConfiguration: {
        Port: "3000",
        RuntimeEnvironmentVariables: { MODE: "blue", PASSWORD: "hunter2", A: "b" },
      },
    },
  });
});

test("without --image there is nothing to create, and nothing to name", async () => {
  await using api = await startFakeApi(none);
  expect(await slipway(api, ["deploy", "--name", "webb", "--min", "2"])).toEqual({
    exitCode: 2,
    out: "",
    err: 'error: There is no service "webb" to change.\n→ Create it from a folder, a repository or with --image IMAGE, or see `slipway ls`.',
  });
  expect(await slipway(api, ["deploy", "--env", "A=b"])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining("--name NAME"),
  });
  expect(api.calls.map(({ target }) => target)).toEqual(["ListServices"]);
});

test("an update that changes nothing deploys the source again", async () => {
  await using api = await startFakeApi({
    ...one,
    ...succeeds,
    UpdateService: () => ({ Service: aService() }),
    StartDeployment: () => ({ OperationId: OPERATION_ID }),
  });
  expect((await slipway(api, ["deploy", "--image", "team/web:1", "--name", "web"])).exitCode).toBe(0);
  expect(api.callsOf("StartDeployment")[0]?.input).toEqual({ ServiceArn: ARN });
});

test("scaling numbers that a revision has already make no new one; the one left behind goes", async () => {
  const old = scalingArn("web", 1);
  const numbers = { MinSize: 1, MaxSize: 25, MaxConcurrency: 100 };
  await using api = await startFakeApi({
    ...one,
    ...updated,
    ...succeeds,
    DescribeService: () => ({
      Service: aService({ AutoScalingConfigurationSummary: { AutoScalingConfigurationArn: old } }),
    }),
    DescribeAutoScalingConfiguration: ({ AutoScalingConfigurationArn }) => ({
      AutoScalingConfiguration: {
        ...numbers,
        MinSize: AutoScalingConfigurationArn === old ? 1 : 2,
        AutoScalingConfigurationArn,
      },
    }),
    ListAutoScalingConfigurations: () => ({
      AutoScalingConfigurationSummaryList: [{ AutoScalingConfigurationArn: scalingArn("web", 2) }],
    }),
    DeleteAutoScalingConfiguration: () => {
      throw new Refusal("InvalidRequestException", "in use");
    },
  });
  expect(
    (await slipway(api, ["deploy", "--image", "team/web:2", "--name", "web", "--min", "2"])).exitCode,
  ).toBe(0);
  expect(api.callsOf("CreateAutoScalingConfiguration")).toEqual([]);
  expect(api.callsOf("UpdateService")[0]?.input).toMatchObject({
    AutoScalingConfigurationArn: scalingArn("web", 2),
  });
  expect(api.callsOf("DeleteAutoScalingConfiguration")[0]?.input).toEqual({
    AutoScalingConfigurationArn: old,
  });
});

test("a failed deployment tells the cause, the last output and what to look at, and exits with 1", async () => {
  await using api = await startFakeApi({
    ...none,
    ...created,
    ...quiet,
    DescribeOperation: () =>
      anOperation({
        Status: "FAILED",
        Cause: {
          Phase: "health-check",
          Class: "exit-code",
          Message: "The application ended with exit code 3.",
          LogLines: ["starting", "boom\u0007"],
        },
      }),
  });
  const outcome = await slipway(api, ["deploy", "--image", "web", "--name", "web"]);
  expect(outcome).toEqual({
    exitCode: 1,
    out: "",
    err: [
      "Deploying web",
      "Deploying web: FAILED after 0.0s.",
      "error: web: create service failed in phase health-check (exit-code): The application ended with exit code 3.",
      "Last output of the application:",
      "  starting",
      "  boom",
      `→ See \`slipway logs web --deployment ${OPERATION_ID}\`.`,
    ].join("\n"),
  });
});

test("output that the operation's log has shown is not shown again", async () => {
  await using api = await startFakeApi({
    ...none,
    ...created,
    DescribeLogStreams: () => ({ logStreams: [aStream(`deployment/${OPERATION_ID}`)] }),
    GetLogEvents: ({ nextToken }) => logReply([[1, "[AppRunner] boom"]], nextToken),
    DescribeOperation: () =>
      anOperation({
        Status: "FAILED",
        Cause: { Phase: "start", Class: "start", Message: "It ended.", LogLines: ["boom"] },
      }),
  });
  const { err } = await slipway(api, ["deploy", "--image", "web", "--name", "web"]);
  expect(err.match(/boom/g)).toHaveLength(1);
});

test("a rolled back update is a failure that says the old version still runs", async () => {
  await using api = await startFakeApi({
    ...one,
    ...updated,
    ...quiet,
    DescribeOperation: () =>
      anOperation({
        Type: "UPDATE_SERVICE",
        Status: "ROLLBACK_SUCCEEDED",
        Cause: { Phase: "pull", Class: "pull", Message: "No such image.", LogLines: [] },
      }),
  });
  const { exitCode, err } = await slipway(api, ["deploy", "--image", "web:x", "--name", "web"]);
  expect(exitCode).toBe(1);
  expect(err).toContain("No such image. What ran before still runs; nothing was changed.");
});

test("a control plane that restarts meanwhile does not end the watching", async () => {
  await using api = await startFakeApi({
    ...none,
    ...created,
    ...quiet,
    DescribeOperation: (_input, times) => {
      if (times === 2) throw new HangUp();
      return anOperation({ Status: times < 3 ? "PENDING" : "SUCCEEDED" });
    },
  });
  const outcome = await slipway(api, ["deploy", "--image", "team/some:1"]);
  expect(outcome.exitCode).toBe(0);
  expect(api.callsOf("DescribeOperation")).toHaveLength(3);
});

test.each([
  ["PAUSED", "slipway resume web"],
  [
    "OPERATION_IN_PROGRESS",
    "CREATE_SERVICE runs, begun 60m ago: watch it with `slipway logs web --deployment -f`",
  ],
])("a service that is %s is not touched", async (status, hint) => {
  await using api = await startFakeApi({
    ...one,
    DescribeService: () => ({ Service: aService({ Status: status }) }),
    ListOperations: () => ({ OperationSummaryList: [anOperation().Operation] }),
  });
  const { exitCode, err } = await slipway(api, ["deploy", "--image", "web", "--name", "web"]);
  expect(exitCode).toBe(1);
  expect(err).toContain(hint);
  expect(api.callsOf("UpdateService")).toEqual([]);
});

test("--no-wait returns with the URL and says how to follow", async () => {
  await using api = await startFakeApi({ ...none, ...created });
  const outcome = await slipway(api, ["deploy", "--image", "web", "--no-wait"]);
  expect(outcome).toMatchObject({ exitCode: 0, out: `http://${URL_OF_WEB}` });
  expect(outcome.err).toContain("slipway logs web --deployment -f");
});

test.each([
  [["--port", "http"], "--port"],
  [["--min", "0"], "--min"],
  [["--tag", "team"], "--tag"],
  [["--env-file", "nowhere"], "--env-file: nowhere cannot be read (ENOENT)"],
  [["--cpu", "3"], "--cpu"],
  [["--nonsense"], "unknown option '--nonsense'"],
])("%j is refused before anything is called", async (args, message) => {
  await using api = await startFakeApi({});
  const { exitCode, err } = await slipway(api, ["deploy", "--image", "web", ...args]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining(message)]);
  expect(api.calls).toEqual([]);
});

test("gives a service its roles, named or by ARN, and keeps what is not said", async () => {
  const arn = (name: string) => `arn:aws:iam::000000000000:role/${name}`;
  await using api = await startFakeApi({
    ...one,
    ...updated,
    ...succeeds,
    GetRole: ({ RoleName }) => ({ Role: { Arn: arn(`team/${String(RoleName)}`) } }),
  });
  const roles = ["--instance-role", "shop", "--access-role", arn("pulls")];
  const outcome = await slipway(api, ["deploy", "--name", "web", "--image", "web:1", ...roles]);
  expect(outcome.err).toContain("web is deployed");
  expect(api.callsOf("UpdateService")[0]?.input).toMatchObject({
    InstanceConfiguration: { ...aService().InstanceConfiguration, InstanceRoleArn: arn("team/shop") },
    SourceConfiguration: { AuthenticationConfiguration: { AccessRoleArn: arn("pulls") } },
  });
});

test("a new service gets a key, named by an alias; one that is there keeps what it has", async () => {
  const Arn = "arn:aws:kms:us-east-1:000000000000:key/0d990263-018e-4e65-a703-eff731de951e";
  const DescribeKey = () => ({ KeyMetadata: { KeyId: Arn.slice(-36), Arn } });
  const args = ["deploy", "--name", "web", "--image", "web:1", "--kms-key", "shop"];
  await using fresh = await startFakeApi({ ...none, ...created, ...succeeds, DescribeKey });
  await slipway(fresh, args);
  expect(fresh.callsOf("DescribeKey")[0]?.input).toEqual({ KeyId: "alias/shop" });
  expect(fresh.callsOf("CreateService")[0]?.input).toMatchObject({
    EncryptionConfiguration: { KmsKey: Arn },
  });
  await using present = await startFakeApi({ ...one, DescribeKey });
  const { exitCode, err } = await slipway(present, args);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("keeps the key that it is made with")]);
});

test("a folder is not deployed under a key, and that is told before it is pushed", async () => {
  await using api = await startFakeApi({});
  const { exitCode, err } = await slipway(api, ["deploy", ".", "--name", "web1", "--kms-key", "shop"]);
  expect([exitCode, err]).toEqual([2, expect.stringContaining("a folder is kept in a repository here")]);
  expect(api.calls).toEqual([]);
});

test("who may not look a role's name up is told that its ARN works", async () => {
  await using api = await startFakeApi({
    ...one,
    GetRole: () => {
      throw new Refusal("AccessDenied", "User ann is not authorized to perform: iam:GetRole", 403);
    },
  });
  const args = ["deploy", "--name", "web", "--image", "web:1", "--instance-role", "shop"];
  const { exitCode, err } = await slipway(api, args);
  expect([exitCode, err]).toEqual([1, expect.stringContaining("give its ARN")]);
});
