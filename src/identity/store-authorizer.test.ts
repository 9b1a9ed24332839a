import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { ManagedPolicy, Principal, Role, User } from "../domain/identity.ts";
import type { Question } from "../ports/authorizer.ts";
import type { Store } from "../ports/store.ts";
import { openSqliteStore } from "../store/sqlite-store.ts";
import { StoreAuthorizer } from "./store-authorizer.ts";

const scope = { region: "us-east-1", account: "000000000000" };
const iam = "arn:aws:iam::000000000000";
const root: Principal = { kind: "root", arn: `${iam}:root`, accessKeyId: "AKIA" };
const service = "arn:aws:apprunner:us-east-1:000000000000:service/web1/0123456789abcdef0123456789abcdef";
const action = "apprunner:DeleteService";
const allow = { Effect: "Allow", Action: "apprunner:*", Resource: "*" };
const noPolicy = `because no identity-based policy allows the ${action} action`;

let store: Store;
let authorizer: StoreAuthorizer;

beforeEach(async () => {
  store = await openSqliteStore({ path: ":memory:" });
  authorizer = new StoreAuthorizer({ store, scope });
});
afterEach(() => store.close());

const written = (...statements: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement: statements });

function aUser(change: Partial<User> = {}): User {
  return {
    arn: `${iam}:user/ann`,
    name: "ann",
    path: "/",
    id: "AIDAANN",
    createdAtMs: 0,
    inlinePolicies: {},
    attachedPolicyArns: [],
    status: "ACTIVE",
    login: null,
    ...change,
  };
}

function aRole(change: Partial<Role> = {}): Role {
  const { login: _login, ...identity } = aUser();
  return {
    ...identity,
    arn: `${iam}:role/build`,
    name: "build",
    id: "AROABUILD",
    description: "",
    trustPolicy: "{}",
    maxSessionSeconds: 3600,
    ...change,
  };
}

function aPolicy(document: string): ManagedPolicy {
  return {
    arn: `${iam}:policy/shop`,
    name: "shop",
    path: "/",
    id: "ANPASHOP",
    description: "",
    createdAtMs: 0,
    changedAtMs: 0,
    versions: [
      { id: "v1", document: written(), createdAtMs: 0 },
      { id: "v2", document, createdAtMs: 0 },
    ],
    defaultVersionId: "v2",
    status: "ACTIVE",
  };
}

const ann: Principal = {
  kind: "user",
  arn: `${iam}:user/ann`,
  accessKeyId: "AKIAANN",
  userArn: `${iam}:user/ann`,
  userId: "AIDAANN",
};
const build: Principal = {
  kind: "role",
  arn: "arn:aws:sts::000000000000:assumed-role/build/job",
  accessKeyId: "ASIABUILD",
  roleArn: `${iam}:role/build`,
  roleId: "AROABUILD",
  sessionName: "job",
  issuedAtMs: 0,
  expiresAtMs: 1,
};

const ask = (principal: Principal, change: Partial<Question> = {}) =>
  authorizer.decide({ principal, action, resource: service, context: new Map(), ...change });
const mayAct = async (principal: Principal, change: Partial<Question> = {}) =>
  (await ask(principal, change)).isAllowed;

describe("root", () => {
  test("may act on its own account and on no other", async () => {
    expect(await mayAct(root)).toBe(true);
    expect(await ask(root, { resource: service.replace("000000000000", "111111111111") })).toEqual({
      isAllowed: false,
      reason: `because no resource-based policy allows the ${action} action`,
    });
  });

  test("of another account may do nothing", async () => {
    const principal: Principal = { ...root, arn: "arn:aws:iam::111111111111:root" };
    for (const resource of ["*", service]) expect(await mayAct(principal, { resource })).toBe(false);
  });
});

