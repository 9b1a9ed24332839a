// Our operations on repositories, sources, runtimes and releases, over the real socket.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Operation } from "../domain/operation.ts";
import { BuildError } from "../ports/builder.ts";
import { SourceError } from "../ports/source-code.ts";
import type { DetectedSource, DetectionRequest } from "../ports/source-detector.ts";
import { FakeRepositories } from "./testing/fake-repositories.ts";
import { FakeRuntimeCatalogue } from "./testing/fake-runtime-catalogue.ts";
import { aCodeService, makeService } from "./testing/requests.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

let slipway: TestApi;
let repositories: FakeRepositories;
let runtimes: FakeRuntimeCatalogue;
let detected: DetectedSource | Error;
let asked: DetectionRequest | null;

beforeEach(async () => {
  repositories = new FakeRepositories();
  runtimes = new FakeRuntimeCatalogue();
  detected = {
    branch: "main",
    build: { kind: "apprunner-file" },
    remarks: ["apprunner.yaml is there."],
    file: null,
  };
  asked = null;
  slipway = await startTestApi({
    repositories,
    runtimes,
    quotas: { repositories: 2 },
    sourceDetector: {
      detect: (request) => {
        asked = request;
        return detected instanceof Error ? Promise.reject(detected) : Promise.resolve(detected);
      },
      branches: () => Promise.resolve(["trunk", "a-branch"]),
      defaultBranch: (place) =>
        place.repositoryUrl === "slipway://shop"
          ? Promise.resolve("trunk")
          : Promise.reject(new SourceError("no-branch", "The repository is empty: push to it first.")),
    },
  });
});
afterEach(() => slipway.close());

const create = (RepositoryName: string) =>
  callOperation(slipway, "Slipway.CreateRepository", { RepositoryName });

describe("repositories", () => {
  test("a new one says where to push to and what a service's source is called", async () => {
    const Repository = {
      RepositoryName: "shop",
      RepositoryUrl: "slipway://shop",
      PushUrl: "https://slipway.example.com/git/shop.git",
    };
    expect(await create("shop")).toEqual({ status: 200, body: { Repository } });
    const listed = await callOperation(slipway, "Slipway.ListRepositories", {});
    expect(listed.body).toEqual({ Repositories: [Repository] });
  });

  test("a name is taken once, must be one a service can have, and there are no more than the quota", async () => {
    await create("shop");
    expect((await create("shop")).body).toMatchObject({
      Message: "Repository with the provided name already exists: shop.",
    });
    for (const name of ["abc", "../../etc", "-rf-", "a".repeat(41)]) {
      expect((await create(name)).body).toMatchObject({ __type: "InvalidRequestException" });
    }
    await create("blog");
    expect(await create("third")).toMatchObject({
      status: 402,
      body: { __type: "ServiceQuotaExceededException" },
    });
  });

  test("one can begin with an example application, which must be one that came along", async () => {
    const listed = await callOperation(slipway, "Slipway.ListExamples", {});
    expect(listed.body).toEqual({
      Examples: [{ Name: "hello", Title: "Hello", Description: "Says hello." }],
    });
    const begin = (RepositoryName: string, Example: string) =>
      callOperation(slipway, "Slipway.CreateRepository", { RepositoryName, Example });
    expect((await begin("shop", "hello")).status).toBe(200);
    expect(repositories.firstCommits.get("shop")).toMatchObject({
      message: "Example: hello",
      files: [{ path: "server.js", isExecutable: false, content: "listen();\n" }],
    });
    expect((await begin("blog", "unheard-of")).body).toMatchObject({ __type: "ResourceNotFoundException" });
    expect((await begin("blog", "../../etc")).body).toMatchObject({ __type: "InvalidRequestException" });
    expect(repositories.names).toEqual(new Set(["shop"]));
  });

  test("one is deleted, but not while a service is built from it", async () => {
    const remove = () => callOperation(slipway, "Slipway.DeleteRepository", { RepositoryName: "shop" });
    expect((await remove()).body).toMatchObject({ __type: "ResourceNotFoundException" });
    await create("shop");
    const service = await makeService(slipway, aCodeService("shop", "slipway://shop"));
    expect((await remove()).body).toMatchObject({
      __type: "InvalidRequestException",
      Message: expect.stringContaining("is in use by shop"),
    });
    await slipway.commands.settle(service.ServiceId ?? "", "DELETED");
    expect(await remove()).toEqual({ status: 200, body: { RepositoryName: "shop" } });
    expect(repositories.names).toEqual(new Set());
  });
});

