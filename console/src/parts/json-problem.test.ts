import { expect, test } from "vitest";
import { jsonPlaces } from "./json-places.ts";
import { policyProblem, syntaxProblem } from "./json-problem.ts";

const POLICY = `{
  "Version": "2012-10-17",
  "Statement": [
    { "Effect": "Allow", "Action": "*", "Resource": "*" },
    {
      "Effect": "allow",
      "Action": ["apprunner:List*"],
      "Condition": { "Bool": { "aws:x": "true" } }
    }
  ]
}`;

test("a mistake of JSON is told with its line", () => {
  expect(syntaxProblem(POLICY)).toBeNull();
  expect(syntaxProblem("  ")).toBeNull();
  expect(syntaxProblem(POLICY.replace('"allow",', '"allow"'))?.line).toBe(7);
  expect(syntaxProblem('{\n  "Version": ')?.line).toBe(2);
});

test.each([
  ["Missing required field Resource in Statement[1].", 5],
  ["Invalid effect: allow in Statement[1]. Write Allow or Deny.", 6],
  ["Syntax errors in policy. Statement[1].Action is empty.", 7],
  ["Syntax errors in policy. Statement[1].Condition.Bool.aws:x is empty.", 8],
  ['Resource x must be in ARN format or "*": Statement[0].', 4],
  ["Policy document must be version 2012-10-17 or greater.", null],
])("the API's %s marks line %s", (message, line) => {
  expect(policyProblem(message, POLICY)).toEqual({ message, line });
});

test("places of a text that breaks off are those before its end", () => {
  expect([...jsonPlaces('{"a": [1, {"b": 2}], "c')]).toContainEqual(["a[1].b", { start: 16, end: 17 }]);
  expect(jsonPlaces("").size).toBe(0);
});
