import { expect, test } from "vitest";
import { builtinPolicies, findBuiltinPolicy } from "./builtin-policies.ts";
import { compilePolicy } from "./compiled-policy.ts";
import { evaluate } from "./evaluate.ts";
import { policySize, policySizeMax } from "./policy-document.ts";

function mayDo(arn: string, action: string, context: Readonly<Record<string, string>> = {}): boolean {
  const document = findBuiltinPolicy(arn)?.document ?? "";
  const values = Object.entries(context).map(([key, value]) => [key, [value]] as const);
  const call = { action, resource: "*", context: new Map(values) };
  return evaluate(compilePolicy(document, "identity"), call) === "allowed";
}

test("each is a policy like any other, with an id of its own", () => {
  for (const { document, name } of builtinPolicies) {
    expect([name, compilePolicy(document, "identity").length > 0]).toEqual([name, true]);
    expect(policySize(document)).toBeLessThanOrEqual(policySizeMax.managed);
  }
  expect(new Set(builtinPolicies.map(({ id }) => id)).size).toBe(builtinPolicies.length);
  expect(new Set(builtinPolicies.map(({ arn }) => arn)).size).toBe(builtinPolicies.length);
});

test("the one for access roles has AWS's path", () => {
  const arn = "arn:aws:iam::aws:policy/service-role/AWSAppRunnerServicePolicyForECRAccess";
  expect(findBuiltinPolicy(arn)).toMatchObject({
    name: "AWSAppRunnerServicePolicyForECRAccess",
    path: "/service-role/",
  });
  expect(findBuiltinPolicy("arn:aws:iam::aws:policy/Nothing")).toBeNull();
});

test("who may all of App Runner passes roles to it alone, and does not rule the installation", () => {
  const arn = "arn:aws:iam::aws:policy/AWSAppRunnerFullAccess";
  expect(mayDo(arn, "apprunner:DeleteService")).toBe(true);
  expect(mayDo(arn, "slipway:RollbackService")).toBe(true);
  expect(mayDo(arn, "slipway:PushRepository")).toBe(true);
  expect(mayDo(arn, "iam:PassRole", { "iam:passedtoservice": "apprunner.amazonaws.com" })).toBe(true);
  expect(mayDo(arn, "iam:PassRole", { "iam:passedtoservice": "ec2.amazonaws.com" })).toBe(false);
  for (const action of [
    "slipway:SetLogLevel",
    "slipway:LookupEvents",
    "iam:CreateUser",
    "logs:GetLogEvents",
  ]) {
    expect([action, mayDo(arn, action)]).toEqual([action, false]);
  }
});

test("who only reads changes nothing and sees no secret's value", () => {
  for (const name of ["ReadOnlyAccess", "AWSAppRunnerReadOnlyAccess"]) {
    const arn = `arn:aws:iam::aws:policy/${name}`;
    expect(mayDo(arn, "apprunner:DescribeService")).toBe(true);
    for (const action of [
      "apprunner:DeleteService",
      "slipway:PushRepository",
      "secretsmanager:GetSecretValue",
    ]) {
      expect([name, action, mayDo(arn, action)]).toEqual([name, action, false]);
    }
  }
});

test("who looks after users sees and ends where they are signed in; who only reads users does not", () => {
  const actions = [
    "iam:CreateUser",
    "slipway:ListActions",
    "slipway:ListSignInSessions",
    "slipway:EndSignInSessions",
  ];
  const may = (name: string) => actions.filter((action) => mayDo(`arn:aws:iam::aws:policy/${name}`, action));
  expect(may("IAMFullAccess")).toEqual(actions);
  expect(may("IAMReadOnlyAccess")).toEqual(["slipway:ListActions"]);
});
