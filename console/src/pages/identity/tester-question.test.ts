import { expect, test } from "vitest";
import { toSimulation } from "./tester-question.ts";

const ann = "arn:aws:iam::000000000000:user/team/ann";
const now = new Date("2026-01-02T03:04:05Z");
const question = { principal: ann, actions: ["iam:GetUser"], resources: [], context: [], draft: "" };

test("who asks and when is told by itself, unless it is written otherwise", () => {
  const context = [
    { key: "AWS:CurrentTime", value: "2027-01-01T00:00:00Z" },
    { key: "aws:SourceIp", value: " " },
  ];
  const { ContextEntries = [] } = toSimulation({ ...question, context }, now) ?? {};
  expect(
    ContextEntries.map(({ ContextKeyName, ContextKeyValues }) => [ContextKeyName, ContextKeyValues]),
  ).toEqual([
    ["aws:PrincipalArn", [ann]],
    ["aws:username", ["ann"]],
    ["aws:SecureTransport", ["false"]],
    ["AWS:CurrentTime", ["2027-01-01T00:00:00Z"]],
  ]);
});

test("without a resource it is about anything; without an action or a principal there is no question", () => {
  expect(toSimulation(question, now)?.ResourceArns).toEqual(["*"]);
  expect(toSimulation({ ...question, actions: [] }, now)).toBeNull();
  expect(toSimulation({ ...question, principal: "" }, now)).toBeNull();
});
