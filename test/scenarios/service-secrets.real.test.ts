/**
 * Secrets by AWS's own API in the environment of services: read at a deployment, the same for all instances of its
 * release, back again with a rollback, nowhere in what the control plane keeps; and secrets of a build.
 */
import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { StartDeploymentCommand, UpdateServiceCommand } from "@aws-sdk/client-apprunner";
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { PutParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import {
  createService,
  describeOperation,
  describeService,
  liveInstances,
  sdk,
  type ServiceRequest,
  type ServiceView,
  sourceConfiguration,
  waitForStatus,
} from "../support/service.ts";
import { bytesOf, filesUnder } from "../support/state-files.ts";
import { waitFor } from "../support/wait-for.ts";

/** An operation of a service that is made of a small image. */
const OPERATION_MS = 120_000;
const BUILD_MS = 240_000;
/** Found wherever one of them is written. */
const MARK = "s3cr3t-value";
const run = promisify(execFile);

let slipway: Installation;
let images: TestImages;
let secrets: SecretsManagerClient;
let parameters: SSMClient;
let secretArn: string;
let service: ServiceView;
let request: ServiceRequest;

beforeAll(async () => {
  images = await buildTestImages();
  slipway = await Installation.create({ program: "test/support/crashing-serve" });
  await slipway.start();
  const settings = {
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    region: "us-east-1",
    maxAttempts: 1,
    credentials: slipway.credentials(),
  };
  secrets = new SecretsManagerClient(settings);
  parameters = new SSMClient(settings);
}, 120_000);

afterAll(async () => {
  secrets.destroy();
  parameters.destroy();
  await slipway.remove();
  await images.remove();
});

async function environment(): Promise<Readonly<Record<string, string>>> {
  return JSON.parse((await slipway.fetch(service.ServiceUrl, "/env")).body) as Record<string, string>;
}

async function secretNow(): Promise<string | undefined> {
  return (await environment())["DB_URL"];
}

async function putSecret(version: string): Promise<void> {
  const SecretString = JSON.stringify({ url: `${MARK}-${version}`, user: "shop" });
  await secrets.send(new PutSecretValueCommand({ SecretId: secretArn, SecretString }));
}

async function deploy(): Promise<void> {
  await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: service.ServiceArn }));
  await waitForStatus(slipway, service.ServiceArn, "RUNNING");
}

async function update(change: Partial<ServiceRequest>) {
  const { OperationId: operationId } = await sdk(slipway).send(
    new UpdateServiceCommand({
      ServiceArn: service.ServiceArn,
      SourceConfiguration: sourceConfiguration({ ...request, ...change }),
    }),
  );
  await waitForStatus(slipway, service.ServiceArn, "RUNNING");
  return describeOperation(slipway, service.ServiceArn, operationId ?? "");
}

/** Whoever waits for a status alone would see the one from before the crash. */
async function restart(extraEnv: Readonly<Record<string, string>> = {}): Promise<void> {
  await slipway.kill();
  await slipway.start(extraEnv);
}

/** Every file of the installation, and what the engine knows of its containers but their environment. */
async function everythingWritten(): Promise<string> {
  const files = filesUnder(slipway.stateDirectory).map((path) => bytesOf(path).toString("latin1"));
  const containers = await slipway.containers();
  const format =
    "{{json .Config.Labels}} {{json .Args}} {{json .Path}} {{json .Config.Cmd}} {{json .Config.Entrypoint}}";
  const { stdout } = await run("docker", ["inspect", "--format", format, ...containers]);
  return [...files, stdout].join("\n");
}

it(
  "gives an application the values of a secret's key and of a parameter",
  { timeout: OPERATION_MS },
  async () => {
    const SecretString = JSON.stringify({ url: `${MARK}-one`, user: "shop" });
    const made = await secrets.send(new CreateSecretCommand({ Name: "shop/db", SecretString }));
    secretArn = made.ARN ?? "";
    await parameters.send(
      new PutParameterCommand({ Name: "/shop/api-key", Value: `${MARK}-key`, Type: "SecureString" }),
    );
    request = {
      name: "shop",
      image: images.app,
      startCommand: "/node /app/server.js",
      environment: { MODE: "blue" },
      secrets: { DB_URL: `${secretArn}:url::`, API_KEY: "/shop/api-key" },
    };
    service = await createService(slipway, request);
    await waitForStatus(slipway, service.ServiceArn, "RUNNING");
    expect(await environment()).toMatchObject({
      MODE: "blue",
      DB_URL: `${MARK}-one`,
      API_KEY: `${MARK}-key`,
      PORT: "8080",
    });
    const described = await describeService(slipway, service.ServiceArn);
    expect(described.SourceConfiguration?.ImageRepository?.ImageConfiguration).toMatchObject({
      RuntimeEnvironmentSecrets: request.secrets,
    });
    expect(await slipway.slipway(["status", "shop"])).toContain(
      `DB_URL=${secretArn}:url::, API_KEY=/shop/api-key`,
    );
  },
);

it("writes the values nowhere", async () => {
  const written = await everythingWritten();
  expect(written).toContain("Looked up the secrets of DB_URL, API_KEY.");
  expect(written).not.toContain(MARK);
});

