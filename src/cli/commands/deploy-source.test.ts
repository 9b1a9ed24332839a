// `slipway deploy` of folders and repositories, against an API of the test; what is pushed is only remembered.
import { expect, test } from "vitest";
import type { FolderPush } from "../folder/push-folder.ts";
import { PUSHED_COMMIT, Refusal, slipway, startFakeApi } from "../testing/fake-api.ts";
import {
  anOperation,
  ARN,
  aService,
  aSummary,
  OPERATION_ID,
  scalingArn,
  URL_OF_WEB,
} from "../testing/service.ts";

const REPOSITORY = {
  RepositoryName: "shop",
  RepositoryUrl: "slipway://shop",
  PushUrl: "http://x/git/shop.git",
};
const NODE = {
  Runtime: "NODEJS_22",
  BuildCommand: "npm ci",
  StartCommand: "node server.js",
  Port: "8080",
};

/** What DetectSource says of whatever it is asked about. */
function detecting(
  configuration: object = { ConfigurationSource: "API", CodeConfigurationValues: NODE },
  more = {},
) {
  return {
    DetectSource: ({ RepositoryUrl, Branch }: Readonly<Record<string, unknown>>) => ({
      CodeRepository: {
        RepositoryUrl,
        SourceCodeVersion: { Type: "BRANCH", Value: Branch ?? "trunk" },
        SourceDirectory: "/",
        CodeConfiguration: configuration,
      },
      Remarks: ["Found package.json: runtime NODEJS_22."],
      ...more,
    }),
  };
}

const none = { ListServices: () => ({ ServiceSummaryList: [] }) };
const accepted = () => ({
  Service: aService({ Status: "OPERATION_IN_PROGRESS" }),
  OperationId: OPERATION_ID,
});
const common = {
  ListRepositories: () => ({ Repositories: [REPOSITORY] }),
  ListRuntimes: () => ({ Runtimes: [{ Runtime: "NODEJS_22", State: "present" }] }),
  CreateService: accepted,
  UpdateService: accepted,
  StartDeployment: () => ({ OperationId: OPERATION_ID }),
  TagResource: () => ({}),
  DescribeOperation: () => anOperation(),
  DescribeLogStreams: () => ({ logStreams: [] }),
  ListReleases: () => ({ Releases: [{ ReleaseNumber: 1, Commit: { Id: PUSHED_COMMIT } }] }),
};

function codeService(code: object = {}, change: object = {}) {
  return aService({
    ServiceName: "shop",
    SourceConfiguration: {
      AutoDeploymentsEnabled: true,
      CodeRepository: {
        RepositoryUrl: "slipway://shop",
        SourceCodeVersion: { Type: "BRANCH", Value: "live" },
        SourceDirectory: "/",
        CodeConfiguration: { ConfigurationSource: "API", CodeConfigurationValues: NODE },
        ...code,
      },
    },
    ...change,
  });
}

const present = (service = codeService()) => ({
  ListServices: () => ({ ServiceSummaryList: [aSummary({ ServiceName: "shop" })] }),
  DescribeService: () => ({ Service: service }),
});

const sourceOf = (call: { readonly input: Readonly<Record<string, unknown>> } | undefined) =>
  call?.input["SourceConfiguration"] as Readonly<Record<string, unknown>>;

test("a folder is sent to a repository of its own, looked into, and becomes a service", async () => {
  const pushes: FolderPush[] = [];
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    ListRepositories: () => ({ Repositories: [] }),
    CreateRepository: () => ({ Repository: REPOSITORY }),
  });
  const outcome = await slipway(api, ["deploy", "."], { pushes });
  expect(outcome).toEqual({
    exitCode: 0,
    out: `http://${URL_OF_WEB}`,
    err: [
      "Sending the source code",
      "  Sent, though it looks secret: .env. What .gitignore names is left out.",
      "Sent 3 files (2.0 kB).",
      "Found package.json: runtime NODEJS_22.",
      "Deploying web",
      "web is deployed (0.0s).",
      "Also at https://abcdefghij.us-east-1.slipway.localhost:8443",
    ].join("\n"),
  });
  expect(api.callsOf("CreateRepository")[0]?.input).toEqual({ RepositoryName: "shop" });
  expect(pushes).toMatchObject([
    { directory: "/home/ada/shop", branch: "main", pushUrl: `${api.endpoint}/git/shop.git` },
  ]);
  expect(api.callsOf("DetectSource")[0]?.input).toEqual({ RepositoryUrl: "slipway://shop", Branch: "main" });
  expect(api.callsOf("CreateService")[0]?.input).toEqual({
    ServiceName: "shop",
    SourceConfiguration: {
      AutoDeploymentsEnabled: true,
      CodeRepository: {
        RepositoryUrl: "slipway://shop",
        SourceCodeVersion: { Type: "BRANCH", Value: "main" },
        SourceDirectory: "/",
        CodeConfiguration: { ConfigurationSource: "API", CodeConfigurationValues: NODE },
      },
    },
  });
});

