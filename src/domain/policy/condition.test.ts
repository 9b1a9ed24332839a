import { describe, expect, test } from "vitest";
import { compileCondition } from "./condition.ts";
import { MalformedPolicy } from "./malformed-policy.ts";

function holds(
  operator: string,
  values: readonly string[],
  given: readonly string[] | undefined,
  isAllow = true,
): boolean {
  const condition = compileCondition({ operator, key: "Aws:Key", values, hasVariables: true });
  return condition.holds(new Map(given === undefined ? [] : [["aws:key", given]]), isAllow);
}

describe("one value, as the IAM User Guide tells of each operator", () => {
  test.each<readonly [string, readonly string[], string, boolean]>([
    ["StringEquals", ["a", "b"], "b", true],
    ["StringEquals", ["a*"], "abc", false],
    ["StringEquals", ["A"], "a", false],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", ["a", "b"], "c", true],
    ["StringEqualsIgnoreCase", ["JohnDoe"], "johndoe", true],
    ["StringNotEqualsIgnoreCase", ["JohnDoe"], "johndoe", false],
    ["StringLike", ["home/*"], "home/ann", true],
    ["StringLike", ["h?me"], "home", true],
    ["StringNotLike", ["home/*"], "home/ann", false],
    ["NumericEquals", ["10"], "10.0", true],
    ["NumericNotEquals", ["10"], "11", true],
    ["NumericLessThan", ["10"], "9", true],
    ["NumericLessThanEquals", ["10"], "10", true],
    ["NumericGreaterThan", ["-1"], "0", true],
    ["NumericGreaterThanEquals", ["10"], "9", false],
    ["NumericLessThan", ["10"], "many", false],
    ["DateEquals", ["2020-04-01T00:00:00Z"], "2020-04-01T00:00:00Z", true],
    ["DateNotEquals", ["2020-04-01T00:00:00Z"], "2020-04-01", false],
    ["DateGreaterThan", ["2020-04-01T00:00:00Z"], "2020-06-30T23:59:59Z", true],
    ["DateLessThan", ["2020-06-30T23:59:59Z"], "2020-07-01T00:00:00+02:00", true],
    ["DateLessThanEquals", ["1593561599"], "2020-06-30T23:59:59Z", true],
    ["DateGreaterThanEquals", ["2020-04-01T00:00:00Z"], "1585699199", false],
    ["Bool", ["true"], "TRUE", true],
    ["Bool", ["true"], "false", false],
    ["BinaryEquals", ["QmluYXJ5VmFsdWVJbkJhc2U2NA=="], "QmluYXJ5VmFsdWVJbkJhc2U2NA==", true],
    ["IpAddress", ["203.0.113.0/24"], "203.0.113.255", true],
    ["IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", true],
    ["IpAddress", ["203.0.113.0/24"], "203.0.114.0", false],
    ["IpAddress", ["203.0.113.7"], "::ffff:203.0.113.7", true],
    ["IpAddress", ["0.0.0.0/0"], "::1", false],
    ["IpAddress", ["::/0"], "203.0.113.7", false],
    ["IpAddress", ["203.0.113.0/24"], "no address", false],
    ["NotIpAddress", ["203.0.113.0/24"], "198.51.100.1", true],
    ["ArnEquals", ["arn:aws:iam::*:role/build-*"], "arn:aws:iam::000000000000:role/build-1", true],
    ["ArnLike", ["arn:aws:iam::*:role/*"], "arn:aws:iam::000000000000:user/a", false],
    ["ArnNotEquals", ["arn:aws:iam::*:role/*"], "arn:aws:iam::000000000000:user/a", true],
    ["ArnNotLike", ["arn:aws:iam::*:user/*"], "arn:aws:iam::000000000000:user/a", false],
  ])("%s %j of %s: %s", (operator, values, given, expected) => {
    expect(holds(operator, values, [given])).toBe(expected);
  });
});

