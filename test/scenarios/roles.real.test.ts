/**
 * Roles of services: an application with AWS's SDK, unchanged, reads through its role what that allows and nothing else;
 * nobody else gets anything from the instance door; all of it also after the control plane was killed.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { CreateServiceCommand, StartDeploymentCommand } from "@aws-sdk/client-apprunner";
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import {
  CreateSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clearUp } from "../support/clear-up.ts";
import { buildTestImages, type TestImages } from "../support/images/build.ts";
import { Installation } from "../support/installation.ts";
import { buildRoleAppImage, ROLE_APP_COMMAND, type RoleAppImage } from "../support/role-app-image.ts";
import {
  describeOperation,
  listOperations,
  liveInstances,
  sdk,
  type ServiceView,
  waitForStatus,
} from "../support/service.ts";
import { waitFor } from "../support/wait-for.ts";

const run = promisify(execFile);
const TASKS = "tasks.apprunner.amazonaws.com";
const DOOR = "http://169.254.170.2/v1/credentials";

let slipway: Installation;
let images: TestImages;
let app: RoleAppImage;
let secrets: SecretsManagerClient;
let iam: IAMClient;
let mine: string;
let foreign: string;
/** With a role that may read `mine`, with one that may read nothing, without one. */
let shop: ServiceView;
let other: ServiceView;
let plain: ServiceView;

beforeAll(async () => {
  images = await buildTestImages();
  app = await buildRoleAppImage(images.app);
  slipway = await Installation.create({ program: "test/support/crashing-serve" });
  await slipway.start();
  const settings = {
    endpoint: `http://127.0.0.1:${slipway.apiPort}`,
    region: "us-east-1",
    credentials: slipway.credentials(),
  };
  secrets = new SecretsManagerClient(settings);
  iam = new IAMClient(settings);
  mine = await aSecret("shop/db", "first");
  foreign = await aSecret("other/db", "not yours");
  const reads = { Effect: "Allow", Action: "secretsmanager:GetSecretValue", Resource: mine };
  const [shopRole, otherRole] = await Promise.all([aRole("shop", [reads]), aRole("other", [])]);
  [shop, other, plain] = await Promise.all([
    create("shop", { role: shopRole, secrets: { DB: mine } }),
    create("other", { role: otherRole }),
    create("plain", {}),
  ]);
  for (const { ServiceArn } of [shop, other, plain]) await waitForStatus(slipway, ServiceArn, "RUNNING");
}, 120_000);

afterAll(async () => {
  await clearUp(
    () => secrets.destroy(),
    () => iam.destroy(),
    () => slipway.remove(),
    () => app.remove(),
    () => images.remove(),
  );
});

async function aSecret(name: string, value: string): Promise<string> {
  const { ARN } = await secrets.send(new CreateSecretCommand({ Name: name, SecretString: value }));
  return ARN ?? "";
}

async function aRole(name: string, statements: readonly object[]): Promise<string> {
  const trust = { Effect: "Allow", Principal: { Service: TASKS }, Action: "sts:AssumeRole" };
  const document = (Statement: readonly object[]) => JSON.stringify({ Version: "2012-10-17", Statement });
  const { Role: role } = await iam.send(
    new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: document([trust]) }),
  );
  if (statements.length > 0) {
    const PolicyDocument = document(statements);
    await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: "reads", PolicyDocument }));
  }
  return role?.Arn ?? "";
}

interface Wish {
  readonly role?: string;
  readonly secrets?: Readonly<Record<string, string>>;
}

async function create(name: string, { role, secrets: references }: Wish): Promise<ServiceView> {
  const { Service: service } = await sdk(slipway).send(
    new CreateServiceCommand({
      ServiceName: name,
      SourceConfiguration: {
        AutoDeploymentsEnabled: false,
        ImageRepository: {
          ImageIdentifier: app.name,
          ImageRepositoryType: "ECR_PUBLIC",
          ImageConfiguration: {
            Port: "8080",
            StartCommand: ROLE_APP_COMMAND,
            RuntimeEnvironmentSecrets: references,
          },
        },
      },
      InstanceConfiguration: { InstanceRoleArn: role },
      HealthCheckConfiguration: { Protocol: "TCP", Interval: 1, Timeout: 1 },
      Tags: [{ Key: "slipway:restart-on-rotate", Value: "on" }],
    }),
  );
  return service as ServiceView;
}

