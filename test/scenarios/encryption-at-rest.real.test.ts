/**
 * Services with a key of KMS: what they print, what their builds print and what they are built from is in the clear nowhere in the
 * state directory, over kills too, and cannot be read while the key is disabled, nor ever after it is deleted.
 */
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { CreateServiceCommand, StartDeploymentCommand } from "@aws-sdk/client-apprunner";
import {
  CreateKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ScheduleKeyDeletionCommand,
} from "@aws-sdk/client-kms";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type GitServer, startGitServer } from "../../src/sources/testing/git-server.ts";
import { TestRepository } from "../../src/sources/testing/test-repository.ts";
import { openSqliteStore } from "../../src/store/sqlite-store.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  describeOperation,
  listOperations,
  liveInstances,
  sdk,
  type ServiceRequest,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";
import { bytesOf, filesUnder } from "../support/state-files.ts";
import { waitFor } from "../support/wait-for.ts";

const BUILD_MS = 120_000;
const LINES = 2_000;
const canary = (what: string) => `${what}-${randomBytes(9).toString("hex")}`;
const canaries = {
  output: canary("output"),
  clear: canary("clear"),
  build: canary("build"),
  dying: canary("dying"),
  source: canary("source"),
};

let images: TestImages;
let slipway: Installation;
let host: GitServer;
let repository: TestRepository;
let root: string;
let kms: KMSClient;
let keyArn: string;
let sealed: ServiceView;
let clear: ServiceView;
let built: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  root = mkdtempSync(join(tmpdir(), "slipway-at-rest-"));
  host = await startGitServer({ root });
  repository = await TestRepository.create(join(root, "web.git"));
  slipway = await Installation.create({ env: { SLIPWAY_GIT_OVER_HTTP: "true" } });
  await slipway.start();
  kms = new KMSClient({
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    region: "us-east-1",
    maxAttempts: 1,
    credentials: slipway.credentials(),
  });
  const { KeyMetadata } = await kms.send(new CreateKeyCommand({}));
  keyArn = KeyMetadata?.Arn ?? "";
}, 60_000);

afterAll(async () => {
  await slipway.remove();
  await images.remove();
  await host[Symbol.asyncDispose]();
  rmSync(root, { recursive: true });
});

