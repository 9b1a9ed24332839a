// Every operation of the API, walked through the real dispatcher with handlers that only remember that they ran.
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { operations, type ContractOperation } from "../contract/index.ts";
import { builtinPolicies } from "../domain/policy/builtin-policies.ts";
import { compilePolicy } from "../domain/policy/compiled-policy.ts";
import { evaluate } from "../domain/policy/evaluate.ts";
import { StoreAuthorizer } from "../identity/store-authorizer.ts";
import { StoreCredentials } from "../identity/store-credentials.ts";
import { askedResources } from "./authorization.ts";
import { createDispatcher, type Dispatcher } from "./dispatch.ts";
import type { HandlerContext, Handlers } from "./handler.ts";
import { aUser } from "./testing/identities.ts";
import { operationInputs, sampleServiceArn } from "./testing/operation-inputs.ts";
import { call, sign, toSignedRequest } from "./testing/signed-request.ts";
import { startTestApi, type TestApi, type TestKey, testIds, testScope } from "./testing/test-api.ts";

const guest = "arn:aws:iam::000000000000:user/guest";
/** They ask nothing, or ask themselves; see identity-rules.ts. */
const ASKING_THEMSELVES = new Set([
  "sts:AssumeRole",
  "sts:GetCallerIdentity",
  "sts:GetSessionToken",
  "slipway:CheckPermissions",
  "slipway:CreateSignInLink",
  "kms:ReEncrypt",
]);
const asked = operations.filter(({ action }) => !ASKING_THEMSELVES.has(action));

let slipway: TestApi;
let dispatcher: Dispatcher;
let guestKey: TestKey;
let ran: string[];

beforeAll(async () => {
  slipway = await startTestApi();
  const { store, vault } = slipway;
  const clock = { now: () => Date.now(), sleep: () => Promise.resolve() };
  const context = {
    store,
    clock,
    scope: testScope,
    ids: testIds,
    authorizer: new StoreAuthorizer({ store, scope: testScope }),
  } as unknown as HandlerContext;
  const credentials = new StoreCredentials({ store, vault, scope: testScope, clock });
  dispatcher = createDispatcher({
    context,
    handlers: rememberingHandlers(),
    authentication: {
      verifier: { region: testScope.region, credentials, now: clock.now },
      sessions: { find: () => Promise.resolve(null), look: () => Promise.resolve(null) },
      publicUrl: { protocol: "http:", host: "127.0.0.1" } as never,
    },
    logger: { info: () => {}, error: () => {}, debug: () => {}, isLevelEnabled: () => false },
    auditor: { record: () => Promise.resolve() },
  });
  await store.users.save(aUser("guest"));
  guestKey = await slipway.keyOf(guest);
});
afterAll(() => slipway.close());