describe("DetectSource", () => {
  const detect = (more: object = {}) =>
    callOperation(slipway, "Slipway.DetectSource", { RepositoryUrl: "slipway://shop", ...more });

  test("a managed runtime comes ready for CreateService, with the branch that was looked at", async () => {
    const build = {
      kind: "runtime",
      runtime: "NODEJS_22",
      buildCommand: "npm ci",
      startCommand: "node server.js",
      port: "3000",
      environment: { HOST: "0.0.0.0" },
    } as const;
    detected = { branch: "trunk", build, remarks: ["package.json asks for Node 22."], file: null };
    expect(await detect({ SourceDirectory: "/web" })).toEqual({
      status: 200,
      body: {
        CodeRepository: {
          RepositoryUrl: "slipway://shop",
          SourceDirectory: "/web",
          SourceCodeVersion: { Type: "BRANCH", Value: "trunk" },
          CodeConfiguration: {
            ConfigurationSource: "API",
            CodeConfigurationValues: {
              Runtime: "NODEJS_22",
              BuildCommand: "npm ci",
              StartCommand: "node server.js",
              Port: "3000",
              RuntimeEnvironmentVariables: { HOST: "0.0.0.0" },
            },
          },
        },
        Remarks: ["package.json asks for Node 22."],
      },
    });
    expect(asked).toEqual({
      repositoryUrl: "slipway://shop",
      branch: null,
      sourceDirectory: "/web",
      connectionArn: null,
      showsFile: false,
    });
  });

  test("apprunner.yaml comes as it is written, with what is wrong in it, where that is asked for", async () => {
    const problems = [{ at: { line: 2, column: 1 }, text: "unknown key" }];
    const file = { path: "web/apprunner.yaml", text: "version: 1.0\nx: 1\n", problems };
    detected = { branch: "main", build: { kind: "apprunner-file" }, remarks: [], file };
    expect((await detect({ ShowFile: true })).body).toMatchObject({
      AppRunnerFile: {
        Path: "web/apprunner.yaml",
        Text: "version: 1.0\nx: 1\n",
        Problems: [{ Line: 2, Column: 1, Message: "unknown key" }],
      },
    });
    expect(asked).toMatchObject({ showsFile: true });
  });

  test("a Dockerfile is told by its path", async () => {
    detected = {
      branch: "main",
      build: { kind: "dockerfile", path: "docker/Dockerfile" },
      remarks: [],
      file: null,
    };
    const { body } = await detect({ Branch: "main" });
    expect(body).toMatchObject({
      DockerfilePath: "docker/Dockerfile",
      CodeRepository: { CodeConfiguration: { ConfigurationSource: "REPOSITORY" } },
    });
  });

  test.each([
    [new SourceError("no-branch", "There is no branch x."), "Branch: There is no branch x."],
    [new SourceError("not-found", "No such repository."), "RepositoryUrl: No such repository."],
    [new SourceError("no-directory", "No such directory."), "SourceDirectory: No such directory."],
    [new BuildError("configuration", "Nothing was recognized."), "RepositoryUrl: Nothing was recognized."],
  ])("what cannot be had is a mistake in the request: %s", async (error, Message) => {
    detected = error;
    expect(await detect()).toEqual({ status: 400, body: { __type: "InvalidRequestException", Message } });
  });

  test("a directory that leads out and a name no branch can have are refused unseen", async () => {
    for (const more of [{ SourceDirectory: "/../x" }, { Branch: "--upload-pack=x" }]) {
      expect((await detect(more)).body).toMatchObject({ __type: "InvalidRequestException" });
    }
    expect(asked).toBeNull();
  });
});