test.each([
  ["made for it", [], [{ RepositoryName: "shop" }]],
  ["there before", [REPOSITORY], []],
])(
  "a folder nobody knows how to build leaves a repository only when it was %s",
  async (_when, there, deleted) => {
    await using api = await startFakeApi({
      ...none,
      ListRepositories: () => ({ Repositories: there }),
      CreateRepository: () => ({ Repository: REPOSITORY }),
      DeleteRepository: () => ({ RepositoryName: "shop" }),
      DetectSource: () => {
        throw new Refusal("InvalidRequestException", "Nothing here says how to build and run it.");
      },
    });
    const outcome = await slipway(api, ["deploy", "."]);
    expect(outcome).toMatchObject({ exitCode: 1, err: expect.stringContaining("Nothing here says how") });
    expect(api.callsOf("DeleteRepository").map(({ input }) => input)).toEqual(deleted);
  },
);

test("the name is package.json's where there is one, and options go over what was found", async () => {
  await using api = await startFakeApi({ ...none, ...common, ...detecting() });
  const options = [
    "--port",
    "3000",
    "--build",
    "npm run make",
    "--env",
    "MODE=blue",
    "--secret",
    "TOKEN=/shop/token",
    "--dir",
    "./web/",
    "--branch",
    "next",
  ];
  const files = { "/home/ada/shop/package.json": '{"name":"@team/shop"}' };
  expect((await slipway(api, ["deploy", ".", ...options, "--no-auto-deploy"], { files })).exitCode).toBe(0);
  expect(sourceOf(api.callsOf("CreateService")[0])).toEqual({
    AutoDeploymentsEnabled: false,
    CodeRepository: {
      RepositoryUrl: "slipway://shop",
      SourceCodeVersion: { Type: "BRANCH", Value: "next" },
      SourceDirectory: "/web",
      CodeConfiguration: {
        ConfigurationSource: "API",
        CodeConfigurationValues: {
          ...NODE,
          Port: "3000",
          BuildCommand: "npm run make",
          RuntimeEnvironmentVariables: { MODE: "blue" },
          RuntimeEnvironmentSecrets: { TOKEN: "/shop/token" },
        },
      },
    },
  });
});

test("a Dockerfile that is found is switched on by its tag; one that is named needs no look", async () => {
  const found = detecting({ ConfigurationSource: "REPOSITORY" }, { DockerfilePath: "Dockerfile" });
  await using api = await startFakeApi({ ...none, ...common, ...found });
  expect((await slipway(api, ["deploy", ".", "--tag", "team=blue"])).exitCode).toBe(0);
  expect((await slipway(api, ["deploy", ".", "--dockerfile", "docker/web", "--port", "3000"])).exitCode).toBe(
    0,
  );
  const [first, second] = api.callsOf("CreateService");
  expect(first?.input["Tags"]).toEqual([
    { Key: "team", Value: "blue" },
    { Key: "slipway:dockerfile", Value: "Dockerfile" },
  ]);
  expect(sourceOf(first)).toMatchObject({
    CodeRepository: { CodeConfiguration: { ConfigurationSource: "REPOSITORY" } },
  });
  expect(second?.input["Tags"]).toEqual([{ Key: "slipway:dockerfile", Value: "docker/web" }]);
  expect(sourceOf(second)).toMatchObject({
    CodeRepository: { CodeConfiguration: { CodeConfigurationValues: { Port: "3000" } } },
  });
  expect(api.callsOf("DetectSource")).toHaveLength(1);
});

test("what apprunner.yaml says is not overruled in silence", async () => {
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting({ ConfigurationSource: "REPOSITORY" }),
  });
  expect(await slipway(api, ["deploy", ".", "--env", "A=1"])).toMatchObject({
    exitCode: 2,
    err: expect.stringMatching(
      /The source code says by itself how it is built and run .*: --env A would not count\.\n→ .*below run: env/,
    ),
  });
  expect(api.callsOf("CreateService")).toEqual([]);
});