function rememberingHandlers(): Handlers {
  ran = [];
  const entries = operations.map(({ name }) => {
    const handler = () => {
      ran.push(name);
      return Promise.resolve({});
    };
    return [name, handler] as const;
  });
  return Object.fromEntries(entries) as unknown as Handlers;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function answer({ name, target }: ContractOperation, key: TestKey): Promise<Answer> {
  const signed = await sign(call(target, operationInputs[name]), key);
  const reply = await dispatcher.handle(toSignedRequest(signed));
  if (!("body" in reply)) throw new Error("a stream");
  return { status: reply.status, text: Buffer.from(reply.body as Uint8Array).toString() };
}

/** What the guest may, from the next call on. */
async function give(...statements: readonly object[]): Promise<void> {
  const document = { Version: "2012-10-17", Statement: statements };
  await slipway.store.users.save(aUser("guest", statements.length === 0 ? {} : { own: document }));
}

async function arnsOf({ name, action }: ContractOperation): Promise<readonly string[]> {
  const caller = {
    kind: "user",
    arn: guest,
    userArn: guest,
    userId: "AIDAGUEST",
    accessKeyId: null,
  } as const;
  const request = { operation: { name, action }, value: operationInputs[name], caller };
  return (await askedResources(request, { store: slipway.store, scope: testScope })).map(({ arn }) => arn);
}

function expectRefused(operation: ContractOperation, { status, text }: Answer, why: string): void {
  expect([operation.target, status, text]).toEqual([operation.target, 403, expect.any(String)]);
  const { __type: type, Message, message = Message } = JSON.parse(text) as Record<string, string>;
  expect([operation.target, type]).toEqual([operation.target, "AccessDeniedException"]);
  const sentence = `User: ${guest} is not authorized to perform: ${operation.action} on resource: `;
  expect(message?.startsWith(sentence)).toBe(true);
  expect(message).toContain(why);
  expect(ran).toEqual([]);
}

test("the walk covers all 37 operations of App Runner, all of ours, and all others", () => {
  expect(operations.filter(({ service }) => service === "AppRunner")).toHaveLength(37);
  expect(Object.keys(operationInputs).toSorted()).toEqual(operations.map(({ name }) => name).toSorted());
  expect(operations.length - asked.length).toBe(ASKING_THEMSELVES.size);
});

describe("no operation is served", () => {
  test("without a signature, to an unknown key or to a wrong secret", async () => {
    for (const operation of operations) {
      const unsigned = call(operation.target, operationInputs[operation.name]);
      const bare = { method: "POST", target: "/", rawHeaders: Object.entries(unsigned.headers ?? {}).flat() };
      const refused = await dispatcher.handle({ ...bare, body: Buffer.from("{}") });
      expect([operation.target, refused.status]).toEqual([operation.target, 403]);
      expect(JSON.stringify(refused)).toContain("Missing Authentication Token");
      const stranger = await answer(operation, { id: "AKIAAAAAAAAAAAAAAAAA", secret: "x" });
      expect([stranger.status, stranger.text]).toEqual([403, expect.stringContaining("Unrecognized")]);
      const liar = await answer(operation, { ...guestKey, secret: randomBytes(30).toString("base64") });
      expect([liar.status, liar.text]).toEqual([403, expect.stringContaining("InvalidSignature")]);
    }
    expect(ran).toEqual([]);
  });

  test("to whom no policy allows it", async () => {
    await give();
    for (const operation of asked) {
      const why = `because no identity-based policy allows the ${operation.action} action`;
      expectRefused(operation, await answer(operation, guestKey), why);
    }
  });

  test("to whom a policy allows something else, or the same elsewhere", async () => {
    for (const operation of asked) {
      const elsewhere = "arn:aws:apprunner:us-east-1:000000000000:service/other/*";
      await give(
        { Effect: "Allow", Action: operation.action, Resource: elsewhere },
        { Effect: "Allow", NotAction: operation.action, Resource: "*" },
      );
      expectRefused(operation, await answer(operation, guestKey), "because no identity-based policy");
    }
  });

  test("to whom a policy denies it, whatever others allow", async () => {
    for (const operation of asked) {
      await give(
        { Effect: "Allow", Action: "*", Resource: "*" },
        { Effect: "Deny", Action: operation.action, Resource: "*" },
      );
      expectRefused(
        operation,
        await answer(operation, guestKey),
        "with an explicit deny in an identity-based",
      );
    }
  });

  test("to whom it is allowed on all but one of the resources that it names", async () => {
    const several: string[] = [];
    for (const operation of asked) {
      const [first, ...others] = await arnsOf(operation);
      if (others.length === 0 || first === undefined) continue;
      several.push(operation.action);
      for (const missing of [others, [first]]) {
        await give({ Effect: "Allow", Action: operation.action, Resource: missing });
        expectRefused(operation, await answer(operation, guestKey), "because no identity-based policy");
      }
    }
    expect(several).toEqual(
      expect.arrayContaining([
        "apprunner:CreateVpcIngressConnection",
        "ssm:GetParameters",
        "ssm:DeleteParameters",
        "cloudwatch:DeleteAlarms",
        "cloudwatch:DescribeAlarms",
        "logs:StartLiveTail",
        "iam:UpdateUser",
        "kms:CreateAlias",
        "kms:UpdateAlias",
      ]),
    );
  });
});

test("each operation is open to whom a policy allows exactly it, on exactly what it names", async () => {
  for (const operation of asked) {
    await give({ Effect: "Allow", Action: operation.action, Resource: await arnsOf(operation) });
    const { text } = await answer(operation, guestKey);
    // Some of the inputs are not whole: whoever is allowed is told so.
    expect([operation.target, text]).not.toEqual([operation.target, expect.stringContaining("AccessDenied")]);
  }
  expect(ran.length).toBeGreaterThan(60);
  ran.length = 0;
});

describe("what a call is about", () => {
  const asks = async (name: ContractOperation["name"], input: unknown) => {
    const caller = { kind: "user", arn: guest, userArn: guest, userId: "x", accessKeyId: null } as const;
    const request = { operation: { name, action: "" }, value: input, caller };
    return askedResources(request, { store: slipway.store, scope: testScope });
  };
  const arnFor = async (name: ContractOperation["name"], input: unknown) =>
    (await asks(name, input)).map(({ arn }) => arn).join(" ");
  const apprunner = "arn:aws:apprunner:us-east-1:000000000000:";
  const secretPrefix = "arn:aws:secretsmanager:us-east-1:000000000000:secret:";

  test.each<readonly [ContractOperation["name"], object, string]>([
    ["DeleteService", { ServiceArn: sampleServiceArn }, sampleServiceArn],
    ["DeleteService", { ServiceArn: "web1" }, "*"],
    ["DeleteService", { ServiceArn: 7 }, "*"],
    ["DeleteService", { ServiceArn: `arn:${"a".repeat(5000)}` }, "*"],
    ["CreateService", { ServiceName: "web1" }, `${apprunner}service/web1/*`],
    ["CreateConnection", { ConnectionName: "hub" }, `${apprunner}connection/hub/*`],
    [
      "CreateAutoScalingConfiguration",
      { AutoScalingConfigurationName: "high" },
      `${apprunner}autoscalingconfiguration/high/*/*`,
    ],
    ["ListServices", {}, "*"],
    ["ExplainService", { ServiceArn: sampleServiceArn }, sampleServiceArn],
    ["GetUsage", { ServiceArn: sampleServiceArn }, sampleServiceArn],
    ["GetUsage", {}, "*"],
    ["DeleteEventDestination", { Name: "ops" }, "arn:aws:slipway:us-east-1:000000000000:destination/ops"],
    ["DeleteRepository", { RepositoryName: "shop" }, `${apprunner}repository/shop`],
    [
      "Logs_20140328.GetLogEvents",
      { logGroupName: "/aws/x", logStreamName: "events" },
      "arn:aws:logs:us-east-1:000000000000:log-group:/aws/x:log-stream:events",
    ],
    [
      "Logs_20140328.FilterLogEvents",
      { logGroupIdentifier: "arn:aws:logs:us-east-1:000000000000:log-group:/aws/x:*" },
      "arn:aws:logs:us-east-1:000000000000:log-group:/aws/x:log-stream:",
    ],
    ["GraniteServiceVersion20100801.DescribeAlarms", {}, "arn:aws:cloudwatch:us-east-1:000000000000:alarm:*"],
    [
      "AmazonSSM.GetParameters",
      { Names: ["/shop/db:3", "key"] },
      "arn:aws:ssm:us-east-1:000000000000:parameter/shop/db arn:aws:ssm:us-east-1:000000000000:parameter/key",
    ],
    [
      "AmazonSSM.GetParameter",
      { Name: "arn:aws:ssm:us-east-1:000000000000:parameter/shop/db:3" },
      "arn:aws:ssm:us-east-1:000000000000:parameter/shop/db",
    ],
    ["secretsmanager.GetSecretValue", { SecretId: "shop/db" }, `${secretPrefix}shop/db-??????`],
    ["AWSIdentityManagementV20100508.GetUser", {}, guest],
    [
      "AWSIdentityManagementV20100508.CreateUser",
      { UserName: "bob", Path: "/team/" },
      "arn:aws:iam::000000000000:user/team/bob",
    ],
  ])("%s of %j: %s", async (name, input, arn) => {
    expect(await arnFor(name, input)).toBe(arn);
  });

  test("what is named in part is held against the whole ARN, which a refusal does not tell", async () => {
    const { store } = slipway;
    const arn = `${secretPrefix}shop/api-AbCdEf`;
    const secret = { arn, name: "shop/api", description: "", createdAtMs: 0, changedAtMs: 0, tags: [] };
    await store.secrets.save({ ...secret, deleteAtMs: null, accessedAtMs: null, versions: [] } as never);
    for (const SecretId of ["shop/api", arn, `${secretPrefix}shop/api`]) {
      expect(await asks("secretsmanager.GetSecretValue", { SecretId })).toEqual([{ arn, told: SecretId }]);
    }
    const team = { ...aUser("bob"), arn: "arn:aws:iam::000000000000:user/team/bob", path: "/team/" };
    await store.users.save(team);
    expect(await asks("AWSIdentityManagementV20100508.GetUser", { UserName: "bob" })).toEqual([
      { arn: team.arn, told: "arn:aws:iam::000000000000:user/bob" },
    ]);
    const renamed = { UserName: "bob", NewUserName: "eve" };
    expect(await asks("AWSIdentityManagementV20100508.UpdateUser", renamed)).toEqual([
      { arn: team.arn, told: "arn:aws:iam::000000000000:user/bob" },
      { arn: "arn:aws:iam::000000000000:user/team/eve", told: "arn:aws:iam::000000000000:user/eve" },
    ]);
    const key = { AccessKeyId: guestKey.id };
    expect(await asks("AWSIdentityManagementV20100508.GetAccessKeyLastUsed", key)).toEqual([
      { arn: guest, told: "*" },
    ]);
    const scaling = await store.autoScalingConfigurations.getLatest("DefaultConfiguration");
    const partial = `${apprunner}autoscalingconfiguration/DefaultConfiguration`;
    const input = { AutoScalingConfigurationArn: partial };
    const whole = [{ arn: scaling?.arn, told: partial }];
    expect(await asks("DeleteAutoScalingConfiguration", input)).toEqual(whole);
    for (const operation of ["TagResource", "UntagResource", "ListTagsForResource"] as const) {
      expect(await asks(operation, { ResourceArn: partial })).toEqual(whole);
    }
  });
});

test("a configuration that conditions deny is denied by each of its names", async () => {
  const scaling = await slipway.store.autoScalingConfigurations.getLatest("DefaultConfiguration");
  const ArnLike = {
    "apprunner:AutoScalingConfigurationArn": "arn:*:*:*:*:autoscalingconfiguration/Default*/*/*",
  };
  await give(
    { Effect: "Allow", Action: "*", Resource: "*" },
    { Effect: "Deny", Action: "apprunner:CreateService", Resource: "*", Condition: { ArnLike } },
  );
  const arn = scaling?.arn ?? "";
  for (const named of [arn, arn.slice(0, arn.lastIndexOf("/")), arn.split("/", 2).join("/")]) {
    const input = { ...operationInputs.CreateService, AutoScalingConfigurationArn: named };
    const signed = await sign(call("AppRunner.CreateService", input), guestKey);
    expect(await dispatcher.handle(toSignedRequest(signed))).toMatchObject({ status: 403 });
  }
  expect(ran).toEqual([]);
});

test("who may all of App Runner may what we add to services; what rules the installation is for others", () => {
  const document = builtinPolicies.find(({ name }) => name === "AWSAppRunnerFullAccess")?.document ?? "";
  const policy = compilePolicy(document, "identity");
  const refused = operations.filter(({ service, action }) => {
    const verdict = evaluate(policy, { action, resource: "*", context: new Map() });
    return service === "Slipway" && !ASKING_THEMSELVES.has(action) && verdict !== "allowed";
  });
  expect(refused.map(({ name }) => name).toSorted()).toEqual([
    "CreateEventDestination",
    "CreateNetwork",
    "DeleteCertificate",
    "DeleteEventDestination",
    "DeleteNetwork",
    "DescribeEventDestination",
    "DescribeNetwork",
    "EndSignInSessions",
    "GetDiskUse",
    "GetLogLevel",
    "GetVaultStatus",
    "ImportCertificate",
    "ListCertificates",
    "ListDeadLetters",
    "ListEncryptionKeys",
    "ListEventDestinations",
    "ListNetworks",
    "ListSignInSessions",
    "LookupEvents",
    "RedeliverEvents",
    "RotateEventDestinationSecret",
    "RotateMasterKey",
    "RunDoctor",
    "SetLogLevel",
    "TestEventDestination",
    "UpdateEventDestination",
    "UpdateNetwork",
    "VerifyAuditTrail",
  ]);
});
