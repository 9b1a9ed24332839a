// IAM's names are told apart without regard to case; those that were made before they were, go on.
import {
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  GetUserCommand,
  IAMClient,
  PutUserPolicyCommand,
  UpdateUserCommand,
} from "@aws-sdk/client-iam";
import { afterEach, beforeEach, expect, test } from "vitest";
import { aUser } from "./testing/identities.ts";
import { aServiceRole } from "./testing/service-roles.ts";
import { startTestApi, type TestApi } from "./testing/test-api.ts";

const document = JSON.stringify({
  Version: "2012-10-17",
  Statement: { Effect: "Allow", Action: "apprunner:ListServices", Resource: "*" },
});

let slipway: TestApi;
let iam: IAMClient;

beforeEach(async () => {
  slipway = await startTestApi();
  const { id: accessKeyId, secret: secretAccessKey } = slipway.key;
  const credentials = { accessKeyId, secretAccessKey };
  iam = new IAMClient({ region: "us-east-1", endpoint: slipway.endpoint, maxAttempts: 1, credentials });
});
afterEach(async () => {
  iam.destroy();
  await slipway.close();
});

const taken = (message: string) => ({ name: "EntityAlreadyExistsException", message });

test("a user, a role and a policy cannot be made beside one of the same name in another case", async () => {
  await iam.send(new CreateUserCommand({ UserName: "ann", Path: "/team/" }));
  await expect(iam.send(new CreateUserCommand({ UserName: "Ann" }))).rejects.toMatchObject(
    taken("User with name Ann already exists."),
  );
  const { trustPolicy: AssumeRolePolicyDocument } = aServiceRole("shop", "instance");
  await iam.send(new CreateRoleCommand({ RoleName: "Shop", AssumeRolePolicyDocument }));
  await expect(
    iam.send(new CreateRoleCommand({ RoleName: "shop", AssumeRolePolicyDocument })),
  ).rejects.toMatchObject(taken("Role with name shop already exists."));
  await iam.send(new CreatePolicyCommand({ PolicyName: "Deploy", PolicyDocument: document }));
  await expect(
    iam.send(new CreatePolicyCommand({ PolicyName: "DEPLOY", PolicyDocument: document })),
  ).rejects.toMatchObject(taken("A policy called DEPLOY already exists."));
});

test("a user may be renamed to its own name in another case, not to another's", async () => {
  for (const UserName of ["ann", "bob"]) await iam.send(new CreateUserCommand({ UserName }));
  await expect(
    iam.send(new UpdateUserCommand({ UserName: "bob", NewUserName: "ANN" })),
  ).rejects.toMatchObject(taken("User with name ANN already exists."));
  await iam.send(new UpdateUserCommand({ UserName: "ann", NewUserName: "Ann" }));
  expect((await iam.send(new GetUserCommand({ UserName: "Ann" }))).User?.UserName).toBe("Ann");
});

test("pairs that are there already are told apart, changed and moved as before", async () => {
  for (const name of ["ann", "Ann"]) await slipway.store.users.save(aUser(name));
  await iam.send(new PutUserPolicyCommand({ UserName: "Ann", PolicyName: "p", PolicyDocument: document }));
  await iam.send(new UpdateUserCommand({ UserName: "ann", NewPath: "/team/" }));
  const [lower, upper] = await Promise.all(
    ["ann", "Ann"].map((name) => slipway.store.users.findByName(name)),
  );
  expect(lower).toMatchObject({ path: "/team/", inlinePolicies: {} });
  expect(upper).toMatchObject({ path: "/", inlinePolicies: { p: document } });
});
