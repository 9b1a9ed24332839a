// Handshakes and credentials against a provider on a port of this machine, over the real store and the real vault.
import { createVerify, generateKeyPairSync, randomBytes } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Connection, ProviderType } from "../../domain/configuration.ts";
import type { ConnectionCredential } from "../../domain/connection-credential.ts";
import { SlipwayError } from "../../domain/error.ts";
import { SourceError } from "../../ports/source-code.ts";
import type { Store } from "../../ports/store.ts";
import { SealedVault } from "../../secrets/sealed-vault.ts";
import { openSqliteStore } from "../../store/sqlite-store.ts";
import { CheckedHandshake } from "./checked-handshake.ts";
import { ConnectionCredentials } from "./connection-credentials.ts";
import { ProviderApiClient } from "./provider-api-client.ts";
import { FakeProvider } from "./testing/fake-provider.ts";

const arn = `arn:aws:apprunner:us-east-1:000000000000:connection/mine/${"c".repeat(32)}`;
const SECRET = "t0ken-that-nobody-may-see";
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const appKey = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const anApp = {
  kind: "github-app",
  appId: "12",
  installationId: "34",
  privateKey: appKey,
} as const satisfies ConnectionCredential;
const aToken = (username: string | null = null): ConnectionCredential => ({
  kind: "token",
  username,
  token: SECRET,
});
const signal = () => AbortSignal.timeout(10_000);

let nowMs: number;
let store: Store;
let provider: FakeProvider;
let handshake: CheckedHandshake;
let parts: ConstructorParameters<typeof CheckedHandshake>[0];
let credentials: ConnectionCredentials;

beforeEach(async () => {
  nowMs = 1_700_000_000_000;
  store = await openSqliteStore({ path: ":memory:" });
  provider = await FakeProvider.start();
  parts = {
    store,
    vault: new SealedVault(randomBytes(32)),
    api: new ProviderApiClient({ ownPorts: [], allowPlainHttp: true }),
    clock: { now: () => nowMs },
  };
  handshake = new CheckedHandshake(parts);
  credentials = new ConnectionCredentials(parts);
});
afterEach(async () => {
  await provider.close();
  await store.close();
});

async function aConnection(providerType: ProviderType): Promise<void> {
  const connection: Connection = {
    arn,
    name: "mine",
    providerType,
    status: "PENDING_HANDSHAKE",
    createdAtMs: 0,
  };
  await store.connections.save(connection);
}

const complete = (credential: ConnectionCredential, serverUrl: string | null = provider.url) =>
  handshake.complete({ connectionArn: arn, serverUrl, credential }, signal());

async function refusal(call: Promise<unknown>): Promise<Error> {
  const error: unknown = await call.then(
    () => "accepted",
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof Error)) throw new Error(`expected a refusal, got ${String(error)}`);
  return error;
}

/** As GitHub gives them: an hour each. */
function giveAppTokens(): void {
  let count = 0;
  provider.answers.set("POST /api/v3/app/installations/34/access_tokens", () => ({
    status: 201,
    body: { token: `ghs_${++count}`, expires_at: new Date(nowMs + 3_600_000).toISOString() },
  }));
  provider.answers.set("GET /api/v3/installation/repositories?per_page=1", ({ authorization }) => ({
    status: authorization.startsWith("Bearer ghs_") ? 200 : 401,
  }));
}