describe("a user", () => {
  test("may what a policy of theirs allows, and nothing else", async () => {
    await store.users.save(aUser());
    expect(await ask(ann)).toEqual({ isAllowed: false, reason: noPolicy });
    await store.users.save(aUser({ inlinePolicies: { own: written(allow) } }));
    expect(await ask(ann)).toEqual({ isAllowed: true, reason: "" });
    expect(await mayAct(ann, { action: "iam:CreateUser" })).toBe(false);
    expect(await mayAct(ann, { resource: service.replace("000000000000", "111111111111") })).toBe(false);
  });

  test("may what attached policies allow: the account's in their default version, and AWS's", async () => {
    await store.managedPolicies.save(aPolicy(written(allow)));
    await store.users.save(aUser({ attachedPolicyArns: [`${iam}:policy/shop`] }));
    expect(await mayAct(ann)).toBe(true);
    await store.managedPolicies.save({ ...aPolicy(written(allow)), defaultVersionId: "v1" });
    expect(await mayAct(ann)).toBe(false);
    await store.users.save(aUser({ attachedPolicyArns: ["arn:aws:iam::aws:policy/AWSAppRunnerFullAccess"] }));
    expect(await mayAct(ann)).toBe(true);
  });

  test("who is denied by one policy is denied", async () => {
    const deny = written({ ...allow, Effect: "Deny", Resource: service });
    await store.users.save(aUser({ inlinePolicies: { may: written(allow), mayNot: deny } }));
    expect(await ask(ann)).toEqual({
      isAllowed: false,
      reason: "with an explicit deny in an identity-based policy",
    });
    expect(await mayAct(ann, { resource: "*" })).toBe(true);
  });

  test("who was deleted, or made anew under the same name, may nothing from the next call on", async () => {
    const may = aUser({ inlinePolicies: { own: written(allow) } });
    await store.users.save(may);
    expect(await mayAct(ann)).toBe(true);
    await store.users.remove(may.arn);
    expect(await ask(ann)).toEqual({ isAllowed: false, reason: noPolicy });
    await store.users.save({ ...may, id: "AIDAOTHER" });
    expect(await mayAct(ann)).toBe(false);
  });

  test("a change inside of a transaction counts when it is done, one that is given up does not", async () => {
    await store.users.save(aUser());
    expect(await mayAct(ann)).toBe(false);
    const change = aUser({ inlinePolicies: { own: written(allow) } });
    const failed = store.transaction(async (tx) => {
      await tx.users.save(change);
      throw new Error("given up");
    });
    await expect(failed).rejects.toThrow("given up");
    expect(await mayAct(ann)).toBe(false);
    await store.transaction(async (tx) => tx.users.save(change));
    expect(await mayAct(ann)).toBe(true);
  });

  test("a policy that cannot be read any more denies everything", async () => {
    await store.users.save(aUser({ inlinePolicies: { may: written(allow), broken: "{" } }));
    expect(await mayAct(ann)).toBe(false);
  });

  test("conditions and variables see who asks, tags of theirs, and what the caller tells", async () => {
    const statement = {
      ...allow,
      Resource: "arn:aws:apprunner:*:*:service/${aws:username}-*/*",
      Condition: {
        StringEquals: {
          "aws:userid": "AIDAANN",
          "aws:PrincipalType": "User",
          "aws:PrincipalTag/team": "shop",
        },
        ArnEquals: { "aws:PrincipalArn": `${iam}:user/ann` },
        IpAddress: { "aws:SourceIp": "192.0.2.0/24" },
      },
    };
    await store.users.save(aUser({ inlinePolicies: { own: written(statement) } }));
    await store.tags.put(`${iam}:user/ann`, [{ key: "Team", value: "shop" }]);
    const resource = service.replace("web1", "ann-web");
    const context = new Map([["aws:sourceip", ["192.0.2.7"]]]);
    expect(await mayAct(ann, { resource, context })).toBe(true);
    expect(await mayAct(ann, { resource: service, context })).toBe(false);
    expect(await mayAct(ann, { resource })).toBe(false);
    // What somebody else says of the principal does not count.
    const claimed = new Map([...context, ["aws:username", ["web1"]] as const]);
    expect(await mayAct(ann, { resource: service.replace("web1", "web1-x"), context: claimed })).toBe(false);
  });

  test("tags of a resource are looked up only for who has a policy that asks", async () => {
    let looks = 0;
    const resourceTags = () => {
      looks += 1;
      return Promise.resolve([{ key: "team", value: "shop" }]);
    };
    await store.users.save(aUser({ inlinePolicies: { own: written(allow) } }));
    expect(await mayAct(ann, { resourceTags })).toBe(true);
    expect(looks).toBe(0);
    const Condition = { StringEquals: { "aws:ResourceTag/team": "shop" } };
    await store.users.save(aUser({ inlinePolicies: { own: written({ ...allow, Condition }) } }));
    expect(await mayAct(ann, { resourceTags })).toBe(true);
    expect(looks).toBe(1);
    expect(await mayAct(ann)).toBe(false);
  });
});

describe("a role", () => {
  test("may what its policies allow, and a session of it no more than both allow", async () => {
    await store.roles.save(aRole({ inlinePolicies: { own: written(allow) } }));
    expect(await mayAct(build)).toBe(true);
    const session = (...statements: readonly object[]) => ({
      ...build,
      sessionPolicy: written(...statements),
    });
    expect(await mayAct(session(allow))).toBe(true);
    expect(await ask(session({ ...allow, Action: "apprunner:List*" }))).toEqual({
      isAllowed: false,
      reason: `because no session policy allows the ${action} action`,
    });
    expect(await ask(session(allow, { ...allow, Effect: "Deny" }))).toEqual({
      isAllowed: false,
      reason: "with an explicit deny in a session policy",
    });
    expect(await mayAct(session({ ...allow, Action: "*" }), { action: "iam:CreateUser" })).toBe(false);
  });

  test("that is gone, or another one of its name, may nothing", async () => {
    await store.roles.save(aRole({ inlinePolicies: { own: written(allow) }, id: "AROAOTHER" }));
    expect(await mayAct(build)).toBe(false);
  });

  test("is asked for by who acts in its name", async () => {
    const roleArn = `${iam}:role/build`;
    const asked = { action, resource: service, context: new Map() };
    expect(await authorizer.decideForRole(roleArn, asked)).toEqual({ isAllowed: false, reason: noPolicy });
    await store.roles.save(aRole({ inlinePolicies: { own: written(allow) } }));
    expect((await authorizer.decideForRole(roleArn, asked)).isAllowed).toBe(true);
    const foreign = { ...asked, resource: service.replace("000000000000", "111111111111") };
    expect((await authorizer.decideForRole(roleArn, foreign)).isAllowed).toBe(false);
  });
});

test("everything is allowed to who is denied nothing of it, under any condition", async () => {
  const ask = () =>
    authorizer.decide({ principal: ann, action, resource: "*", context: new Map(), isForAll: true });
  const give = (...statements: readonly object[]) =>
    store.users.save(aUser({ inlinePolicies: { own: written(allow, ...statements) } }));
  await give({ Effect: "Deny", Action: "apprunner:CreateService", Resource: "*" });
  expect(await ask()).toMatchObject({ isAllowed: true });
  await give({ Effect: "Deny", Action: action, Resource: service });
  expect(await ask()).toMatchObject({ isAllowed: false });
  const elsewhere = { IpAddress: { "aws:SourceIp": "192.0.2.1" } };
  await give({ Effect: "Deny", Action: action, Resource: "*", Condition: elsewhere });
  expect(await ask()).toMatchObject({ isAllowed: false });
});