it(
  "keeps a release's values until the next deployment, also for new instances",
  { timeout: OPERATION_MS },
  async () => {
    await putSecret("two");
    const [before] = await liveInstances(slipway, service.ServiceArn);
    await slipway.fetch(service.ServiceUrl, "/exit?code=1");
    await waitFor(
      async () => {
        const [now] = await liveInstances(slipway, service.ServiceArn);
        return now?.State === "ready" && now.InstanceId !== before?.InstanceId;
      },
      { what: "another instance" },
    );
    expect(await secretNow()).toBe(`${MARK}-one`);
    await deploy();
    expect(await secretNow()).toBe(`${MARK}-two`);
  },
);

it("brings the old values back with a rollback", { timeout: OPERATION_MS }, async () => {
  await slipway.slipway(["rollback", "shop"]);
  expect(await secretNow()).toBe(`${MARK}-one`);
  await deploy();
  expect(await secretNow()).toBe(`${MARK}-two`);
});

it(
  "fails a deployment whose secret has no such key, by name, and what ran goes on",
  { timeout: OPERATION_MS },
  async () => {
    const operation = await update({ secrets: { DB_URL: `${secretArn}:nosuch::` } });
    expect(operation).toMatchObject({
      Status: "ROLLBACK_SUCCEEDED",
      Cause: {
        Phase: "secrets",
        Class: "secret",
        Message: expect.stringMatching(/^The variable DB_URL cannot be set: .*:nosuch::.*"nosuch"/) as string,
      },
    });
    expect(await secretNow()).toBe(`${MARK}-two`);
  },
);

it.each(["started", "done"])(
  "goes on after a SIGKILL when the lookup has %s",
  { timeout: OPERATION_MS },
  async (event) => {
    await putSecret(event);
    await restart({ CRASH_STEP: `pinSecrets:${event}` });
    await sdk(slipway).send(new StartDeploymentCommand({ ServiceArn: service.ServiceArn }));
    expect(await slipway.waitForExit()).toEqual({ code: null, signal: "SIGKILL" });
    await slipway.start();
    await waitForStatus(slipway, service.ServiceArn, "RUNNING");
    expect(await secretNow()).toBe(`${MARK}-${event}`);
  },
);

it(
  "tells in the events that a version is gone which a new instance needs",
  { timeout: OPERATION_MS },
  async () => {
    await secrets.send(new DeleteSecretCommand({ SecretId: secretArn, ForceDeleteWithoutRecovery: true }));
    expect(await secretNow()).toBe(`${MARK}-done`);
    await slipway.fetch(service.ServiceUrl, "/exit?code=1");
    await waitFor(
      async () =>
        (await slipway.slipway(["logs", "shop", "--events"])).includes(
          "An instance could not be started: the variable DB_URL cannot be set: ",
        ),
      { what: "the event", timeoutMs: 30_000 },
    );
    const operation = await update({ secrets: { API_KEY: "/shop/api-key" } });
    expect(operation).toMatchObject({ Status: "SUCCEEDED" });
    expect(await environment()).toMatchObject({ API_KEY: `${MARK}-key` });
  },
);

it(
  "builds with secrets that its log does not tell, and reads apprunner.yaml's",
  { timeout: BUILD_MS },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "slipway-secrets-"));
    const print = "console.log('it is ' + fs.readFileSync('/run/secrets/token', 'utf8') + '!')";
    const copy = "fs.writeFileSync('/length', String(fs.readFileSync('/run/secrets/token').length))";
    writeFileSync(
      join(folder, "Dockerfile"),
      [
        `FROM ${images.app}`,
        // A step from the cache of an earlier run would say nothing.
        `ENV TEST_RUN=${Date.now()}`,
        `RUN --mount=type=secret,id=token ["/node", "-e", "${print}; ${copy}"]`,
        'CMD ["/node", "/app/server.js"]',
        "",
      ].join("\n"),
    );
    const tag = ["--tag", "slipway:build-secrets=token=/shop/api-key"];
    const args = ["deploy", folder, "--name", "built", "--dockerfile", "Dockerfile", ...tag];
    const deployNaming = (reference: string) => {
      const secret = `secrets: [{name: KEY, value-from: ${reference}}]`;
      const text = `version: 1.0\nruntime: nodejs22\nrun:\n  command: unused\n  ${secret}\n`;
      writeFileSync(join(folder, "apprunner.yaml"), text);
      return slipway.slipway(args, { timeoutMs: BUILD_MS });
    };
    try {
      await expect(deployNaming("/shop/nosuch")).rejects.toThrow(
        /The variable KEY cannot be set: .*\/shop\/nosuch/,
      );
      expect(await slipway.slipway(["logs", "built", "--build"])).not.toContain("[Build]");
      const url = new URL((await deployNaming("/shop/api-key")).trim());
      const env = JSON.parse((await slipway.fetch(url.host, "/env")).body) as Record<string, string>;
      expect(env["KEY"]).toBe(`${MARK}-key`);
      expect(await slipway.slipway(["logs", "built", "--build"])).toContain("it is ***!");
      expect(await everythingWritten()).not.toContain(MARK);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);