test("a service that is there gets the new commit on its own branch, without a second look", async () => {
  const pushes: FolderPush[] = [];
  await using api = await startFakeApi({
    ...common,
    ...present(),
    UpdateService: () => ({ Service: codeService() }),
  });
  expect((await slipway(api, ["deploy", "."], { pushes })).exitCode).toBe(0);
  expect(pushes[0]?.branch).toBe("live");
  expect(sourceOf(api.callsOf("UpdateService")[0])).toMatchObject({
    CodeRepository: { CodeConfiguration: { CodeConfigurationValues: NODE } },
  });
  expect(api.callsOf("StartDeployment")).toHaveLength(1);
  expect(api.callsOf("DetectSource")).toEqual([]);
});

test("an update that redeployed what was built before is followed by a deployment of what was sent", async () => {
  await using api = await startFakeApi({
    ...common,
    ...present(),
    ListReleases: () => ({ Releases: [{ ReleaseNumber: 1, Commit: { Id: "2".repeat(40) } }] }),
  });
  expect((await slipway(api, ["deploy", ".", "--env", "MODE=green"])).exitCode).toBe(0);
  expect(api.callsOf("UpdateService")).toHaveLength(1);
  expect(api.callsOf("StartDeployment")).toHaveLength(1);
});

test("nothing is sent to a service that cannot be deployed now", async () => {
  const pushes: FolderPush[] = [];
  await using api = await startFakeApi({
    ...common,
    ...present(codeService({}, { Status: "PAUSED" })),
    ListOperations: () => ({ OperationSummaryList: [] }),
  });
  expect(await slipway(api, ["deploy", "."], { pushes })).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("slipway resume web"),
  });
  expect(pushes).toEqual([]);
});

test("a repository elsewhere is deployed over a connection, at its default branch", async () => {
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    ListConnections: () => ({ ConnectionSummaryList: [{ ConnectionName: "work", ConnectionArn: "arn:c" }] }),
  });
  const url = "git@git.example.com:team/shop.git";
  expect((await slipway(api, ["deploy", url, "--connection", "work"])).exitCode).toBe(0);
  expect(api.callsOf("DetectSource")[0]?.input).toEqual({ RepositoryUrl: url, ConnectionArn: "arn:c" });
  expect(api.callsOf("CreateService")[0]?.input).toMatchObject({
    ServiceName: "shop",
    SourceConfiguration: {
      AuthenticationConfiguration: { ConnectionArn: "arn:c" },
      CodeRepository: { RepositoryUrl: url, SourceCodeVersion: { Type: "BRANCH", Value: "trunk" } },
    },
  });
});

test("who says how it is built is not asked for the branch either", async () => {
  await using api = await startFakeApi({
    ...none,
    ...common,
    GetDefaultBranch: () => ({ Branch: "trunk" }),
  });
  const url = "https://git.example.com/team/shop.git";
  expect((await slipway(api, ["deploy", url, "--dockerfile", "web/Dockerfile"])).exitCode).toBe(0);
  expect(api.callsOf("GetDefaultBranch")[0]?.input).toEqual({ RepositoryUrl: url });
  expect(api.callsOf("CreateService")[0]?.input).toMatchObject({
    SourceConfiguration: {
      CodeRepository: { RepositoryUrl: url, SourceCodeVersion: { Type: "BRANCH", Value: "trunk" } },
    },
  });
});

test("a connection that is not there, and what cannot be detected, say what to do", async () => {
  await using api = await startFakeApi({
    ...none,
    ...common,
    ListConnections: () => ({ ConnectionSummaryList: [] }),
    DetectSource: () => {
      throw new Refusal(
        "InvalidRequestException",
        "RepositoryUrl: Nothing here says how to build and run it.",
      );
    },
  });
  const url = "https://git.example.com/shop.git";
  expect((await slipway(api, ["deploy", url, "--connection", "work"])).err).toContain(
    "slipway connect work --provider",
  );
  expect((await slipway(api, ["deploy", url])).err).toContain("Nothing here says how to build and run it.");
  expect(api.callsOf("CreateService")).toEqual([]);
});

test("options that contradict each other are mistakes in typing", async () => {
  for (const args of [
    [".", "--image", "web:1"],
    [".", "--connection", "work"],
    ["--runtime", "NODEJS_22", "--image", "web:1"],
  ]) {
    expect(await slipway(null, ["deploy", ...args])).toMatchObject({ exitCode: 2 });
  }
});

const WRONG = "web/apprunner.yaml:4:3: run.comand: not known";
const brokenFile = {
  files: { "/home/ada/shop/web/apprunner.yaml": "run:\n  comand: x" },
  hooks: {
    configurationFileProblems: (_text: string, path: string) => [WRONG, `${path}:1:1: version: missing`],
  },
};

