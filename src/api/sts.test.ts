// STS with AWS's own client: who calls, sessions of roles, and what ends them.
import { randomBytes } from "node:crypto";
import { AppRunnerClient, DeleteServiceCommand, ListServicesCommand } from "@aws-sdk/client-apprunner";
import {
  AssumeRoleCommand,
  type AssumeRoleCommandInput,
  type Credentials,
  GetAccessKeyInfoCommand,
  GetCallerIdentityCommand,
  GetSessionTokenCommand,
  STSClient,
} from "@aws-sdk/client-sts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Role, User } from "../domain/identity.ts";
import { SealedIssuer } from "../identity/sealed-issuer.ts";
import { FakeAuditTrail } from "../ports/fake-audit-trail.ts";
import { aUser } from "./testing/identities.ts";
import { startTestApi, type TestApi, type TestKey } from "./testing/test-api.ts";

const document = (...statements: readonly object[]) => ({ Version: "2012-10-17", Statement: statements });
const allow = (Action: string, Resource = "*") => document({ Effect: "Allow", Action, Resource });
const trusting = (Principal: object, more: object = {}) =>
  JSON.stringify(document({ Effect: "Allow", Principal, Action: "sts:AssumeRole", ...more }));
const roleArn = "arn:aws:iam::000000000000:role/ops/deployer";
const aRole = (change: Partial<Role> = {}): Role => ({
  arn: roleArn,
  name: "deployer",
  path: "/ops/",
  id: "AROADEPLOYER",
  createdAtMs: 0,
  inlinePolicies: { p: JSON.stringify(allow("apprunner:*")) },
  attachedPolicyArns: [],
  status: "ACTIVE",
  description: "",
  trustPolicy: trusting({ AWS: aUser("ann").arn }),
  maxSessionSeconds: 3600,
  ...change,
});

let slipway: TestApi;
let audit: FakeAuditTrail;
let clients: { destroy(): void }[];

beforeEach(async () => {
  clients = [];
  audit = new FakeAuditTrail();
  slipway = await startTestApi({ audit });
});
afterEach(async () => {
  for (const client of clients) client.destroy();
  await slipway.close();
});

interface AnyKey extends TestKey {
  readonly token?: string | undefined;
}

function optionsOf({ id, secret, token }: AnyKey, region = "us-east-1") {
  return {
    region,
    endpoint: slipway.endpoint,
    maxAttempts: 1,
    credentials: {
      accessKeyId: id,
      secretAccessKey: secret,
      ...(token !== undefined && { sessionToken: token }),
    },
  };
}

function sts(key: AnyKey): STSClient {
  const client = new STSClient(optionsOf(key));
  clients.push(client);
  return client;
}

function apprunner(key: AnyKey): AppRunnerClient {
  const client = new AppRunnerClient(optionsOf(key));
  clients.push(client);
  return client;
}

function keyFrom(credentials: Credentials | undefined): AnyKey {
  return {
    id: credentials?.AccessKeyId ?? "",
    secret: credentials?.SecretAccessKey ?? "",
    token: credentials?.SessionToken,
  };
}

async function keyOf(user: User): Promise<TestKey> {
  await slipway.store.users.save(user);
  return slipway.keyOf(user.arn);
}

async function codeOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "done",
    (error: unknown) => (error instanceof Error ? error.name : String(error)),
  );
}

const assume = (key: AnyKey, input: Partial<AssumeRoleCommandInput> = {}) =>
  sts(key).send(new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: "ci", ...input }));

test("whoever signs may ask who they are, also who may do nothing else", async () => {
  const identity = await sts(slipway.key).send(new GetCallerIdentityCommand({}));
  expect(identity).toMatchObject({
    UserId: "000000000000",
    Account: "000000000000",
    Arn: "arn:aws:iam::000000000000:root",
  });
  const denied = document({ Effect: "Deny", Action: "*", Resource: "*" });
  const key = await keyOf(aUser("ann", { none: denied }));
  expect(await sts(key).send(new GetCallerIdentityCommand({}))).toMatchObject({
    UserId: aUser("ann").id,
    Arn: aUser("ann").arn,
  });
  expect(await codeOf(sts({ ...key, secret: "guess" }).send(new GetCallerIdentityCommand({})))).toBe(
    "SignatureDoesNotMatch",
  );
});