/** Knows the canary in base64 alone, for its command is a setting of the service. */
const says = (text: string) => `Buffer.from('${Buffer.from(text).toString("base64")}','base64').toString()`;
const nodeRuns = (script: string) => `/node -e "${script.replaceAll('"', String.raw`\"`)}"`;

async function create(request: ServiceRequest, key: string | undefined): Promise<ServiceView> {
  const { Service } = await sdk(slipway).send(
    new CreateServiceCommand({
      ServiceName: request.name,
      SourceConfiguration: sourceConfiguration(request),
      HealthCheckConfiguration: { Protocol: "TCP", Interval: 1, Timeout: 1 },
      EncryptionConfiguration: key === undefined ? undefined : { KmsKey: key },
      Tags: [{ Key: "slipway:access-log", Value: "on" }],
    }),
  );
  return Service as ServiceView;
}

const printing = (text: string) =>
  nodeRuns(
    `for (let i = 0; i < ${LINES}; i++) console.log(i, ${says(text)}); setTimeout(() => require('/app/server.js'), 200)`,
  );

/** The audit trail holds what was searched for: that is less than what is looked for in files. */
async function found(service: ServiceView, kind: string, text: string): Promise<number> {
  const { events } = await slipway.client().call("Logs_20140328.FilterLogEvents", {
    logGroupName: `/aws/apprunner/${service.ServiceName}/${service.ServiceId}/${kind}`,
    filterPattern: `"${text.slice(0, 20)}"`,
  });
  return events.length;
}

async function untilFound(service: ServiceView, kind: string, text: string, count: number): Promise<void> {
  await waitFor(async () => (await found(service, kind, text)) === count, {
    what: `${count} lines of ${service.ServiceName}`,
  });
}

async function waitForEnd(arn: string, operationId: string): Promise<void> {
  const hasEnded = async () =>
    (await listOperations(slipway, arn)).some(
      ({ Id, EndedAt }) => Id === operationId && EndedAt !== undefined,
    );
  await waitFor(hasEnded, { what: "the end of the operation", timeoutMs: BUILD_MS });
}

/** Of one that is gone nothing is left to unpack. */
const unpacked = (bytes: Buffer) => (bytes.length === 0 ? bytes : zstdDecompressSync(bytes));

/** Files of the state directory that hold it, packed ones too. */
function filesWith(text: string): readonly string[] {
  return filesUnder(slipway.stateDirectory).filter((path) => {
    const bytes = bytesOf(path);
    return bytes.includes(text) || (/(?<!sealed)\.zst$/.test(path) && unpacked(bytes).includes(text));
  });
}

it(
  "what an instance prints is read and found, and on the disk encrypted, packed too",
  { timeout: BUILD_MS },
  async () => {
    sealed = await create(
      { name: "sealed", image: images.app, startCommand: printing(canaries.output) },
      keyArn,
    );
    clear = await create(
      { name: "clear", image: images.app, startCommand: printing(canaries.clear) },
      undefined,
    );
    sealed = await waitForStatus(slipway, sealed.ServiceArn, "RUNNING");
    clear = await waitForStatus(slipway, clear.ServiceArn, "RUNNING");
    await untilFound(sealed, "application", canaries.output, LINES);
    await untilFound(clear, "application", canaries.clear, LINES);
    await slipway.fetch(sealed.ServiceUrl, `/${canaries.output}`);
    await untilFound(sealed, "access", canaries.output, 1);
    // The stream of an instance that ended is packed.
    const [before] = await liveInstances(slipway, sealed.ServiceArn);
    await slipway.fetch(sealed.ServiceUrl, "/exit?code=1");
    const stream = join(
      slipway.stateDirectory,
      "logs",
      sealed.ServiceId ?? "",
      "instances",
      before?.InstanceId ?? "",
    );
    await waitFor(() => readdirSync(stream).every((name) => name.endsWith(".sealed.zst")), {
      what: "a packed stream",
    });
    await untilFound(sealed, "application", canaries.output, 2 * LINES);
    expect(filesWith(canaries.output)).toEqual([]);
    expect(filesWith(canaries.clear)).not.toEqual([]);
  },
);

it("so it is after the control plane was killed", async () => {
  await slipway.kill();
  await slipway.start();
  await untilFound(sealed, "application", canaries.output, 2 * LINES);
  expect(filesWith(canaries.output)).toEqual([]);
});

it(
  "what a build says, its source, and why it fails are not on the disk either",
  { timeout: BUILD_MS },
  async () => {
    const commit = async (ending: string) =>
      repository.commit({
        Dockerfile: [
          `FROM ${images.app}`,
          `ENV TEST_RUN=${randomBytes(6).toString("hex")}`,
          `RUN ${JSON.stringify(["/node", "-e", `console.log(${says(canaries.build)})${ending}`])}`,
          'CMD ["/node", "/app/server.js"]',
          "",
        ].join("\n"),
        "secret-recipe.txt": canaries.source,
        "large.txt": randomBytes(200_000).toString("hex"),
      });
    await commit("");
    const { Service } = await sdk(slipway).send(
      new CreateServiceCommand({
        ServiceName: "built",
        SourceConfiguration: {
          AutoDeploymentsEnabled: false,
          CodeRepository: {
            RepositoryUrl: `${host.origin}/web.git`,
            SourceCodeVersion: { Type: "BRANCH", Value: "main" },
            CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
          },
        },
        HealthCheckConfiguration: { Protocol: "TCP", Interval: 1, Timeout: 1 },
        EncryptionConfiguration: { KmsKey: keyArn },
        Tags: [{ Key: "slipway:dockerfile", Value: "Dockerfile" }],
      }),
    );
    built = await waitForStatus(slipway, (Service as ServiceView).ServiceArn, "RUNNING", BUILD_MS);
    expect(await found(built, "service", canaries.build)).toBeGreaterThan(0);
    await commit(`; throw new Error(${says(canaries.dying)})`);
    const { OperationId = "" } = await sdk(slipway).send(
      new StartDeploymentCommand({ ServiceArn: built.ServiceArn }),
    );
    await waitForEnd(built.ServiceArn, OperationId);
    const { Cause } = await describeOperation(slipway, built.ServiceArn, OperationId);
    expect(Cause).toMatchObject({ Phase: "build", LogLines: [] });
    expect(await found(built, "service", canaries.dying)).toBeGreaterThan(0);
    const sources = join(slipway.stateDirectory, "sources");
    await waitFor(() => readdirSync(join(sources, "checkouts")).length === 0, {
      what: "the end of the checkouts",
    });
    await waitFor(() => readdirSync(join(sources, "mirrors")).length === 0, {
      what: "the end of the mirrors",
    });
    for (const text of [canaries.build, canaries.dying, canaries.source]) expect(filesWith(text)).toEqual([]);
  },
);

it("a tree that a kill left is gone after the next start", { timeout: BUILD_MS }, async () => {
  await repository.commit({
    Dockerfile: `FROM ${images.app}\nRUN ${JSON.stringify(["/node", "-e", "setTimeout(() => undefined, 5_000)"])}\n`,
    "secret-recipe.txt": canaries.source,
  });
  const { OperationId = "" } = await sdk(slipway).send(
    new StartDeploymentCommand({ ServiceArn: built.ServiceArn }),
  );
  const checkouts = join(slipway.stateDirectory, "sources", "checkouts");
  await waitFor(() => readdirSync(checkouts).length > 0, { what: "a checkout", timeoutMs: BUILD_MS });
  expect(statSync(join(slipway.stateDirectory, "sources", "checkouts")).mode & 0o077).toBe(0);
  await slipway.kill();
  expect(filesWith(canaries.source)).not.toEqual([]);
  await slipway.start();
  await waitForEnd(built.ServiceArn, OperationId);
  await waitFor(() => filesWith(canaries.source).length === 0, { what: "nothing of the source" });
});

it("a disabled key closes its logs and no others, over a kill too, and opens them again", async () => {
  await kms.send(new DisableKeyCommand({ KeyId: keyArn }));
  const refusal = { message: expect.stringContaining(`The key ${keyArn} is disabled`) as string };
  await expect(found(sealed, "application", canaries.output)).rejects.toMatchObject(refusal);
  await expect(slipway.slipway(["logs", "sealed"])).rejects.toMatchObject({
    message: expect.stringContaining("is disabled. Enable it with `slipway keys enable ") as string,
  });
  expect(await found(clear, "application", canaries.clear)).toBe(LINES);
  await slipway.kill();
  await slipway.start();
  await expect(found(sealed, "application", canaries.output)).rejects.toMatchObject(refusal);
  expect((await slipway.fetch(sealed.ServiceUrl, "/log?lines=5")).status).toBe(200);
  await waitFor(
    async () =>
      (await slipway.client().call("Slipway.ListEvents", {})).Events.some(
        ({ DetailType }) => DetailType === "Slipway Log Warning",
      ),
    { what: "a warning" },
  );
  await kms.send(new EnableKeyCommand({ KeyId: keyArn }));
  await untilFound(sealed, "application", canaries.output, 2 * LINES);
  await untilFound(sealed, "application", "line", 5);
});

