// The instance door over real sockets: instances of a service with a role, on addresses of loopback.
import { createSecretKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { AppRunnerClient, ListServicesCommand } from "@aws-sdk/client-apprunner";
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Instance } from "../../domain/instance.ts";
import { KeyedInstanceTokens } from "../../identity/keyed-instance-tokens.ts";
import { SealedIssuer } from "../../identity/sealed-issuer.ts";
import { StoreCredentials } from "../../identity/store-credentials.ts";
import type { Authorizer } from "../../ports/authorizer.ts";
import { FakeAuditTrail } from "../../ports/fake-audit-trail.ts";
import { aService, makeService } from "../testing/requests.ts";
import { aServiceRole } from "../testing/service-roles.ts";
import { callOperation } from "../testing/slipway-call.ts";
import { startTestApi, type TestApi, testScope } from "../testing/test-api.ts";
import { InstanceDoor } from "./instance-door.ts";

const ADDRESS = "127.0.0.1";
const OTHER_ADDRESS = "127.0.0.2";
const ID = "a".repeat(32);
const role = aServiceRole("shop", "instance");
const tokens = new KeyedInstanceTokens(createSecretKey(Buffer.alloc(32, 7)));
const clock = { now: () => Date.now() };

/** Root may all, the role may read secrets. */
const authorizer: Authorizer = {
  decide: ({ principal, action }) =>
    Promise.resolve({
      isAllowed: principal.kind === "root" || action === "secretsmanager:GetSecretValue",
      reason: "no identity-based policy allows the action",
    }),
  decideForRole: () => Promise.resolve({ isAllowed: false, reason: "" }),
};

let slipway: TestApi;
let audit: FakeAuditTrail;
let door: InstanceDoor;
let port: number;
let serviceId: string;

beforeEach(async () => {
  audit = new FakeAuditTrail();
  slipway = await startTestApi({ authorizer, audit });
  const { store, vault } = slipway;
  await store.roles.save(role);
  const input = { ...aService(), InstanceConfiguration: { InstanceRoleArn: role.arn } };
  serviceId = (await makeService(slipway, input)).ServiceId ?? "";
  await addInstance(serviceId, {});
  door = new InstanceDoor({
    dispatcher: () => slipway.api.dispatcher,
    store,
    tokens,
    issuer: new SealedIssuer({ vault, clock, random: randomBytes }),
    credentials: new StoreCredentials({ store, vault, scope: testScope, clock }),
    logger: {
      info: () => undefined,
      error: () => undefined,
      debug: () => undefined,
      isLevelEnabled: () => false,
    },
    newRequestId: () => "11111111-1111-1111-1111-111111111111",
    // What was asked too much stays too much, however slow this machine is.
    now: () => 0,
  });
  ({ port } = await door.listen(ADDRESS));
});

afterEach(async () => {
  door.close();
  await slipway.close();
});

/** Of release 1, which is made of what the service has. */
async function addInstance(ofService: string, change: Partial<Instance>): Promise<void> {
  const { store } = slipway;
  const service = await store.services.get(ofService);
  if (service === null) throw new Error("no service");
  await store.releases.save({
    serviceId: ofService,
    number: 1,
    operationId: "0".repeat(32),
    imageId: "sha256:1",
    imageDigest: null,
    configuration: service.configuration,
    scale: { minSize: 1, maxSize: 1, maxConcurrency: 1 },
    createdAtMs: 1,
  });
  await store.instances.save({
    id: ID,
    serviceId: ofService,
    releaseNumber: 1,
    colour: "blue",
    state: "ready",
    address: ADDRESS,
    port: 8080,
    startReason: "deployment",
    endReason: null,
    exitCode: null,
    isOutOfMemory: false,
    createdAtMs: 1,
    readyAtMs: 1,
    drainingSinceMs: null,
    stoppedAtMs: null,
    ...change,
  });
}

interface Ask {
  readonly method?: string;
  readonly path?: string;
  readonly token?: string | undefined;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Record<string, string>;
}

async function ask({
  method = "GET",
  path = "/v1/credentials",
  token,
  from,
  headers,
  body,
}: Ask): Promise<Answer> {
  const call = request({
    host: ADDRESS,
    port,
    method,
    path,
    localAddress: from ?? ADDRESS,
    headers: { ...headers, ...(token !== undefined && { authorization: token }) },
    agent: false,
  });
  call.end(body);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const text = Buffer.concat(await response.toArray()).toString();
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    body: JSON.parse(text) as Record<string, string>,
  };
}