describe("a role", () => {
  test("is assumed by whom its trust policy names, and the session may what the role may", async () => {
    await slipway.store.roles.save(aRole());
    const answer = await assume(await keyOf(aUser("ann")));
    expect(answer).toMatchObject({
      AssumedRoleUser: {
        Arn: "arn:aws:sts::000000000000:assumed-role/deployer/ci",
        AssumedRoleId: "AROADEPLOYER:ci",
      },
      Credentials: { AccessKeyId: expect.stringMatching(/^ASIA/), Expiration: expect.any(Date) },
    });
    const session = keyFrom(answer.Credentials);
    expect(await codeOf(apprunner(session).send(new ListServicesCommand({})))).toBe("done");
    const identity = await sts(session).send(new GetCallerIdentityCommand({}));
    expect([identity.Arn, identity.UserId]).toEqual([
      "arn:aws:sts::000000000000:assumed-role/deployer/ci",
      "AROADEPLOYER:ci",
    ]);
    const kept = JSON.stringify([slipway.log, audit.records]);
    for (const secret of [session.secret, session.token ?? ""]) expect(kept).not.toContain(secret);
    expect(kept).toContain("AssumeRole");
  });

  test("that trusts the account is for those whose own policies allow it", async () => {
    await slipway.store.roles.save(
      aRole({ trustPolicy: trusting({ AWS: "arn:aws:iam::000000000000:root" }) }),
    );
    expect(await codeOf(assume(await keyOf(aUser("ann"))))).toMatch(/^AccessDenied/);
    const bob = await keyOf(aUser("bob", { p: allow("sts:AssumeRole", roleArn) }));
    expect(await codeOf(assume(bob))).toBe("done");
    expect(await codeOf(assume(slipway.key))).toBe("done");
  });

  test("is for nobody whom it does not trust, whatever their policies say, and none learn whether it is there", async () => {
    await slipway.store.roles.save(aRole());
    const eve = await keyOf(aUser("eve", { p: allow("*") }));
    const messageOf = (RoleArn: string) =>
      assume(eve, { RoleArn }).then(
        () => "done",
        (error: Error) => error.message.replace(RoleArn, "it"),
      );
    expect(await messageOf(roleArn)).toBe(
      "User: arn:aws:iam::000000000000:user/eve is not authorized to perform: sts:AssumeRole on resource: it",
    );
    expect(await messageOf(`${roleArn}s`)).toBe(await messageOf(roleArn));
  });

  test("is not for whom a policy denies it, though it names them", async () => {
    await slipway.store.roles.save(aRole());
    const denied = document({ Effect: "Deny", Action: "sts:*", Resource: "*" });
    expect(await codeOf(assume(await keyOf(aUser("ann", { denied }))))).toMatch(/^AccessDenied/);
  });

  test("may ask for an external id", async () => {
    const condition = { Condition: { StringEquals: { "sts:ExternalId": "shop-7" } } };
    await slipway.store.roles.save(aRole({ trustPolicy: trusting({ AWS: aUser("ann").arn }, condition) }));
    const ann = await keyOf(aUser("ann"));
    expect(await codeOf(assume(ann))).toMatch(/^AccessDenied/);
    expect(await codeOf(assume(ann, { ExternalId: "shop-7" }))).toBe("done");
  });

  test.each<readonly [string, object, RegExp]>([
    ["their name", { StringNotEquals: { "aws:username": "ann" } }, /^AccessDenied/],
    ["their kind", { StringEquals: { "aws:PrincipalType": "User" } }, /^done$/],
    ["their tags", { StringNotEquals: { "aws:PrincipalTag/team": "guests" } }, /^AccessDenied/],
    ["its own tags", { StringNotEquals: { "aws:ResourceTag/stage": "prod" } }, /^AccessDenied/],
  ])("may ask who the caller is, by %s", async (_name, Condition, outcome) => {
    const trustPolicy = trusting({ AWS: aUser("ann").arn }, { Condition });
    await slipway.store.roles.save(aRole({ trustPolicy }));
    await slipway.store.tags.put(aUser("ann").arn, [{ key: "team", value: "guests" }]);
    await slipway.store.tags.put(roleArn, [{ key: "stage", value: "prod" }]);
    expect(await codeOf(assume(await keyOf(aUser("ann"))))).toMatch(outcome);
  });

  test("is not for whom a policy denies roles with its tags", async () => {
    await slipway.store.roles.save(aRole());
    await slipway.store.tags.put(roleArn, [{ key: "stage", value: "prod" }]);
    const Condition = { StringEquals: { "aws:ResourceTag/stage": "prod" } };
    const denied = document({ Effect: "Deny", Action: "sts:AssumeRole", Resource: "*", Condition });
    expect(await codeOf(assume(await keyOf(aUser("ann", { denied }))))).toMatch(/^AccessDenied/);
  });

  test("may ask where the caller is", async () => {
    const from = (range: string) => ({ Condition: { IpAddress: { "aws:SourceIp": range } } });
    const ann = await keyOf(aUser("ann"));
    for (const [range, outcome] of [
      ["127.0.0.0/8", /^done$/],
      ["192.0.2.0/24", /^AccessDenied/],
    ] as const) {
      await slipway.store.roles.save(
        aRole({ trustPolicy: trusting({ AWS: aUser("ann").arn }, from(range)) }),
      );
      expect(await codeOf(assume(ann))).toMatch(outcome);
    }
  });
});