describe("runtimes", () => {
  test("every runtime is listed, present or not", async () => {
    runtimes.states.set("NODEJS_22", { version: "22.21.1", sizeBytes: 7, canBePutTogether: true });
    const { body } = await callOperation(slipway, "Slipway.ListRuntimes", {});
    const rows = body["Runtimes"] as readonly Record<string, unknown>[];
    expect(rows.find((row) => row["Runtime"] === "NODEJS_22")).toEqual({
      Runtime: "NODEJS_22",
      Versions: ["22"],
      State: "present",
      PresentVersion: "22.21.1",
      SizeBytes: 7,
      CanBePutTogether: true,
    });
    expect(rows.find((row) => row["Runtime"] === "GO_1")).toMatchObject({ State: "absent" });
  });

  test("of one runtime it is told why no build can have it", async () => {
    runtimes.unavailable.set("NODEJS_12", "no registry can be reached");
    const ask = async (Runtime: string) =>
      (await callOperation(slipway, "Slipway.ListRuntimes", { Runtime })).body;
    expect(await ask("nodejs12")).toMatchObject({
      Runtimes: [{ Runtime: "NODEJS_12", WhyUnavailable: "no registry can be reached" }],
    });
    expect(await ask("NODEJS_22")).toEqual({
      Runtimes: [expect.not.objectContaining({ WhyUnavailable: expect.anything() as unknown })],
    });
    expect(await ask("COBOL_85")).toMatchObject({ __type: "ResourceNotFoundException" });
  });

  test("BuildRuntime begins it and answers at once, by either spelling", async () => {
    const { body } = await callOperation(slipway, "Slipway.BuildRuntime", {
      Runtime: "python312",
      Version: "3.12",
    });
    expect(body).toMatchObject({ Runtime: { Runtime: "PYTHON_312", State: "building", LastLine: "Begun." } });
    expect(runtimes.asked).toEqual([{ name: "PYTHON_312", wantedVersion: "3.12" }]);
  });

  test("a runtime that does not exist and a version that it does not have are refused", async () => {
    const build = (input: { Runtime: string; Version?: string }) =>
      callOperation(slipway, "Slipway.BuildRuntime", input);
    expect((await build({ Runtime: "COBOL_85" })).body).toMatchObject({
      __type: "ResourceNotFoundException",
    });
    expect((await build({ Runtime: "NODEJS_22", Version: "18" })).body).toMatchObject({
      Message: expect.stringContaining("Version: is not a version of nodejs22"),
    });
    expect(runtimes.asked).toEqual([]);
  });
});

