// What somebody could do, asked of the authorizer that decides their calls.
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Principal } from "../domain/identity.ts";
import { StoreAuthorizer } from "../identity/store-authorizer.ts";
import type { HandlerContext } from "./handler.ts";
import { checkPermissions } from "./handlers/check-permissions.ts";
import { aUser } from "./testing/identities.ts";
import { aService, makeService } from "./testing/requests.ts";
import { aServiceRole } from "./testing/service-roles.ts";
import { callOperation } from "./testing/slipway-call.ts";
import { startTestApi, type TestApi, type TestKey, testScope } from "./testing/test-api.ts";

const service = "arn:aws:apprunner:us-east-1:000000000000:service/web1/0123456789abcdef0123456789abcdef";
const PAUSE = "apprunner:PauseService";
const CREATE = "apprunner:CreateService";
const document = (...statements: readonly object[]) => ({ Version: "2012-10-17", Statement: statements });
const allow = { Effect: "Allow", Action: "apprunner:*", Resource: "*" };
type Question = readonly [action: string, resource?: string];

let slipway: TestApi;
let guest: TestKey;

beforeEach(async () => {
  slipway = await startTestApi();
  await give();
  guest = await slipway.keyOf(aUser("guest").arn);
});
afterEach(() => slipway.close());

async function give(...statements: readonly object[]): Promise<void> {
  const own = statements.length === 0 ? {} : { own: document(...statements) };
  await slipway.store.users.save(aUser("guest", own));
}

const asked = (questions: readonly Question[]) => ({
  Questions: questions.map(([Action, Resource]) => ({ Action, ...(Resource !== undefined && { Resource }) })),
});

async function ask(...questions: readonly Question[]): Promise<readonly boolean[]> {
  const by = { endpoint: slipway.endpoint, key: guest };
  const { body } = await callOperation(by, "Slipway.CheckPermissions", asked(questions));
  return (body["Answers"] as readonly { readonly IsPossible: boolean }[]).map(({ IsPossible }) => IsPossible);
}

describe("a question with a resource", () => {
  test("is answered to who may do nothing else, and says no more than yes or no", async () => {
    const by = { endpoint: slipway.endpoint, key: guest };
    const answer = await callOperation(by, "Slipway.CheckPermissions", asked([[PAUSE, service]]));
    expect(answer).toEqual({ status: 200, body: { Answers: [{ IsPossible: false }] } });
  });

  test("counts the next policy at once, and each question by itself", async () => {
    await give(allow, { Effect: "Deny", Action: "apprunner:DeleteService", Resource: service });
    expect(
      await ask([PAUSE, service], ["apprunner:DeleteService", service], ["iam:CreateUser"], ["iam:PassRole"]),
    ).toEqual([true, false, false, false]);
    expect(await ask([PAUSE, service.replace("000000000000", "111111111111")])).toEqual([false]);
  });

  test("knows what conditions can know already: the address, the tags of what is there", async () => {
    const { ServiceArn = "" } = await makeService(slipway, {
      ...aService(),
      Tags: [{ Key: "team", Value: "shop" }],
    });
    const of = (team: string) => ({ StringEquals: { "aws:ResourceTag/team": team } });
    await give({ ...allow, Condition: of("shop") });
    expect(await ask([PAUSE, ServiceArn], [PAUSE, service])).toEqual([true, false]);
    await give(allow, { ...allow, Effect: "Deny", Condition: of("shop") });
    expect(await ask([PAUSE, ServiceArn], [PAUSE, service])).toEqual([false, true]);
    await give({ ...allow, Condition: { NotIpAddress: { "aws:SourceIp": "127.0.0.0/8" } } });
    expect(await ask([PAUSE, service])).toEqual([false]);
    await give({ ...allow, Condition: { IpAddress: { "aws:SourceIp": "127.0.0.0/8" } } });
    expect(await ask([PAUSE, service])).toEqual([true]);
  });
});

describe("what a call will say is open", () => {
  const tagged = { StringEquals: { "aws:RequestTag/team": "shop" } };

  test("who may create with certain tags, or names, could", async () => {
    await give({ ...allow, Condition: tagged });
    expect(await ask([CREATE])).toEqual([true]);
    await give({ ...allow, Resource: "arn:aws:apprunner:us-east-1:000000000000:service/shop-*/*" });
    expect(await ask([CREATE], [PAUSE, service])).toEqual([true, false]);
  });

  test("a denial counts where it holds in any case", async () => {
    await give(allow, { ...allow, Effect: "Deny", Condition: tagged });
    expect(await ask([CREATE])).toEqual([true]);
    await give(allow, { Effect: "Deny", Action: CREATE, Resource: service });
    expect(await ask([CREATE])).toEqual([true]);
    await give(allow, { Effect: "Deny", Action: CREATE, Resource: "*" });
    expect(await ask([CREATE])).toEqual([false]);
    await give({ ...allow, Resource: service });
    expect(await ask([CREATE], ["apprunner:ListServices", "*"])).toEqual([true, false]);
  });
});

describe("somebody in a role", () => {
  const role = aServiceRole("shop", "instance");
  const session = (sessionPolicy?: object): Principal => ({
    kind: "role",
    arn: "arn:aws:sts::000000000000:assumed-role/shop/job",
    accessKeyId: "ASIASHOP",
    roleArn: role.arn,
    roleId: role.id,
    sessionName: "job",
    issuedAtMs: 0,
    expiresAtMs: Date.now() + 60_000,
    ...(sessionPolicy !== undefined && { sessionPolicy: JSON.stringify(sessionPolicy) }),
  });

  test("could what both the role and the session's policy let them", async () => {
    await slipway.store.roles.save({ ...role, inlinePolicies: { own: JSON.stringify(document(allow)) } });
    const { store } = slipway;
    const authorizer = new StoreAuthorizer({ store, scope: testScope });
    const context = { store, authorizer, scope: testScope } as unknown as HandlerContext;
    const could = async (principal: Principal) =>
      (await checkPermissions(asked([[PAUSE, service], [CREATE]]), context, principal)).Answers.map(
        ({ IsPossible }) => IsPossible,
      );
    expect(await could(session())).toEqual([true, true]);
    expect(await could(session(document({ ...allow, Action: CREATE })))).toEqual([false, true]);
    expect(await could({ ...session(), roleId: "AROAOTHER" } as Principal)).toEqual([false, false]);
  });
});

test("everybody may ask who they are, and what they may", async () => {
  expect(await ask(["sts:GetCallerIdentity"], ["slipway:CheckPermissions"])).toEqual([true, true]);
});

test.each([
  [[], "Questions: holds 0 questions; it must hold 1 to 100"],
  [Array.from({ length: 101 }, () => [PAUSE] as const), "Questions: holds 101 questions"],
  [[["apprunner:*"]], "Questions[0].Action"],
  [[[PAUSE, "web1"]], "Questions[0].Resource"],
  [[[PAUSE, `arn:${"x".repeat(2048)}`]], "Questions[0].Resource"],
] as readonly (readonly [readonly Question[], string])[])("is refused: %j", async (questions, said) => {
  const answer = await callOperation(slipway, "Slipway.CheckPermissions", asked(questions));
  expect(answer.status).toBe(400);
  expect(String(answer.body["Message"] ?? answer.body["message"])).toContain(said);
});