describe("A handshake with a token", () => {
  it.each<[ProviderType, string, string, string]>([
    ["GITHUB", "GET /api/v3/user", `Bearer ${SECRET}`, "x-access-token"],
    ["GITLAB", "GET /api/v4/user", `Bearer ${SECRET}`, "oauth2"],
    ["GITEA", "GET /api/v1/user", `token ${SECRET}`, "oauth2"],
    ["BITBUCKET", "GET /2.0/user", `Bearer ${SECRET}`, "x-token-auth"],
  ])("asks %s who it is, and is then AVAILABLE", async (type, call, authorization, username) => {
    await aConnection(type);
    provider.accept(call, authorization);
    const completed = await complete(aToken());
    expect(completed).toMatchObject({ status: "AVAILABLE", serverUrl: provider.url });
    expect(completed).not.toHaveProperty("problem");
    expect(JSON.stringify(await store.connections.get(arn))).not.toContain(SECRET);
    expect(await credentials.forConnection(arn, signal())).toEqual({
      kind: "password",
      username,
      password: SECRET,
      origin: provider.url,
    });
  });

  it("takes a user name where one belongs to it", async () => {
    await aConnection("BITBUCKET");
    provider.accept("GET /2.0/user", `Basic ${Buffer.from(`ada:${SECRET}`).toString("base64")}`);
    expect(await complete(aToken("ada"))).toMatchObject({ status: "AVAILABLE" });
    expect(await credentials.forConnection(arn, signal())).toMatchObject({ username: "ada" });
  });

  it("that is not known ends in ERROR with the reason, keeps no credential and never says the token", async () => {
    await aConnection("GITHUB");
    provider.accept("GET /api/v3/user", "Bearer another");
    const completed = await complete(aToken());
    expect(completed).toMatchObject({ status: "ERROR", problem: expect.stringContaining("status 401") });
    expect(completed).not.toHaveProperty("sealedCredential");
    expect(JSON.stringify(completed)).not.toContain(SECRET);
    const error = await refusal(credentials.forConnection(arn, signal()));
    expect(error).toBeInstanceOf(SourceError);
    expect(error).toMatchObject({ problem: "unauthorized" });
  });

  it("that may not say whose it is counts, with a remark", async () => {
    await aConnection("GITLAB");
    provider.answers.set("GET /api/v4/user", () => ({ status: 403 }));
    expect(await complete(aToken())).toMatchObject({
      status: "AVAILABLE",
      problem: expect.stringContaining("does not let it say whose it is"),
    });
  });

  it("ends in ERROR when nobody is there, and works when tried again", async () => {
    await aConnection("GITEA");
    const { url } = provider;
    await provider.close();
    expect(await complete(aToken(), url)).toMatchObject({ status: "ERROR", problem: expect.any(String) });
    provider = await FakeProvider.start();
    provider.accept("GET /api/v1/user", `token ${SECRET}`);
    const again = await complete(aToken());
    expect(again).toMatchObject({ status: "AVAILABLE" });
    expect(again).not.toHaveProperty("problem");
  });

  it("that is refused does not take away one that works", async () => {
    await aConnection("GITHUB");
    provider.accept("GET /api/v3/user", `Bearer ${SECRET}`);
    await complete(aToken());
    const typo: ConnectionCredential = { kind: "token", username: null, token: "typo-of-mine" };
    const error = await refusal(complete(typo));
    expect(error).toBeInstanceOf(SlipwayError);
    expect(error.message).not.toContain("typo-of-mine");
    expect(await credentials.forConnection(arn, signal())).toMatchObject({ password: SECRET });
  });

  it("for a host without an API is AVAILABLE with a remark", async () => {
    await aConnection("GIT");
    expect(await complete(aToken("me"), "https://git.example.com/team/")).toMatchObject({
      status: "AVAILABLE",
      serverUrl: "https://git.example.com/team",
      problem: expect.stringContaining("could not be tried"),
    });
    expect(await credentials.forConnection(arn, signal())).toMatchObject({
      origin: "https://git.example.com",
    });
    expect(provider.requests).toEqual([]);
  });
});

describe("A handshake", () => {
  it.each<[string, ConnectionCredential, string | null, string]>([
    ["no address for a host that has none", aToken(), null, "ServerUrl: must be given"],
    [
      "a password in the address",
      aToken(),
      `https://me:${SECRET}@git.example.com`,
      "ServerUrl: must not hold",
    ],
    ["a path", aToken(), "/srv/git", "ServerUrl: must be an address"],
    ["an address that asks", aToken(), "https://git.example.com/?a=b", "ServerUrl: must be scheme"],
    ["ssh for a token", aToken(), "ssh://git.example.com", "ServerUrl: must begin with https://"],
    ["an app elsewhere than at GitHub", anApp, "https://git.example.com", "GitHubApp: is for GITHUB only"],
  ])("refuses %s without repeating it", async (_name, credential, serverUrl, message) => {
    await aConnection("GIT");
    const error = await refusal(complete(credential, serverUrl));
    expect(error).toMatchObject({ entry: "InvalidParameter" });
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(SECRET);
    expect(await store.connections.get(arn)).toMatchObject({ status: "PENDING_HANDSHAKE" });
  });

  it("of a connection that was deleted meanwhile leaves nothing behind", async () => {
    await aConnection("GITHUB");
    provider.answers.set("GET /api/v3/user", () => {
      void store.connections.remove(arn);
      return { status: 200 };
    });
    expect(await refusal(complete(aToken()))).toMatchObject({ entry: "NoSuchResource" });
    expect(await store.connections.get(arn)).toBeNull();
  });

  it("sends no credential over http unless that is permitted", async () => {
    await aConnection("GITEA");
    provider.accept("GET /api/v1/user", `token ${SECRET}`);
    const strict = new CheckedHandshake({
      ...parts,
      api: new ProviderApiClient({ ownPorts: [], allowPlainHttp: false }),
    });
    const request = { connectionArn: arn, serverUrl: provider.url, credential: aToken() };
    expect(await strict.complete(request, signal())).toMatchObject({
      status: "ERROR",
      problem: expect.stringContaining("SLIPWAY_GIT_OVER_HTTP"),
    });
    expect(provider.requests).toEqual([]);
  });

  it("never sends a credential to the metadata service of a cloud", async () => {
    await aConnection("GITEA");
    expect(await complete(aToken(), "http://169.254.169.254")).toMatchObject({
      status: "ERROR",
      problem: expect.stringContaining("169.254.169.254"),
    });
  });
});