describe("a session", () => {
  test("may less with a policy of its own, and never more", async () => {
    await slipway.store.roles.save(aRole());
    const Policy = JSON.stringify(allow("apprunner:List*"));
    const { Credentials: credentials } = await assume(await keyOf(aUser("ann")), { Policy });
    const client = apprunner(keyFrom(credentials));
    expect(await codeOf(client.send(new ListServicesCommand({})))).toBe("done");
    const ServiceArn = `arn:aws:apprunner:us-east-1:000000000000:service/web/${"0".repeat(32)}`;
    expect(await codeOf(client.send(new DeleteServiceCommand({ ServiceArn })))).toBe("AccessDeniedException");
  });

  test("with the longest policy works; one that its token could not carry is refused", async () => {
    await slipway.store.roles.save(aRole());
    const ann = await keyOf(aUser("ann"));
    const Policy = JSON.stringify(allow("apprunner:List*")).padEnd(2048, "\n");
    const { Credentials: credentials } = await assume(ann, { Policy });
    expect(await codeOf(apprunner(keyFrom(credentials)).send(new ListServicesCommand({})))).toBe("done");
    expect(await codeOf(assume(ann, { Policy: `${Policy}\n` }))).toMatch(/^PackedPolicyTooLarge/);
  });

  test("that was narrowed takes no other role, though that trusts its own", async () => {
    const wide = "arn:aws:iam::000000000000:role/wide";
    await slipway.store.roles.save(aRole());
    await slipway.store.roles.save(
      aRole({ arn: wide, name: "wide", id: "AROAWIDE", trustPolicy: trusting({ AWS: roleArn }) }),
    );
    const ann = await keyOf(aUser("ann"));
    const Policy = JSON.stringify(allow("apprunner:List*"));
    const narrowed = keyFrom((await assume(ann, { Policy })).Credentials);
    expect(await codeOf(assume(narrowed, { RoleArn: wide }))).toMatch(/^AccessDenied/);
    expect(await codeOf(assume(keyFrom((await assume(ann)).Credentials), { RoleArn: wide }))).toBe("done");
  });

  test("lasts as long as the role allows, and one hour when another session asked for it", async () => {
    const trustPolicy = trusting({ AWS: [aUser("ann").arn, roleArn] });
    await slipway.store.roles.save(aRole({ maxSessionSeconds: 7200, trustPolicy }));
    const ann = await keyOf(aUser("ann"));
    expect(await codeOf(assume(ann, { DurationSeconds: 7201 }))).toBe("ValidationError");
    const { Credentials: credentials } = await assume(ann, { DurationSeconds: 7200 });
    expect(credentials?.Expiration?.getTime()).toBeGreaterThan(Date.now() + 7_190_000);
    expect(await codeOf(assume(keyFrom(credentials), { DurationSeconds: 7200 }))).toBe("ValidationError");
    expect(await codeOf(assume(keyFrom(credentials)))).toBe("done");
  });

  test("that is over is told so in each protocol's words", async () => {
    await slipway.store.roles.save(aRole());
    const old = new SealedIssuer({
      vault: slipway.vault,
      clock: { now: () => Date.now() - 3_600_000 },
      random: randomBytes,
    }).issueForRole(aRole(), { sessionName: "ci", durationSeconds: 3599 });
    const key = { id: old.accessKeyId, secret: old.secret, token: old.sessionToken };
    expect(await codeOf(sts(key).send(new GetCallerIdentityCommand({})))).toMatch(/^ExpiredToken/);
    expect(await codeOf(apprunner(key).send(new ListServicesCommand({})))).toBe("ExpiredTokenException");
  });

  test("ends with its role, also when another one gets the name", async () => {
    await slipway.store.roles.save(aRole());
    const { Credentials: credentials } = await assume(await keyOf(aUser("ann")));
    const client = apprunner(keyFrom(credentials));
    expect(await codeOf(client.send(new ListServicesCommand({})))).toBe("done");
    await slipway.store.roles.save(aRole({ id: "AROAANOTHER" }));
    expect(await codeOf(client.send(new ListServicesCommand({})))).toBe("UnrecognizedClientException");
  });

  test("asks for nothing that would be overlooked", async () => {
    await slipway.store.roles.save(aRole());
    const ann = await keyOf(aUser("ann"));
    const wishes: Partial<AssumeRoleCommandInput>[] = [
      { Tags: [{ Key: "a", Value: "b" }] },
      { TransitiveTagKeys: ["a"] },
      { SerialNumber: "arn:aws:iam::000000000000:mfa/ann", TokenCode: "123456" },
      { SourceIdentity: "ann" },
      { PolicyArns: [{ arn: "arn:aws:iam::aws:policy/AWSAppRunnerReadOnlyAccess" }] },
    ];
    for (const wish of wishes) expect(await codeOf(assume(ann, wish))).toBe("ValidationError");
    expect(await codeOf(assume(ann, { Policy: "{" }))).toMatch(/^MalformedPolicyDocument/);
    const long = JSON.stringify(allow("s3:*", `arn:aws:s3:::${"x".repeat(2048)}`));
    expect(await codeOf(assume(ann, { Policy: long }))).toMatch(/^PackedPolicyTooLarge/);
  });

  test("of one's own may what oneself may, and makes no other", async () => {
    const ann = await keyOf(
      aUser("ann", {
        p: document({ Effect: "Allow", Action: ["sts:GetSessionToken", "apprunner:List*"], Resource: "*" }),
      }),
    );
    const { Credentials: credentials } = await sts(ann).send(
      new GetSessionTokenCommand({ DurationSeconds: 900 }),
    );
    const session = keyFrom(credentials);
    expect(await codeOf(apprunner(session).send(new ListServicesCommand({})))).toBe("done");
    expect((await sts(session).send(new GetCallerIdentityCommand({}))).Arn).toBe(aUser("ann").arn);
    expect(await codeOf(sts(session).send(new GetSessionTokenCommand({})))).toBe("ValidationError");
    const row = await slipway.store.accessKeys.get(ann.id);
    if (row === null) throw new Error("no key");
    await slipway.store.accessKeys.save({ ...row, isActive: false });
    expect(await codeOf(apprunner(session).send(new ListServicesCommand({})))).toBe(
      "UnrecognizedClientException",
    );
  });
});

test("of an access key its account is told", async () => {
  const client = sts(slipway.key);
  expect((await client.send(new GetAccessKeyInfoCommand({ AccessKeyId: slipway.key.id }))).Account).toBe(
    "000000000000",
  );
  const unknown = new GetAccessKeyInfoCommand({ AccessKeyId: "AKIAAAAAAAAAAAAAAAAA" });
  expect(await codeOf(client.send(unknown))).toBe("ValidationError");
});

test("clients that sign for us-east-1 wherever they are, are understood", async () => {
  await slipway.close();
  const scope = { region: "eu-central-1", account: "000000000000" };
  slipway = await startTestApi({ scope });
  const identity = new GetCallerIdentityCommand({});
  for (const region of ["us-east-1", "eu-central-1"]) {
    const client = new STSClient(optionsOf(slipway.key, region));
    expect(await codeOf(client.send(identity))).toBe("done");
    client.destroy();
  }
  const wrong = new STSClient(optionsOf(slipway.key, "us-west-2"));
  expect(await codeOf(wrong.send(identity))).toBe("SignatureDoesNotMatch");
  wrong.destroy();
});
