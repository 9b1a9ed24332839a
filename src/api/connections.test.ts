// The handshake of connections through the API's own front door, with a provider on a port of this machine.
import { generateKeyPairSync } from "node:crypto";
import {
  CreateConnectionCommand,
  ListConnectionsCommand,
  type ProviderType,
} from "@aws-sdk/client-apprunner";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { InputOf } from "../contract/index.ts";
import { FakeProvider } from "../sources/connections/testing/fake-provider.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const SECRET = "t0ken-that-nobody-may-see";
const deployKey = generateKeyPairSync("ed25519")
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

let slipway: TestApi;
let provider: FakeProvider;

beforeEach(async () => {
  slipway = await startTestApi();
  provider = await FakeProvider.start();
});
afterEach(async () => {
  await provider.close();
  await slipway.close();
});

/** AWS's client knows only its own providers by name, and sends any. */
async function create(type: string): Promise<string> {
  const input = { ConnectionName: "mine", ProviderType: type as ProviderType };
  const reply = await slipway.client.send(new CreateConnectionCommand(input));
  return reply.Connection?.ConnectionArn ?? "";
}

const complete = (ConnectionArn: string, credential: Omit<InputOf<"CompleteConnection">, "ConnectionArn">) =>
  callOperation(slipway, "Slipway.CompleteConnection", { ConnectionArn, ...credential });
const describeOne = (ConnectionArn: string) =>
  callOperation(slipway, "Slipway.DescribeConnection", { ConnectionArn });

test.each(["GITHUB", "BITBUCKET", "GITLAB", "GITEA", "GIT"])(
  "a connection to %s can be made",
  async (type) => {
    expect(await create(type)).toContain(":connection/mine/");
    const { ConnectionSummaryList: [row] = [] } = await slipway.client.send(new ListConnectionsCommand({}));
    expect(row).toMatchObject({ ProviderType: type, Status: "PENDING_HANDSHAKE" });
  },
);

test("a provider that does not exist is refused with those that do", async () => {
  await expect(create("SVN")).rejects.toThrow(/GITHUB, GITLAB, GITEA, GIT/);
});

test("a good token makes it AVAILABLE; the token itself is shown nowhere", async () => {
  const arn = await create("GITEA");
  provider.accept("GET /api/v1/user", `token ${SECRET}`);
  const answer = await complete(arn, { ServerUrl: provider.url, Token: { Token: SECRET } });
  expect(answer).toMatchObject({ status: 200, body: { Connection: { Status: "AVAILABLE" } } });
  const described = await describeOne(arn);
  expect(described.body).toEqual({
    Connection: (answer.body as { readonly Connection: unknown }).Connection,
    ServerUrl: provider.url,
  });
  const told = JSON.stringify([answer, described, slipway.log, await slipway.store.connections.get(arn)]);
  expect(told).not.toContain(SECRET);
});

test("a bad token makes it ERROR, and DescribeConnection says why", async () => {
  const arn = await create("GITEA");
  provider.accept("GET /api/v1/user", "token another");
  const answer = await complete(arn, { ServerUrl: provider.url, Token: { Token: SECRET } });
  expect(answer).toMatchObject({ status: 200, body: { Connection: { Status: "ERROR" } } });
  expect((await describeOne(arn)).body["Problem"]).toContain("status 401");
});

test("a deploy key is taken as it is, with a remark", async () => {
  const arn = await create("GIT");
  const answer = await complete(arn, {
    ServerUrl: "ssh://git.example.com:2222",
    DeployKey: { PrivateKey: deployKey },
  });
  expect(answer).toMatchObject({ status: 200, body: { Connection: { Status: "AVAILABLE" } } });
  expect((await describeOne(arn)).body).toMatchObject({
    ServerUrl: "ssh://git.example.com:2222",
    Problem: expect.stringContaining("could not be tried"),
  });
});

test.each<[string, Omit<InputOf<"CompleteConnection">, "ConnectionArn">, string]>([
  ["no credential", {}, "exactly one"],
  ["two credentials", { Token: { Token: SECRET }, DeployKey: { PrivateKey: deployKey } }, "exactly one"],
  ["a token with a blank", { Token: { Token: `${SECRET} ` } }, "Token.Token is malformed"],
  ["a token of 5000 characters", { Token: { Token: SECRET.repeat(200) } }, "Token.Token has 5000 characters"],
  [
    "a key that is none",
    { DeployKey: { PrivateKey: SECRET } },
    "DeployKey.PrivateKey: must be a private key",
  ],
  [
    "an app whose key is none",
    { GitHubApp: { AppId: "1", InstallationId: "2", PrivateKey: SECRET } },
    "GitHubApp.PrivateKey: must be an RSA key",
  ],
  [
    "an installation that is no number",
    { GitHubApp: { AppId: "1", InstallationId: "../2", PrivateKey: SECRET } },
    "InstallationId",
  ],
  [
    "a secret in the address",
    { ServerUrl: `https://${SECRET}@git.example.com`, Token: { Token: "a" } },
    "ServerUrl",
  ],
])(
  "%s is refused, and neither the answer nor the log repeats a secret",
  async (_name, credential, message) => {
    const arn = await create("GITHUB");
    const answer = await complete(arn, credential);
    expect(answer).toMatchObject({ status: 400, body: { __type: "InvalidRequestException" } });
    expect(answer.body["Message"]).toContain(message);
    expect(JSON.stringify([answer, slipway.log])).not.toContain(SECRET);
  },
);

test("a connection that is not there is not found", async () => {
  const arn = (await create("GITHUB")).replace(/[^/]+$/, "f".repeat(32));
  const missing = { status: 400, body: { __type: "ResourceNotFoundException" } };
  expect(await complete(arn, { Token: { Token: SECRET } })).toMatchObject(missing);
  expect(await describeOne(arn)).toMatchObject(missing);
});