test("an apprunner.yaml that no build takes is refused before anything is sent", async () => {
  await using api = await startFakeApi({ ...none, ...common, ...detecting() });
  const pushes: FolderPush[] = [];
  const { exitCode, err } = await slipway(api, ["deploy", ".", "--dir", "web"], { ...brokenFile, pushes });
  expect(exitCode).toBe(1);
  expect(err.split("\n")).toEqual([
    `error: ${WRONG}`,
    "web/apprunner.yaml:1:1: version: missing",
    "→ Nothing was sent. Mend web/apprunner.yaml and deploy again.",
  ]);
  expect(pushes).toEqual([]);
});

test("what the API is going to refuse is refused before anything is sent, in its words", async () => {
  await using api = await startFakeApi({
    ...common,
    ...present(),
    ListTagsForResource: () => ({ Tags: [{ Key: "slipway:warm-zero", Value: "1m" }] }),
    DescribeAutoScalingConfiguration: () => ({ AutoScalingConfiguration: { MinSize: 1, MaxSize: 4 } }),
  });
  const pushes: FolderPush[] = [];
  const asked: unknown[] = [];
  const serviceProblem = (wish: unknown) => {
    asked.push(wish);
    return "InstanceConfiguration: Cpu 256 cannot be combined with Memory 12288.";
  };
  const options = ["--cpu", "0.25", "--memory", "12GB", "--min", "5", "--scale-to-zero", "5m"];
  const { exitCode, err } = await slipway(api, ["deploy", ".", ...options], {
    pushes,
    hooks: { serviceProblem },
  });
  expect({ exitCode, err: err.split("\n") }).toEqual({
    exitCode: 1,
    err: [
      "error: InstanceConfiguration: Cpu 256 cannot be combined with Memory 12288.",
      "→ Nothing was sent. Change the options and deploy again.",
    ],
  });
  expect(asked).toMatchObject([
    {
      service: {
        ServiceName: "shop",
        SourceConfiguration: { CodeRepository: { SourceCodeVersion: { Value: "live" } } },
        InstanceConfiguration: { Cpu: "256", Memory: "12288" },
        Tags: [
          { Key: "slipway:warm-zero", Value: "1m" },
          { Key: "slipway:scale-to-zero", Value: "5m" },
        ],
      },
      scaling: { AutoScalingConfigurationName: "shop", MinSize: 5, MaxSize: 4 },
    },
  ]);
  expect(pushes).toEqual([]);
  for (const operation of ["TagResource", "UpdateService", "CreateAutoScalingConfiguration"])
    expect(api.callsOf(operation)).toEqual([]);
});

test("--build where an apprunner.yaml says how is refused before anything is sent", async () => {
  const service = codeService({ CodeConfiguration: { ConfigurationSource: "REPOSITORY" } });
  await using api = await startFakeApi({ ...common, ...present(service) });
  const pushes: FolderPush[] = [];
  const { exitCode, err } = await slipway(api, ["deploy", ".", "--build", "npm ci"], { pushes });
  expect(exitCode).toBe(2);
  expect(err).toContain("says by itself how it is built");
  expect(pushes).toEqual([]);
});

test("--port beside an apprunner.yaml is refused for a new service before anything is sent", async () => {
  await using api = await startFakeApi({ ...none, ...common, ...detecting() });
  const pushes: FolderPush[] = [];
  const files = { "/home/ada/shop/apprunner.yaml": "version: 1.0" };
  for (const options of [
    ["--port", "3000"],
    ["--build", "make"],
    ["--secret", "A=/a"],
  ]) {
    const { exitCode, err } = await slipway(api, ["deploy", ".", ...options], { files, pushes });
    expect({ exitCode, err }).toMatchObject({
      exitCode: 2,
      err: expect.stringMatching(
        new RegExp(`says by itself how it is built .*: ${options[0]}( A)? would not count`),
      ) as string,
    });
  }
  expect(pushes).toEqual([]);
});

test("a folder for a service that is made from an image is refused before anything is sent", async () => {
  await using api = await startFakeApi({ ...common, ...present(aService({ ServiceName: "shop" })) });
  const pushes: FolderPush[] = [];
  const { exitCode, err } = await slipway(api, ["deploy", "."], { pushes });
  expect({ exitCode, err: err.split("\n") }).toEqual({
    exitCode: 1,
    err: [
      "error: shop is made from an image and cannot change to source code. Take another --name.",
      "→ Nothing was sent. Change the options and deploy again.",
    ],
  });
  expect(pushes).toEqual([]);
});

