/** A repository in, a URL out: over a Git host, with the SDK, through builds that work, fail and are interrupted. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  CreateServiceCommand,
  type CodeRepository,
  DeleteServiceCommand,
  StartDeploymentCommand,
  UpdateServiceCommand,
} from "@aws-sdk/client-apprunner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type GitServer, startGitServer } from "../../src/sources/testing/git-server.ts";
import { TestRepository } from "../../src/sources/testing/test-repository.ts";
import { Installation } from "../support/installation.ts";
import { describeOperation, sdk, type ServiceView, waitForStatus } from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

/** The first build of a runtime may have to put its base image together. */
const FIRST_BUILD_MS = 8 * 60_000;
const BUILD_MS = 2 * 60_000;

const EXAMPLE = resolve(import.meta.dirname, "../../examples/python");
const example = (name: string) => readFileSync(join(EXAMPLE, name), "utf8");

let slipway: Installation;
let root: string;
let host: GitServer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), "slipway-git-"));
  host = await startGitServer({ root });
  slipway = await Installation.create({ env: { SLIPWAY_GIT_OVER_HTTP: "true" } });
  await slipway.start();
});

afterAll(async () => {
  await slipway.remove();
  await host[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/** The Python example, which answers with what is in `answer`. */
function files(change: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return {
    "apprunner.yaml": example("apprunner.yaml"),
    "requirements.txt": example("requirements.txt"),
    "app.py": example("app.py"),
    ...change,
  };
}

async function aRepository(name: string, change: Readonly<Record<string, string>> = {}) {
  const repository = await TestRepository.create(join(root, `${name}.git`));
  await repository.commit(files(change), { message: "The first" });
  return repository;
}

async function create(name: string, change: Partial<CodeRepository> = {}): Promise<ServiceView> {
  const { Service: service } = await sdk(slipway).send(
    new CreateServiceCommand({
      ServiceName: name,
      SourceConfiguration: {
        AutoDeploymentsEnabled: false,
        CodeRepository: {
          RepositoryUrl: `${host.origin}/${name}.git`,
          SourceCodeVersion: { Type: "BRANCH", Value: "main" },
          ...change,
        },
      },
      HealthCheckConfiguration: { Protocol: "HTTP", Path: "/health", Interval: 1, Timeout: 1 },
    }),
  );
  return service as ServiceView;
}

async function ended(arn: string, operationId: string | undefined, timeoutMs = BUILD_MS) {
  return waitFor(
    async () => {
      const operation = await describeOperation(slipway, arn, operationId ?? "");
      return operation.EndedAt !== undefined && operation;
    },
    { what: `the end of operation ${operationId}`, timeoutMs },
  );
}

async function deploy(arn: string) {
  const { OperationId } = await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: arn }));
  return ended(arn, OperationId);
}

/** Lines of the operation's log. */
async function buildLog({ ServiceName, ServiceId }: ServiceView): Promise<readonly string[]> {
  const logGroupName = `/aws/apprunner/${ServiceName}/${ServiceId}/service`;
  const call = slipway.client();
  const { logStreams } = await call.call("Logs_20140328.DescribeLogStreams", { logGroupName });
  const lines: string[] = [];
  for (const { logStreamName } of logStreams) {
    const page = await call.call("Logs_20140328.GetLogEvents", { logGroupName, logStreamName });
    lines.push(...page.events.map(({ message }) => message));
  }
  return lines;
}

const remove = (arn: string) => sdk(slipway).send(new DeleteServiceCommand({ ServiceArn: arn }));

describe("a service from a repository with apprunner.yaml", () => {
  it(
    "is built and served, deployed again from a new commit, kept when that fails, and rolled back",
    { timeout: FIRST_BUILD_MS + 4 * BUILD_MS },
    async () => {
      const repository = await aRepository("webs");
      const created = await create("webs");
      const service = await waitForStatus(slipway, created.ServiceArn, "RUNNING", FIRST_BUILD_MS);
      const first = await slipway.fetch(service.ServiceUrl);
      expect(first).toMatchObject({ status: 200 });
      expect(await buildLog(service)).toEqual(
        expect.arrayContaining([
          "[AppRunner] Successfully pulled your application source code.",
          "[AppRunner] Starting source code build.",
          "[AppRunner] Successfully built your application source code.",
        ]),
      );

      await repository.commit(files({ "app.py": example("app.py").replaceAll("Python", "Serpent") }), {
        message: "Another answer",
      });
      expect(await deploy(service.ServiceArn)).toMatchObject({ Status: "SUCCEEDED" });
      expect((await slipway.fetch(service.ServiceUrl)).body).toBe(first.body.replaceAll("Python", "Serpent"));

      const broken = example("apprunner.yaml").replace(/build:\n( +)commands:\n/, (head) => head);
      await repository.commit(
        files({
          "apprunner.yaml": broken.replace(/(\n +build:\n +- ).*/, "$1echo said-so && exit 7"),
        }),
        { message: "A build that fails" },
      );
      const failed = await deploy(service.ServiceArn);
      expect(failed).toMatchObject({ Status: "ROLLBACK_SUCCEEDED", Cause: { Phase: "build" } });
      expect(failed.Cause?.Message).toMatch(/exit code 7|echo said-so/);
      expect((await slipway.fetch(service.ServiceUrl)).status).toBe(200);

      const { Releases } = await slipway
        .client()
        .call("Slipway.ListReleases", { ServiceArn: service.ServiceArn });
      expect(Releases.map(({ Commit }) => Commit?.Message)).toEqual(["Another answer", "The first"]);

      const rollback = await slipway
        .client()
        .call("Slipway.RollbackService", { ServiceArn: service.ServiceArn, ReleaseNumber: 1 });
      expect(await ended(service.ServiceArn, rollback.OperationId)).toMatchObject({ Status: "SUCCEEDED" });
      expect((await slipway.fetch(service.ServiceUrl)).body).toBe(first.body);
      await remove(service.ServiceArn);
    },
  );
});

