import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { compileArnPattern, compilePattern, type ConditionContext } from "./pattern.ts";
import { MEASURED } from "../../../test/support/processor-time.ts";

const rules = { hasVariables: true, hasWildcards: true };
const nothing: ConditionContext = new Map();

const matches = (pattern: string, text: string, context = nothing) =>
  compilePattern(pattern, rules).match(text, context);

/** The definition, with no care for its time. */
function naive(pattern: string, text: string): boolean {
  if (pattern === "") return text === "";
  const [first = "", rest] = [pattern[0], pattern.slice(1)];
  if (first === "*") return naive(rest, text) || (text !== "" && naive(pattern, text.slice(1)));
  return text !== "" && (first === "?" || first === text[0]) && naive(rest, text.slice(1));
}

test("stars and question marks mean what their definition says", () => {
  const few = (characters: string, maxLength: number) =>
    fc.string({ unit: fc.constantFrom(...characters.split("")), maxLength });
  fc.assert(
    fc.property(few("ab*?", 8), few("ab", 10), (pattern, text) => {
      expect(matches(pattern, text)).toBe(naive(pattern, text));
    }),
    { numRuns: 5000 },
  );
});

test("a pattern made to be slow is not", MEASURED, () => {
  const text = "a".repeat(2000);
  const before = process.cpuUsage();
  expect(matches(`${"a*".repeat(500)}b`, text)).toBe(false);
  expect(matches(`${"*a?".repeat(500)}b*`, text)).toBe(false);
  expect(matches(`*${"a".repeat(1000)}?b*`, text)).toBe(false);
  const { user } = process.cpuUsage(before);
  expect(user / 1000).toBeLessThan(300);
});

describe("variables", () => {
  const context: ConditionContext = new Map([
    ["aws:username", ["ann"]],
    ["aws:principaltag/team", ["*"]],
    ["aws:tagkeys", ["a", "b"]],
  ]);

  test.each([
    ["home/${aws:username}/*", "home/ann/x", true],
    ["home/${AWS:UserName}/*", "home/ann/x", true],
    ["home/${aws:username}/*", "home/eve/x", false],
    ["${aws:PrincipalTag/team}", "*", true],
    ["${aws:PrincipalTag/team}", "shop", false],
    ["${aws:PrincipalTag/project, 'none'}", "none", true],
    ["${aws:PrincipalTag/project}", "none", null],
    ["${aws:TagKeys}", "a", null],
    ["a${*}b", "a*b", true],
    ["a${*}b", "axb", false],
    ["a${?}${$}", "a?$", true],
  ])("%s matches %s: %s", (pattern, text, expected) => {
    expect(matches(pattern, text, context)).toBe(expected);
  });

  test("a value's stars are stars, never wildcards", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (value, text) => {
        expect(matches("${aws:x}", text, new Map([["aws:x", [value]]]))).toBe(value === text);
      }),
    );
  });

  test.each(["${", "${}", "${a", "${a,b}", "${a 'x'}"])("%s is refused", (pattern) => {
    expect(() => matches(pattern, "x")).toThrow("variable");
  });

  test("policies of 2008 have none", () => {
    const { match } = compilePattern("${aws:username}", { hasVariables: false, hasWildcards: true });
    expect(match("${aws:username}", context)).toBe(true);
  });
});

describe("ARNs are matched part by part", () => {
  const arn = "arn:aws:logs:us-east-1:000000000000:log-group:/aws/apprunner/shop:log-stream:events";
  test.each([
    ["*", true],
    ["arn:aws:logs:*:*:*", true],
    ["arn:aws:logs:us-east-1:*:log-group:/aws/apprunner/*", true],
    ["arn:aws:logs:us-east-?:000000000000:log-group:/aws/apprunner/shop:*", true],
    ["arn:aws:logs:*:log-group:/aws/*", false],
    ["arn:aws:logs:*:*:log-group:/aws/apprunner/shop", false],
    ["arn:aws:s3:*:*:*", false],
    ["arn:*:*:*:*:*events", true],
  ])("%s: %s", (pattern, expected) => {
    expect(compileArnPattern(pattern, rules)?.match(arn, nothing)).toBe(expected);
  });

  test("only * alone is the resource *", () => {
    expect(compileArnPattern("arn:aws:apprunner:*:*:*", rules)?.match("*", nothing)).toBe(false);
    expect(compileArnPattern("*", rules)?.match("*", nothing)).toBe(true);
    expect(compileArnPattern("arn:aws:s3*", rules)).toBeNull();
  });
});
