import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compilePolicy } from "./compiled-policy.ts";
import { MalformedPolicy } from "./malformed-policy.ts";
import { parsePolicy } from "./parse-policy.ts";
import { policySize, type PolicyUse } from "./policy-document.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

const allow = { Effect: "Allow", Action: "apprunner:*", Resource: "*" };
const trusted = { Effect: "Allow", Action: "sts:AssumeRole", Principal: { AWS: "000000000000" } };

function problemOf(document: unknown, use: PolicyUse = "identity"): string {
  const text = typeof document === "string" ? document : JSON.stringify(document);
  try {
    compilePolicy(text, use);
    return "none";
  } catch (error) {
    return error instanceof MalformedPolicy ? error.message : `thrown: ${String(error)}`;
  }
}

const withStatement = (change: object) => ({ Version: "2012-10-17", Statement: [{ ...allow, ...change }] });

test("a policy is taken apart, one statement or many, one value or many", () => {
  const text = JSON.stringify({
    Version: "2012-10-17",
    Id: "x",
    Statement: { Sid: "One", ...allow, Condition: { NumericLessThan: { "aws:MultiFactorAuthAge": 5 } } },
  });
  expect(parsePolicy(text, "identity")).toEqual({
    version: "2012-10-17",
    statements: [
      {
        place: "Statement",
        effect: "Allow",
        actions: { isNot: false, values: ["apprunner:*"] },
        resources: { isNot: false, values: ["*"] },
        principals: null,
        conditions: [{ operator: "NumericLessThan", key: "aws:MultiFactorAuthAge", values: ["5"] }],
      },
    ],
  });
});

test("without a version it is of 2008, which has no variables", () => {
  expect(parsePolicy(JSON.stringify({ Statement: allow }), "identity").version).toBe("2008-10-17");
});

describe("what is refused says what and where", () => {
  test.each<readonly [unknown, string]>([
    ["{", "Syntax errors in policy. It is not JSON"],
    ["[]", "Syntax errors in policy. It must be an object with Version and Statement."],
    ['"é€"', "must contain only printable ASCII"],
    [{ Statement: allow, version: "2012-10-17" }, "The policy has the field version"],
    [{ Version: "2020-01-01", Statement: allow }, "Policy document must be version 2012-10-17 or greater."],
    [{ Version: "2012-10-17" }, "Missing required field Statement in the policy."],
    [{ Statement: [] }, "Statement is empty."],
    [{ Statement: [allow, "x"] }, "Statement[1] must be an object."],
    [withStatement({ Effect: "allow" }), "Invalid effect: allow in Statement[0]. Write Allow or Deny."],
    [withStatement({ Effect: { toString: [] } }), 'Invalid effect: {"toString":[]} in Statement[0].'],
    [withStatement({ Sid: "a-b" }), "Statement IDs (SID) must be alpha-numeric."],
    [
      {
        Statement: [
          { ...allow, Sid: "A" },
          { ...allow, Sid: "A" },
        ],
      },
      "Statement IDs (SID) in a single policy must be unique: A.",
    ],
    [{ Statement: { Effect: "Allow", Resource: "*" } }, "Missing required field Action in Statement."],
    [{ Statement: { Effect: "Allow", Action: "*" } }, "Missing required field Resource in Statement."],
    [{ Statement: { Action: "*", Resource: "*" } }, "Missing required field Effect in Statement."],
    [withStatement({ NotAction: "*" }), "Statement[0] has both Action and NotAction."],
    [withStatement({ Action: [] }), "Statement[0].Action is empty."],
    [withStatement({ Action: [7] }), "Statement[0].Action must be a text or a list of texts."],
    [withStatement({ Action: "CreateService" }), "must be prefaced by a vendor"],
    [withStatement({ Action: "app*:x" }), "Statement[0] has app*:x."],
    [withStatement({ Resource: "web1" }), 'Resource web1 must be in ARN format or "*": Statement[0].'],
    [withStatement({ Resource: "arn:aws:s3*" }), 'must be in ARN format or "*"'],
    [withStatement({ Resource: "arn:aws:s3:::${" }), "has a variable that is none"],
    [withStatement({ Principal: "*" }), "Policy document should not specify a principal: Statement[0]."],
    [withStatement({ Condition: [] }), "Statement[0].Condition must be an object."],
    [withStatement({ Condition: { Bool: 7 } }), "Statement[0].Condition.Bool must be an object."],
    [withStatement({ Condition: { Bool: { secure: true } } }), "must be prefaced by a vendor"],
    [
      withStatement({ Condition: { Bool: { "aws:x": {} } } }),
      "Statement[0].Condition.Bool.aws:x must be a text",
    ],
    [withStatement({ Condition: { Bool: { "aws:x": [] } } }), "Statement[0].Condition.Bool.aws:x is empty."],
    [
      withStatement({ Condition: { Bools: { "aws:x": "true" } } }),
      "Invalid Condition type : Bools. In Statement[0].Condition.Bools.aws:x.",
    ],
    [`{"Statement":${" ".repeat(140_000)}{}}`, "more than 131072 characters"],
  ])("%j: %s", (document, message) => {
    expect(problemOf(document)).toContain(message);
  });

  test.each<readonly [object, string]>([
    [{ ...trusted, Resource: "*" }, "Has prohibited field Resource: Statement."],
    [{ ...trusted, Action: "s3:Get*" }, "AssumeRole policy may only specify STS AssumeRole actions"],
    [{ Effect: "Allow", Action: "sts:AssumeRole" }, "Missing required field Principal"],
    [{ ...trusted, Principal: "ann" }, "Invalid principal in policy"],
    [{ ...trusted, Principal: {} }, "names nobody"],
    [{ ...trusted, Principal: { AWS: "ann" } }, 'Invalid principal in policy: "AWS":"ann" in Statement.'],
    [{ ...trusted, Principal: { AWS: "arn:aws:iam::000000000000:user/*" } }, "Invalid principal"],
    [{ ...trusted, Principal: { Anybody: "*" } }, 'Invalid principal in policy: "Anybody":"*"'],
    [{ ...trusted, NotPrincipal: "*" }, "the field NotPrincipal"],
  ])("of a trust policy: %j: %s", (Statement, message) => {
    expect(problemOf({ Version: "2012-10-17", Statement }, "trust")).toContain(message);
  });
});

test("whatever is given, it is taken or refused with a sentence", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  const near = fc.record(
    {
      Version: fc.constantFrom("2012-10-17", "2008-10-17"),
      Statement: fc.record(
        { Effect: json, Action: json, Resource: json, Condition: json },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(json, near), (document) => {
      expect(problemOf(JSON.stringify(document))).not.toMatch(/^thrown/);
    }),
    { numRuns: 2000 },
  );
});

test("a policy's size leaves white space out", () => {
  expect(policySize(' { "a" :\n 1 } ')).toBe('{"a":1}'.length);
});

test("what begins variables again and again and ends none costs no more than other texts", MEASURED, () => {
  const before = process.cpuUsage();
  expect(problemOf(withStatement({ Resource: `arn:aws:iam:::x${"${".repeat(60_000)}` }))).toContain("${");
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
});