describe("a key that the call does not have", () => {
  test.each([
    ["StringEquals", false],
    ["StringLike", false],
    ["StringNotEquals", true],
    ["StringNotLike", true],
    ["StringEqualsIfExists", true],
    ["StringNotEqualsIfExists", true],
    ["ForAllValues:StringEquals", true],
    ["ForAllValues:StringNotEquals", true],
    ["ForAnyValue:StringEquals", false],
    ["ForAnyValue:StringNotEquals", false],
  ])("%s: %s", (operator, expected) => {
    expect(holds(operator, ["x"], undefined)).toBe(expected);
  });

  test.each([
    ["NumericEquals", "1", false],
    ["NumericNotEquals", "1", true],
    ["DateLessThan", "2020-01-01", false],
    ["Bool", "true", false],
    ["BoolIfExists", "true", true],
    ["IpAddress", "10.0.0.0/8", false],
    ["NotIpAddress", "10.0.0.0/8", true],
    ["ArnNotLike", "arn:aws:iam::*:role/*", true],
    ["ArnLike", "arn:aws:iam::*:role/*", false],
    ["Null", "true", true],
    ["Null", "false", false],
  ])("%s %s: %s", (operator, value, expected) => {
    expect(holds(operator, [value], undefined)).toBe(expected);
  });

  test("Null asks just that", () => {
    expect(holds("Null", ["true"], ["x"])).toBe(false);
    expect(holds("Null", ["false"], ["x"])).toBe(true);
  });
});

describe("several values, as the table of multivalued keys in the IAM User Guide", () => {
  const environment = ["environment", "preprod", "storage"];
  test.each([
    ["ForAllValues:StringEquals", ["environment", "storage"], ["environment", "storage"], true],
    ["ForAllValues:StringEquals", ["environment", "storage"], ["environment"], true],
    ["ForAllValues:StringEquals", ["environment", "storage"], environment, false],
    ["ForAnyValue:StringEquals", ["environment", "storage"], environment, true],
    ["ForAnyValue:StringEquals", ["webserver"], environment, false],
    ["ForAnyValue:StringNotEquals", ["environment"], environment, true],
    ["ForAnyValue:StringNotEquals", environment, environment, false],
    ["ForAllValues:StringNotEquals", ["webserver"], environment, true],
    ["ForAllValues:StringNotEquals", ["preprod"], environment, false],
    ["StringEquals", ["preprod"], environment, true],
    ["StringNotEquals", ["preprod"], environment, false],
  ])("%s %j of %j: %s", (operator, values, given, expected) => {
    expect(holds(operator, values, given)).toBe(expected);
  });
});

test("what hangs on a value that is not there allows nothing, and does not keep from denying", () => {
  const wanted = ["${aws:PrincipalTag/team}"];
  expect(holds("StringEquals", wanted, ["x"], true)).toBe(false);
  expect(holds("StringNotEquals", wanted, ["x"], true)).toBe(false);
  expect(holds("StringNotEquals", wanted, ["x"], false)).toBe(true);
});

test("a variable is compared in any case where the operator says so", () => {
  const condition = compileCondition({
    operator: "StringEqualsIgnoreCase",
    key: "aws:ResourceTag/Owner",
    values: ["${aws:username}"],
    hasVariables: true,
  });
  expect(condition.keys).toEqual(["aws:resourcetag/owner", "aws:username"]);
  const context = new Map([
    ["aws:resourcetag/owner", ["ANN"]],
    ["aws:username", ["Ann"]],
  ]);
  expect(condition.holds(context, true)).toBe(true);
});

test.each([
  ["StringEqual", "x", "Invalid Condition type : StringEqual."],
  ["constructor", "x", "Invalid Condition type : constructor."],
  ["NullIfExists", "true", "Invalid Condition type : NullIfExists."],
  ["ForAnyValue:Null", "true", "Invalid Condition type : ForAnyValue:Null."],
  ["ForSomeValues:StringEquals", "x", "Invalid Condition type"],
  ["NumericEquals", "ten", "ten is not a number."],
  ["DateEquals", "tomorrow", "tomorrow is not a date"],
  ["Bool", "yes", "yes is neither true nor false."],
  ["Null", "yes", "Null is true or false"],
  ["IpAddress", "10.0.0.0/33", "Invalid IP address or range: 10.0.0.0/33"],
  ["IpAddress", "10.0.0/8", "Invalid IP address"],
  ["IpAddress", "1::2::3", "Invalid IP address"],
  ["BinaryEquals", "{}", "{} is not base64."],
  ["ArnLike", "role/x", 'role/x must be in ARN format or "*".'],
])("%s %s is refused", (operator, value, message) => {
  expect(() => holds(operator, [value], ["x"])).toThrow(MalformedPolicy);
  expect(() => holds(operator, [value], ["x"])).toThrow(message);
});