const mine = () => ask({ token: tokens.tokenOf(ID) });

async function sdkSettings() {
  const { body } = await mine();
  return {
    region: testScope.region,
    endpoint: `http://${ADDRESS}:${port}`,
    maxAttempts: 1,
    credentials: {
      accessKeyId: body["AccessKeyId"] ?? "",
      secretAccessKey: body["SecretAccessKey"] ?? "",
      sessionToken: body["Token"] ?? "",
    },
  };
}

describe("credentials", () => {
  test("are an hour's, of the service's role, for whoever shows the instance's token from its address", async () => {
    const { status, headers, body } = await mine();
    expect(status).toBe(200);
    expect(headers["cache-control"]).toBe("no-store");
    expect(body).toMatchObject({ RoleArn: role.arn, AccessKeyId: expect.stringMatching(/^ASIA/) as string });
    const leftMs = Date.parse(body["Expiration"] ?? "") - Date.now();
    expect(leftMs).toBeGreaterThan(3_590_000);
    expect(leftMs).toBeLessThanOrEqual(3_600_000);
  });

  test.each<[string, Ask]>([
    ["no token", {}],
    ["an empty one", { token: "" }],
    ["another instance's token", { token: tokens.tokenOf("b".repeat(32)) }],
    ["a bearer", { token: `Bearer ${tokens.tokenOf(ID)}` }],
    ["the right token from elsewhere", { token: tokens.tokenOf(ID), from: OTHER_ADDRESS }],
  ])("are refused for %s, in the same words", async (_what, wrong) => {
    const { status, body } = await ask(wrong);
    expect([status, body["Code"]]).toEqual([403, "AccessDenied"]);
    expect(body["Message"]).toBe("This is not for you: the token or credentials are not yours.");
  });

  test.each<[string, Partial<Instance>, number]>([
    ["ended", { state: "failed" }, 403],
    ["was stopped", { state: "stopped" }, 403],
    ["is not on record with its address yet", { state: "starting", address: null }, 503],
    ["drains", { state: "draining" }, 200],
    ["is idle", { state: "idle" }, 200],
  ])("of an instance that %s", async (_what, change, status) => {
    await addInstance(serviceId, change);
    expect((await mine()).status).toBe(status);
  });

  test("end with the role, and with its trust", async () => {
    await slipway.store.roles.save({ ...role, trustPolicy: aServiceRole("x", "access").trustPolicy });
    expect(await mine()).toMatchObject({
      status: 403,
      body: { Message: expect.stringMatching(/does not trust/) as string },
    });
    await slipway.store.roles.remove(role.arn);
    expect(await mine()).toMatchObject({ status: 404, body: { Code: "NoSuchRole" } });
  });

  test("are not for services without a role", async () => {
    const { ServiceId: plain = "" } = await makeService(slipway, aService("plain"));
    await addInstance(plain, { id: "c".repeat(32) });
    expect((await ask({ token: tokens.tokenOf("c".repeat(32)) })).status).toBe(403);
  });
});