type Reply = Readonly<Record<string, unknown>>;

async function ask(
  service: ServiceView,
  path: string,
  query: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const { body } = await slipway.fetch(
    service.ServiceUrl,
    `${path}?${new URLSearchParams(query).toString()}`,
  );
  return JSON.parse(body) as Reply;
}

it("an unchanged SDK reads what the role allows, and is denied the rest in its name", async () => {
  expect(await ask(shop, "/secret", { id: "shop/db" })).toEqual({ value: "first" });
  const [instance] = await liveInstances(slipway, shop.ServiceArn);
  expect(await ask(shop, "/secret", { id: foreign })).toMatchObject({
    error: "AccessDeniedException",
    message: expect.stringContaining(`:assumed-role/shop/${instance?.InstanceId}`) as string,
  });
  expect(await ask(other, "/secret", { id: mine })).toMatchObject({ error: "AccessDeniedException" });
});

it("nobody else gets anything from the door", async () => {
  const { token } = await ask(shop, "/token");
  const shown = { url: DOOR, token: String(token) };
  expect(await ask(shop, "/knock", shown)).toEqual({ status: 200 });
  // Another service's instance, with the stolen token.
  expect(await ask(other, "/knock", shown)).toEqual({ status: 403 });
  expect(await ask(plain, "/knock", shown)).toEqual({ code: "ECONNREFUSED" });
  expect(await ask(plain, "/token")).toEqual({});
  expect(await ask(shop, "/knock", { url: "http://169.254.170.2/", token: "" })).toEqual({ status: 404 });
  expect(await ask(plain, "/secret", { id: mine })).not.toHaveProperty("value");
});

it("the control plane may be killed: instances keep their door, and nothing of a token is in its log", async () => {
  const { token } = await ask(shop, "/token");
  await slipway.kill();
  await slipway.start();
  const reads = async () => (await ask(shop, "/secret", { id: mine, fresh: "yes" }))["value"] === "first";
  await waitFor(reads, { what: "credentials after the restart", timeoutMs: 15_000 });
  expect(await ask(shop, "/secret", { id: mine })).toEqual({ value: "first" });
  const { stdout } = await run("grep", ["-rlF", "--", String(token), slipway.stateDirectory]).catch(
    (error: unknown) => error as { readonly stdout: string },
  );
  expect(stdout).toBe("");
});

it("new values are deployed by themselves, though the control plane was killed between", async () => {
  await secrets.send(new PutSecretValueCommand({ SecretId: mine, SecretString: "second" }));
  await slipway.kill();
  await slipway.start();
  const isDeployed = async () => (await ask(shop, "/environment"))["db"] === "second";
  await waitFor(isDeployed, { what: "a deployment with the new value", timeoutMs: 30_000 });
  await waitForStatus(slipway, shop.ServiceArn, "RUNNING");
  const [newest] = await listOperations(slipway, shop.ServiceArn);
  const operation = await describeOperation(slipway, shop.ServiceArn, newest?.Id ?? "");
  expect(operation.Trigger).toEqual({ By: "rotation", Version: "DB" });
});

it("a deployment fails with the secret, the role and the action that it lacks", async () => {
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: "shop",
      PolicyName: "reads",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: { Effect: "Allow", Action: "ssm:*", Resource: "*" },
      }),
    }),
  );
  const command = new StartDeploymentCommand({ ServiceArn: shop.ServiceArn });
  const { OperationId: id = "" } = await sdk(slipway).send(command);
  await waitForStatus(slipway, shop.ServiceArn, "RUNNING");
  const { Cause: cause } = await describeOperation(slipway, shop.ServiceArn, id);
  expect(cause?.Message).toContain(
    `arn:aws:iam::000000000000:role/shop is not authorized to perform: secretsmanager:GetSecretValue on resource: ${mine}`,
  );
});