it("a deleted key takes them away for good, and the service runs on", async () => {
  await kms.send(new ScheduleKeyDeletionCommand({ KeyId: keyArn }));
  await slipway.kill();
  await passDeletionDate();
  await slipway.start();
  await waitFor(
    async () =>
      found(sealed, "application", canaries.output).then(
        () => false,
        (error: Error) => error.message.includes("was deleted"),
      ),
    { what: "the deletion" },
  );
  await expect(kms.send(new EnableKeyCommand({ KeyId: keyArn }))).rejects.toMatchObject({
    name: expect.stringMatching(/^(KMSInvalidStateException|NotFoundException)$/) as string,
  });
  expect((await slipway.fetch(sealed.ServiceUrl, "/")).status).toBe(200);
  for (const text of [canaries.output, canaries.build, canaries.dying, canaries.source]) {
    expect(filesWith(text)).toEqual([]);
  }
});

/** Its days to think again are at least seven. */
async function passDeletionDate(): Promise<void> {
  const store = await openSqliteStore({ path: join(slipway.stateDirectory, "slipway.db") });
  try {
    const key = await store.encryptionKeys.get(keyArn);
    if (key !== null) await store.encryptionKeys.save({ ...key, deleteAtMs: 1 });
  } finally {
    await store.close();
  }
}