test("a runtime that no build here can have is refused before anything is sent", async () => {
  const WhyUnavailable = "NODEJS_12 is not on this machine, and no registry that has it can be reached.";
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    ListRuntimes: ({ Runtime }) => ({ Runtimes: [{ Runtime, State: "absent", WhyUnavailable }] }),
  });
  const pushes: FolderPush[] = [];
  const options = ["--runtime", "nodejs12", "--start", "node a.js"];
  const { exitCode, err } = await slipway(api, ["deploy", ".", ...options], { pushes });
  expect({ exitCode, err }).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining(WhyUnavailable) as string,
  });
  expect(api.callsOf("ListRuntimes")[0]?.input).toEqual({ Runtime: "NODEJS_12" });
  expect(pushes).toEqual([]);
});

test("a revision of scaling too many is told before anything is sent", async () => {
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    ListAutoScalingConfigurations: () => ({ AutoScalingConfigurationSummaryList: [] }),
    CreateAutoScalingConfiguration: () => {
      throw new Refusal("ServiceQuotaExceededException", "5 revisions are there.");
    },
  });
  const pushes: FolderPush[] = [];
  const { exitCode, err } = await slipway(api, ["deploy", ".", "--max", "3"], { pushes });
  expect({ exitCode, err }).toMatchObject({
    exitCode: 1,
    err: expect.stringContaining("5 revisions are there.") as string,
  });
  expect(pushes).toEqual([]);
});

test("a revision of scaling that was made for a folder goes when the folder cannot be sent", async () => {
  const arn = scalingArn("shop", 1);
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    ListAutoScalingConfigurations: () => ({ AutoScalingConfigurationSummaryList: [] }),
    CreateAutoScalingConfiguration: () => ({
      AutoScalingConfiguration: { AutoScalingConfigurationArn: arn },
    }),
    DeleteAutoScalingConfiguration: () => ({}),
    ListRepositories: () => {
      throw new Refusal("InternalServiceErrorException", "The disk is full.");
    },
  });
  const { err } = await slipway(api, ["deploy", ".", "--max", "3"]);
  expect(err).toContain("The disk is full.");
  expect(api.callsOf("DeleteAutoScalingConfiguration")[0]?.input).toEqual({
    AutoScalingConfigurationArn: arn,
  });
});

test("an apprunner.yaml that nobody reads may be as it likes", async () => {
  const values = { ConfigurationSource: "API", CodeConfigurationValues: NODE };
  const service = codeService({ CodeConfiguration: values, SourceDirectory: "/web" });
  await using api = await startFakeApi({
    ...common,
    ListServices: () => ({ ServiceSummaryList: [{ ...aSummary(), ServiceName: "shop" }] }),
    DescribeService: () => ({ Service: service }),
  });
  expect((await slipway(api, ["deploy", "."], brokenFile)).exitCode).toBe(0);
  await using fresh = await startFakeApi({ ...none, ...common, ...detecting() });
  const options = ["--runtime", "nodejs22", "--start", "node a.js", "--dir", "web"];
  expect((await slipway(fresh, ["deploy", ".", ...options], brokenFile)).exitCode).toBe(0);
});

test("a build that fails shows its last lines", async () => {
  const cause = { Phase: "build", Class: "build", Message: "npm ci ended with 1.", LogLines: ["npm ERR! x"] };
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    DescribeOperation: () => anOperation({ Status: "FAILED", Cause: cause }),
  });
  const { exitCode, err } = await slipway(api, ["deploy", "."]);
  expect(exitCode).toBe(1);
  expect(err).toContain("Last output of the build:\n  npm ERR! x");
  expect(err).not.toContain(ARN);
});

test("what was told while it was built is not told again", async () => {
  const cause = { Phase: "build", Class: "build", Message: "npm ci ended with 1.", LogLines: ["npm ERR! x"] };
  await using api = await startFakeApi({
    ...none,
    ...common,
    ...detecting(),
    DescribeOperation: () => anOperation({ Status: "FAILED", Cause: cause }),
    DescribeLogStreams: () => ({
      logStreams: [{ logStreamName: `deployment/${OPERATION_ID}`, storedBytes: 1 }],
    }),
    GetLogEvents: ({ nextToken }) => ({
      events:
        nextToken === undefined ? [{ timestamp: 1, message: "[Build] npm ERR! x", ingestionTime: 1 }] : [],
      nextForwardToken: "end",
    }),
  });
  const { err } = await slipway(api, ["deploy", "."]);
  expect(err.match(/npm ERR! x/g)).toHaveLength(1);
});