describe("going back and giving up", () => {
  const openOperation = async (serviceId: string): Promise<Operation> => {
    const [operation] = (await slipway.store.operations.list(serviceId, { after: null, limit: 1 })).rows;
    if (operation === undefined) throw new Error("no operation");
    return operation;
  };

  test("RollbackService begins an update to the release; there must be one", async () => {
    const service = await makeService(slipway);
    const ServiceArn = service.ServiceArn ?? "";
    const rollBack = (more: object = {}) =>
      callOperation(slipway, "Slipway.RollbackService", { ServiceArn, ...more });
    expect((await rollBack({ ReleaseNumber: 7 })).body).toMatchObject({
      __type: "ResourceNotFoundException",
    });
    expect((await rollBack({ ReleaseNumber: 0 })).body).toMatchObject({ __type: "InvalidRequestException" });
    const { configuration } = (await slipway.store.services.get(service.ServiceId ?? "")) ?? {};
    if (configuration === undefined) throw new Error("no service");
    await slipway.store.releases.save({
      serviceId: service.ServiceId ?? "",
      number: 1,
      operationId: (await openOperation(service.ServiceId ?? "")).id,
      imageId: "sha256:1",
      imageDigest: null,
      configuration,
      scale: { minSize: 1, maxSize: 25, maxConcurrency: 100 },
      createdAtMs: 1000,
    });
    const { status, body } = await rollBack();
    expect(status).toBe(200);
    expect(body).toMatchObject({
      OperationId: expect.stringMatching(/^[0-9a-f]{32}$/),
      Service: { ServiceArn, Status: "OPERATION_IN_PROGRESS" },
    });
  });

  test("CancelOperation answers with the operation; one that has ended cannot be cancelled", async () => {
    const service = await makeService(slipway, undefined, "OPERATION_IN_PROGRESS");
    const ServiceArn = service.ServiceArn ?? "";
    const ended = await openOperation(service.ServiceId ?? "");
    const cancel = (OperationId: string) =>
      callOperation(slipway, "Slipway.CancelOperation", { ServiceArn, OperationId });
    expect((await cancel(ended.id)).body).toMatchObject({ __type: "InvalidStateException" });
    expect((await cancel("d".repeat(32))).body).toMatchObject({ __type: "ResourceNotFoundException" });
    const id = "e".repeat(32);
    await slipway.store.operations.save({
      ...ended,
      id,
      status: "IN_PROGRESS",
      phase: "build",
      endedAtMs: null,
    });
    expect(await cancel(id.toUpperCase())).toMatchObject({ status: 200, body: { Operation: { Id: id } } });
  });

  test("DescribeOperation tells the commit it builds from, and what noticed it", async () => {
    const service = await makeService(slipway);
    const made = await openOperation(service.ServiceId ?? "");
    const version = "1".repeat(40);
    const commit = { id: version, author: "Ada", message: "Fix", committedAtMs: 4000 };
    await slipway.store.operations.save({
      ...made,
      id: "f".repeat(32),
      phase: "build",
      trigger: { by: "push", version },
      checkout: { commit, sourceTreeId: "2".repeat(40) },
    });
    const { body } = await callOperation(slipway, "Slipway.DescribeOperation", {
      ServiceArn: service.ServiceArn ?? "",
      OperationId: "f".repeat(32),
    });
    expect(body["Operation"]).toMatchObject({
      Phase: "build",
      Trigger: { By: "push", Version: version },
      Commit: { Id: version, Author: "Ada", Message: "Fix", CommittedAt: 4 },
    });
  });
});

test("ListBranches tells the names in order", async () => {
  const { body } = await callOperation(slipway, "Slipway.ListBranches", { RepositoryUrl: "slipway://shop" });
  expect(body).toEqual({ Branches: ["a-branch", "trunk"] });
});

test("GetDefaultBranch tells the branch that is meant where nobody names one, or what is wrong", async () => {
  const ask = (RepositoryUrl: string) =>
    callOperation(slipway, "Slipway.GetDefaultBranch", { RepositoryUrl });
  expect(await ask("slipway://shop")).toEqual({ status: 200, body: { Branch: "trunk" } });
  expect((await ask("slipway://empty")).body).toMatchObject({
    __type: "InvalidRequestException",
    Message: expect.stringContaining("push to it first"),
  });
});

test("DescribeRepository tells its size and the last push", async () => {
  const describeIt = () => callOperation(slipway, "Slipway.DescribeRepository", { RepositoryName: "shop" });
  expect((await describeIt()).body).toMatchObject({ __type: "ResourceNotFoundException" });
  await create("shop");
  expect((await describeIt()).body).toEqual({
    Repository: expect.objectContaining({ RepositoryName: "shop" }) as object,
    SizeBytes: 0,
    QuotaBytes: 1,
  });
  const pusherArn = "arn:aws:iam::000000000000:user/ada";
  repositories.pushed = { atMs: 5_000, pusherArn, reference: "refs/heads/main", commitId: "ab12" };
  expect((await describeIt()).body).toMatchObject({
    LastPush: { PushedAt: 5, PrincipalArn: pusherArn, Reference: "refs/heads/main", CommitId: "ab12" },
  });
});