describe("calls", () => {
  test("are the role's: allowed and denied as everywhere, and audited with role and instance", async () => {
    const root = new SecretsManagerClient({
      region: testScope.region,
      endpoint: slipway.endpoint,
      credentials: { accessKeyId: slipway.key.id, secretAccessKey: slipway.key.secret },
    });
    await root.send(new CreateSecretCommand({ Name: "db", SecretString: "pw" }));
    const settings = await sdkSettings();
    const secrets = new SecretsManagerClient(settings);
    const { SecretString } = await secrets.send(new GetSecretValueCommand({ SecretId: "db" }));
    expect(SecretString).toBe("pw");
    const denied = new AppRunnerClient(settings).send(new ListServicesCommand({}));
    await expect(denied).rejects.toMatchObject({
      name: "AccessDeniedException",
      message: expect.stringContaining(`arn:aws:sts::000000000000:assumed-role/shop/${ID}`) as string,
    });
    expect(JSON.stringify(audit)).toContain(`assumed-role/shop/${ID}`);
  });

  test("with a user's or root's key are refused, though they are right", async () => {
    const credentials = { accessKeyId: slipway.key.id, secretAccessKey: slipway.key.secret };
    const client = new AppRunnerClient({ ...(await sdkSettings()), credentials });
    await expect(client.send(new ListServicesCommand({}))).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("with another instance's credentials are refused", async () => {
    const settings = await sdkSettings();
    await addInstance(serviceId, { address: OTHER_ADDRESS });
    const client = new SecretsManagerClient(settings);
    const read = client.send(new GetSecretValueCommand({ SecretId: "db" }));
    await expect(read).rejects.toMatchObject({ name: "AccessDenied" });
  });

  test("with a session of the console are refused, though it holds", async () => {
    const { body: link } = await callOperation(slipway, "Slipway.CreateSignInLink", {});
    const origin = slipway.endpoint;
    const signedIn = await fetch(`${origin}/session`, {
      method: "POST",
      headers: { "content-type": "application/json", origin },
      body: JSON.stringify({ link: String(link["Url"]).split("#link=")[1] }),
    });
    const headers = {
      host: new URL(origin).host,
      origin,
      cookie: signedIn.headers.getSetCookie()[0]?.split(";", 1)[0] ?? "",
      "x-slipway-csrf": ((await signedIn.json()) as { readonly csrfToken: string }).csrfToken,
      "x-amz-target": "AppRunner.ListServices",
      "content-type": "application/x-amz-json-1.0",
    };
    const call = { method: "POST", headers, body: "{}" };
    expect((await fetch(origin, call)).status).toBe(200);
    expect((await ask({ ...call, path: "/", body: Buffer.from("{}") })).status).toBe(403);
  });

  test("that nobody signed are the API's to refuse", async () => {
    const headers = {
      "x-amz-target": "AppRunner.ListServices",
      "content-type": "application/x-amz-json-1.0",
    };
    const { body } = await ask({ method: "POST", path: "/", headers, body: Buffer.from("{}") });
    expect(body["__type"]).toMatch(/MissingAuthenticationToken/);
  });
});

describe("nothing else is there", () => {
  test.each([
    ["GET", "/"],
    ["GET", "/health"],
    ["GET", "/metrics"],
    ["POST", "/webhooks/abc"],
    ["GET", "/git/web.git/info/refs"],
    ["POST", "/v1/credentials"],
    ["PUT", "/"],
  ])("%s %s", async (method, path) => {
    expect((await ask({ method, path, token: tokens.tokenOf(ID) })).status).toBe(404);
  });
});

describe("a hostile instance", () => {
  test("is told to slow down, while another is served", async () => {
    const answers: number[] = [];
    for (let count = 0; count < 80; count++) answers.push((await mine()).status);
    expect(answers.filter((status) => status === 429)).toHaveLength(20);
    expect((await ask({ from: OTHER_ADDRESS })).status).toBe(403);
  });

  test("is told so as SDKs understand it, and loses its connection: new ones are counted by the kernel", async () => {
    const headers = {
      connection: "keep-alive",
      "x-amz-target": "secretsmanager.GetSecretValue",
      "content-type": "application/x-amz-json-1.1",
    };
    const call = { method: "POST", path: "/", headers, body: Buffer.from("{}") };
    let answer = await ask(call);
    for (let count = 0; count < 80 && answer.body["__type"] !== "ThrottlingException"; count++) {
      expect(answer.headers.connection).not.toBe("close");
      answer = await ask(call);
    }
    expect(answer.body["__type"]).toBe("ThrottlingException");
    expect(answer.headers.connection).toBe("close");
  });

  test("has no bodies of any size", async () => {
    const { status } = await ask({ method: "POST", path: "/", headers: { "content-length": "131073" } });
    expect(status).toBe(413);
  });

  test("has no more than its share of connections", async () => {
    const sockets = await Promise.all(
      Array.from({ length: 70 }, async () => {
        const socket = connect({ host: ADDRESS, port, localAddress: ADDRESS });
        socket.on("error", () => undefined);
        await once(socket, "connect");
        return socket;
      }),
    );
    try {
      await expect.poll(() => sockets.filter(({ readyState }) => readyState === "open").length).toBe(64);
      expect((await ask({ from: OTHER_ADDRESS })).status).toBe(403);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  });
});