describe("A deploy key", () => {
  const aKey: ConnectionCredential = { kind: "deploy-key", privateKey: "a key", knownHosts: "a line" };

  it.each([
    ["ssh://git.example.com", "git.example.com:22"],
    ["ssh://git.example.com:2222", "git.example.com:2222"],
    ["https://git.example.com:8443", "git.example.com:22"],
  ])("for %s opens %s by ssh, unchecked", async (serverUrl, host) => {
    await aConnection("GIT");
    expect(await complete(aKey, serverUrl)).toMatchObject({
      status: "AVAILABLE",
      problem: expect.stringContaining("could not be tried"),
    });
    expect(await credentials.forConnection(arn, signal())).toEqual({
      kind: "ssh-key",
      privateKey: "a key",
      knownHosts: "a line",
      host,
    });
    expect(await credentials.apiAccess(arn, signal())).toBeNull();
  });

  it("goes to the provider's own host when none is named", async () => {
    await aConnection("GITHUB");
    await complete(aKey, null);
    expect(await credentials.forConnection(arn, signal())).toMatchObject({ host: "github.com:22" });
  });
});

describe("A GitHub App", () => {
  const askedForTokens = () => provider.requests.filter(({ method }) => method === "POST");

  it("shows a note that only its key can have signed, and looks at the installation's repositories", async () => {
    await aConnection("GITHUB");
    giveAppTokens();
    expect(await complete(anApp)).toMatchObject({ status: "AVAILABLE" });
    const [head = "", claims = "", signature = ""] =
      askedForTokens()[0]?.authorization.replace("Bearer ", "").split(".") ?? [];
    const isGenuine = createVerify("sha256")
      .update(`${head}.${claims}`)
      .verify(publicKey, Buffer.from(signature, "base64url"));
    expect(isGenuine).toBe(true);
    expect(JSON.parse(Buffer.from(head, "base64url").toString())).toEqual({ alg: "RS256", typ: "JWT" });
    expect(JSON.parse(Buffer.from(claims, "base64url").toString())).toEqual({
      iss: "12",
      iat: nowMs / 1000 - 60,
      exp: nowMs / 1000 + 540,
    });
  });

  it("has one token for all who ask, until shortly before it ends", async () => {
    await aConnection("GITHUB");
    giveAppTokens();
    await complete(anApp);
    provider.requests.length = 0;
    const all = await Promise.all([1, 2, 3].map(() => credentials.forConnection(arn, signal())));
    expect(new Set(all.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(all[0]).toMatchObject({ kind: "password", username: "x-access-token", origin: provider.url });
    expect(askedForTokens()).toHaveLength(1);
    nowMs += 54 * 60_000;
    await credentials.forConnection(arn, signal());
    expect(askedForTokens()).toHaveLength(1);
    nowMs += 2 * 60_000;
    await credentials.forConnection(arn, signal());
    expect(askedForTokens()).toHaveLength(2);
  });

  it("is asked again after a failure, and another credential has a token of its own", async () => {
    await aConnection("GITHUB");
    giveAppTokens();
    await complete(anApp);
    provider.requests.length = 0;
    provider.answers.set("POST /api/v3/app/installations/34/access_tokens", () => ({ status: 502 }));
    expect(await refusal(credentials.forConnection(arn, signal()))).toMatchObject({ problem: "unreachable" });
    giveAppTokens();
    const first = await credentials.forConnection(arn, signal());
    await complete(anApp);
    expect(await credentials.forConnection(arn, signal())).not.toEqual(first);
  });

  it("with something else than an RSA key is refused before anybody is asked", async () => {
    await aConnection("GITHUB");
    const error = await refusal(complete({ ...anApp, privateKey: SECRET }));
    expect(error.message).toBe("GitHubApp.PrivateKey: must be an RSA key in PEM form, as GitHub gives it");
    expect(provider.requests).toEqual([]);
  });
});

describe("A credential", () => {
  it("of a connection that is gone, pending or sealed elsewhere cannot be used, with what to do", async () => {
    expect(await refusal(credentials.forConnection(arn, signal()))).toMatchObject({
      problem: "unauthorized",
    });
    await aConnection("GITHUB");
    expect((await refusal(credentials.forConnection(arn, signal()))).message).toContain("PENDING_HANDSHAKE");
    provider.accept("GET /api/v3/user", `Bearer ${SECRET}`);
    const completed = await complete(aToken());
    const other = arn.replace("mine", "other");
    await store.connections.save({ ...completed, arn: other, name: "other" });
    const error = await refusal(credentials.forConnection(other, signal()));
    expect(error.message).toContain("cannot be opened");
  });
});