describe("source code that cannot be deployed", () => {
  it.each<[string, Readonly<Record<string, string>>, Partial<CodeRepository>, RegExp]>([
    ["no-branch", {}, { SourceCodeVersion: { Type: "BRANCH", Value: "nosuch" } }, /nosuch/],
    ["no-repository", {}, { RepositoryUrl: "http://127.0.0.1:1/none.git" }, /127\.0\.0\.1/],
    ["no-directory", {}, { SourceDirectory: "/nosuch" }, /nosuch/],
    ["not-yaml", { "apprunner.yaml": "version: 1.0\nruntime: [" }, {}, /apprunner\.yaml.*2/],
    ["no-runtime", { "apprunner.yaml": "version: 1.0\nruntime: cobol68\n" }, {}, /cobol68/],
  ])("says why: %s", { timeout: FIRST_BUILD_MS }, async (name, change, wish, why) => {
    await aRepository(name, change);
    const service = await create(name, wish);
    await waitForStatus(slipway, service.ServiceArn, "CREATE_FAILED", BUILD_MS);
    const { Operations } = { Operations: await operationsOf(service.ServiceArn) };
    expect(Operations[0]?.Cause?.Message).toMatch(why);
    await remove(service.ServiceArn);
  });
});

async function operationsOf(arn: string) {
  const { OperationSummaryList } = await slipway.aws<{
    OperationSummaryList: readonly { readonly Id: string }[];
  }>(["list-operations", "--service-arn", arn]);
  return Promise.all(OperationSummaryList.map(({ Id }) => describeOperation(slipway, arn, Id)));
}

describe("a control plane that is killed in the middle of a build", () => {
  it(
    "builds again after its start, and nothing of the first build goes on",
    { timeout: FIRST_BUILD_MS },
    async () => {
      const slow = example("apprunner.yaml").replace(/(\n +build:\n +- ).*/, "$1sleep 1987 || sleep 4");
      const repository = await aRepository("slow", { "apprunner.yaml": slow });
      const service = await create("slow");
      await waitFor(async () => (await sleepers()).length > 0, {
        what: "a build that sleeps",
        timeoutMs: BUILD_MS,
      });
      await slipway.kill();
      await waitFor(async () => (await sleepers()).length === 0, {
        what: "the end of the abandoned build",
        timeoutMs: 30_000,
      });
      await slipway.start();
      await waitFor(async () => (await sleepers()).length > 0, {
        what: "the build to begin again",
        timeoutMs: BUILD_MS,
      });
      const [operation] = await operationsOf(service.ServiceArn);
      await slipway.client().call("Slipway.CancelOperation", {
        ServiceArn: service.ServiceArn,
        OperationId: operation?.Id ?? "",
      });
      expect(await ended(service.ServiceArn, operation?.Id)).toMatchObject({
        Status: "FAILED",
        Cause: { Class: "cancelled" },
      });
      await waitFor(async () => (await sleepers()).length === 0, {
        what: "the end of the cancelled build",
        timeoutMs: 30_000,
      });
      // What failed can be mended and built again.
      await repository.commit(files());
      const { OperationId } = await sdk(slipway).send(
        new UpdateServiceCommand({ ServiceArn: service.ServiceArn }),
      );
      expect(await ended(service.ServiceArn, OperationId)).toMatchObject({ Status: "SUCCEEDED" });
      await remove(service.ServiceArn);
    },
  );
});

async function sleepers(): Promise<readonly string[]> {
  const { globSync } = await import("node:fs");
  return globSync("/proc/[0-9]*/cmdline").filter((path) => {
    try {
      return readFileSync(path, "utf8") === "sleep\u00001987\u0000";
    } catch {
      return false;
    }
  });
}
