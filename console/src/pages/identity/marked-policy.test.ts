import { expect, test } from "vitest";
import { allowingStatements, coversAction, markedPolicy, spokenAction } from "./marked-policy.ts";
import { MEASURED } from "../../../../test/support/processor-time.ts";

const POLICY = {
  Version: "2012-10-17",
  Statement: [
    { Sid: "Read", Effect: "Allow", Action: ["apprunner:List*", "apprunner:Describe*"], Resource: "*" },
    { Effect: "Deny", Action: "apprunner:DeleteService", Resource: "*" },
  ],
};

test("a statement of a text on one line is found in the text as it is shown", () => {
  const raw = JSON.stringify(POLICY);
  const column = raw.indexOf('{"Effect":"Deny"') + 1;
  const { text, name, lines } = markedPolicy(raw, { line: 1, column });
  expect(name).toBe("Statement[1]");
  expect(
    text
      .split("\n")
      .slice((lines?.from ?? 0) - 1, lines?.to)
      .join("\n"),
  ).toContain('"Deny"');
  expect(text.split("\n")[(lines?.from ?? 0) - 1]?.trim()).toBe("{");
});

test("a text of several lines is shown as it was written", () => {
  const raw = `{ "Version": "2012-10-17",\n\n  "Statement":\n    {"Sid":"Only","Effect":"Allow",\n "Action":"*","Resource":"*"}}`;
  expect(markedPolicy(raw, { line: 4, column: 5 })).toEqual({
    text: raw,
    name: "Only",
    lines: { from: 4, to: 5 },
  });
  expect(markedPolicy(raw, { line: 1, column: 2 }).lines).toBeNull();
});

test("statements that allow the action to something else are told", () => {
  const raw = JSON.stringify(POLICY);
  expect(allowingStatements(raw, "apprunner:DescribeService")).toEqual(["Read"]);
  expect(allowingStatements(raw, "apprunner:DeleteService")).toEqual([]);
  expect(allowingStatements("{", "apprunner:DeleteService")).toEqual([]);
});

test.each([
  ["*", true],
  ["APPRUNNER:describe*", true],
  ["apprunner:DescribeServic?", true],
  ["apprunner:Describe", false],
  ["apprunner.DescribeService", false],
  ["apprunner:*Service", true],
  ["apprunner:*Service*", true],
  ["*Serv*Service", false],
  ["*r*r*?Service", true],
  ["?*:Describe??*e", true],
  ["", false],
])("%s covers the action: %s", (pattern, covers) => {
  expect(coversAction(pattern, "apprunner:DescribeService")).toBe(covers);
});

test("many stars take no longer than one", MEASURED, () => {
  const pattern = `${"*?".repeat(20)}!`;
  const startedAt = performance.now();
  expect(coversAction(pattern, "apprunner:DescribeObservabilityConfiguration")).toBe(false);
  expect(performance.now() - startedAt).toBeLessThan(1_000);
});

test.each([
  ["apprunner:PauseService", { isAllowed: true, isDenied: false }],
  ["apprunner:DeleteService", { isAllowed: true, isDenied: true }],
  ["iam:ListUsers", { isAllowed: false, isDenied: true }],
  ["logs:GetLogEvents", null],
])("a policy says of %s: %j", (action, spoken) => {
  const policy = JSON.stringify({
    Statement: [
      { Effect: "Allow", Action: "apprunner:*", Resource: "*" },
      { Effect: "Deny", NotAction: ["apprunner:Pause*", "logs:*"], Resource: "*" },
    ],
  });
  expect(spokenAction(policy, action)).toEqual(spoken);
});

test.each(["", "{", "[]", '{"Statement":[null,1]}', '{"Statement":"x"}'])(
  "what is no policy speaks of nothing: %s",
  (text) => {
    expect(spokenAction(text, "iam:ListUsers")).toBeNull();
  },
);
