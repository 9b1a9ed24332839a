import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../../test/support/processor-time.ts";
import { SlipwayError } from "../error.ts";
import { documentedVectors } from "./documented.vectors.ts";
import { compileFilterPattern } from "./filter-pattern.ts";

describe("what AWS documents", () => {
  test.each(documentedVectors)("$pattern", ({ pattern, matching, others }) => {
    const { matches, required } = compileFilterPattern(pattern);
    expect(matching.filter((line) => !matches(line))).toEqual([]);
    expect(others.filter((line) => matches(line))).toEqual([]);
    for (const line of matching) for (const literal of required) expect(line).toContain(literal);
  });
});

test.each([
  ["ERROR", "ERRORS", false],
  ["ERROR", "my_ERROR_code", true],
  ["ERROR", "xERROR ERROR", true],
  ["Fehler", "Fehlerä", false],
  ["größe", "größe: 3", true],
  ["user-id=7", "the user-id=7.", true],
  ['"RROR 4"', "[ERROR 400]", true],
  [String.raw`"say \"no\""`, 'they say "no"', true],
  ["-debug", "all the rest", true],
  ["-debug", "debug", false],
  ['-"too slow" request', "request: too slow", false],
  ["50% off", "50% off today", true],
  ["- ?", "a - b ?", true],
  ["%a|b% -%c$%", "ab", true],
  ["%a|b% -%c$%", "abc", false],
  ["{ $.ok IS TRUE }", '{"ok":true}', true],
  ["{ $.ok IS TRUE }", '{"ok":"true"}', false],
  ["{ $.ok IS FALSE }", '{"ok":false}', true],
  ['{ $.a.b[0] = "x*" && ($.c > 5 || $.d NOT EXISTS) }', '{"a":{"b":["xy"]},"c":6,"d":1}', true],
  ['{ $.a.b[0] = "x*" && ($.c > 5 || $.d NOT EXISTS) }', '{"a":{"b":["xy"]},"c":5,"d":1}', false],
  ['{ $.a.b[0] = "x*" && ($.c > 5 || $.d NOT EXISTS) }', '{"a":{"b":["xy"]},"c":5}', true],
  ['{ $.msg = "*a*b" }', '{"msg":"xaxb"}', true],
  ['{ $.msg = "ab*ba" }', '{"msg":"aba"}', false],
  ["{ $.__proto__ EXISTS }", "{}", false],
  ["{ $.length EXISTS }", "[1,2]", false],
  ["{ $.a = 1 }", '{"a":"1"}', true],
  ["{ $.a > 1 }", '{"a":"2"}', true],
  ["{ $.a > 1 }", '{"a":[2]}', false],
  ["{ $.a = 1 }", '{"a":1', false],
  ["{ $.a = 1 }", "null", false],
  ["[a, b]", "one", false],
  ["[(a = 1 || a = 2) && a != 2, ...]", "1 x", true],
  ["[(a = 1 || a = 2) && a != 2, ...]", "2 x", false],
  ["[a >= 1e1, b]", "9 x", false],
])("%s in %s: %s", (pattern, line, isMatch) => {
  expect(compileFilterPattern(pattern).matches(line)).toBe(isMatch);
});

test.each([
  ['one "two', 5, "has no end"],
  ["%a(b)%", 3, 'must not hold "("'],
  ["%something!%", 11, 'must not hold "!"'],
  ["%%", 2, "is empty"],
  ["%a**%", 4, "cannot be repeated"],
  ["%[z-a]%", 6, "is empty"],
  ["%[ab%", 2, "has no ]"],
  ["%a{9999}%", 3, "0 to 255"],
  ["%a{,}%", 3, "write {m}"],
  ["%a{5,3}%", 3, "the smaller number first"],
  [String.raw`%\q%`, 2, "is not known"],
  [`%${"a{255}".repeat(9)}%`, 2, "too large"],
  ["%é%", 2, "must not hold"],
  ["{ $.a = }", 9, "a value is missing"],
  ["{ $.a 5 }", 7, "an operator is missing"],
  ["{ $.a > many }", 9, "must stand a number"],
  ["{ a = 1 }", 3, '"$" is missing'],
  ["{ $ = 1 }", 4, "a property is missing"],
  ["{ $.*.* = 1 }", 3, "one wildcard"],
  ["{ $.*=1&&$.*=1&&$.*=1&&$.*=1 }", 1, "3 wildcards"],
  ["{ $.a IS MAYBE }", 10, "TRUE, FALSE or NULL"],
  ["{ $.a[x] = 1 }", 7, "a number, * or a name"],
  ["{ ($.a = 1 }", 12, '")" is missing'],
  ["{ $.a = 1", 10, '"}" is missing'],
  ["{ $.a = 1 } x", 13, "nothing may follow"],
  ["[a, ..., b, ...]", 13, "one ..."],
  ["[a = 1, b", 10, "operator"],
  ["[a = 1 || b = 1]", 11, "must begin with its name"],
  ["[a b]", 4, "operator"],
  [`{ ${"(".repeat(40)}$.a = 1`, 36, "nested"],
])("%s is refused at %i: %s", (pattern, position, problem) => {
  const compile = () => compileFilterPattern(pattern);
  expect(compile).toThrow(SlipwayError);
  expect(compile).toThrow(`character ${position}: `);
  expect(compile).toThrow(problem);
});

test("what fields and properties are in a line", () => {
  const access = '127.0.0.1 - frank [10/Oct/2000] "GET / HTTP/1.0" 200 5';
  expect(compileFilterPattern("[ip, ..., request, status, bytes]").valuesIn(access)).toEqual({
    $ip: "127.0.0.1",
    $request: "GET / HTTP/1.0",
    $status: "200",
    $bytes: "5",
  });
  expect(compileFilterPattern("{ $.a.b = * || $.c = 1 }").valuesIn('{"a":{"b":2.5}}')).toEqual({
    "$.a.b": "2.5",
  });
  expect(compileFilterPattern("ERROR").valuesIn("ERROR")).toEqual({});
});

test("texts that a store may look for first", () => {
  const required = (pattern: string) => compileFilterPattern(pattern).required;
  expect(required('ERROR "took too long" -debug')).toEqual(["ERROR", "took too long"]);
  expect(required("?a ?b")).toEqual([]);
  expect(required("%id=[0-9]+ end%")).toEqual(["id=", " end"]);
  expect(required("%a|b%")).toEqual([]);
  expect(required('{ $.id = "ab/cd" && $.n > 5 }')).toEqual(["id", "ab", "cd", "n"]);
  expect(required('{ $.id = "a" || $.id = "b" }')).toEqual(["id"]);
  expect(required("[w1=ERROR, ..., w9=*.html*]")).toEqual(["ERROR", ".html"]);
});

const sign = fc.constantFrom(
  ...'ab 1.*?-"%[]{}()$=!<>&|\\,^+/é'.split(""),
  "&&",
  "||",
  "$.a",
  "EXISTS",
  "...",
);
const anyPattern = fc.array(sign, { maxLength: 24 }).map((parts) => parts.join(""));
const bracketed = fc.tuple(
  fc.constantFrom(["{", "}"] as const, ["[", "]"] as const, ["%", "%"] as const, ["", ""] as const),
  anyPattern,
);

/** What is wrong with how a pattern behaves on a line; null when nothing is. */
function complaint(pattern: string, line: string): string | null {
  try {
    const { matches, required } = compileFilterPattern(pattern);
    const missing = required.filter((literal) => !line.includes(literal));
    return matches(line) && missing.length > 0 ? `matches without ${missing.join()}` : null;
  } catch (error) {
    const position = Number(/character (\d+)/.exec(String(error))?.[1]);
    const isInside = position >= 1 && position <= pattern.length + 1;
    return error instanceof SlipwayError && isInside ? null : String(error);
  }
}

test("any text is compiled or refused with a place in it; a match holds all required texts", () => {
  fc.assert(
    fc.property(bracketed, fc.string({ unit: sign }), ([[open, end], inner], line) => {
      expect(complaint(`${open}${inner}${end}`, line)).toBeNull();
    }),
    { numRuns: 3000 },
  );
});

const piece = fc
  .tuple(
    fc.constantFrom("a", "b", ".", "[ab]", "[^a]", String.raw`\d`, " "),
    fc.constantFrom("", "*", "+", "?", "{2}", "{1,3}"),
  )
  .map((parts) => parts.join(""));
const branch = fc
  .tuple(fc.constantFrom("", "^"), fc.array(piece, { minLength: 1, maxLength: 5 }), fc.constantFrom("", "$"))
  .map(([start, pieces, end]) => `${start}${pieces.join("")}${end}`);
const expression = fc.array(branch, { minLength: 1, maxLength: 3 }).map((branches) => branches.join("|"));

test("regular expressions find what JavaScript's do", () => {
  fc.assert(
    fc.property(
      expression,
      fc.string({ unit: fc.constantFrom("a", "b", "1", " ", "é"), maxLength: 12 }),
      (source, line) => {
        // oxlint-disable-next-line security/detect-non-literal-regexp -- the oracle
        expect(compileFilterPattern(`%${source}%`).matches(line)).toBe(new RegExp(source, "s").test(line));
      },
    ),
    { numRuns: 3000 },
  );
});

test("an expression that would make others try again and again costs a long line once", MEASURED, () => {
  const { matches } = compileFilterPattern(`%${"a*".repeat(30)}[bc]$%`);
  const began = process.cpuUsage().user;
  expect(matches("a".repeat(1_000_000))).toBe(false);
  expect(process.cpuUsage().user - began).toBeLessThan(2_000_000);
});

test.each(["a.b", "(a|b)*", "[a-z]+", "$^", "a{2}", "\\d", "/x/", "naïve", "🚢x"])(
  "the word %s is found as it stands",
  (word) => {
    const { matches } = compileFilterPattern(word.startsWith("[") ? `x ${word}` : word);
    expect(matches(`x <${word}> y`)).toBe(true);
    expect(matches("x <aab5> y")).toBe(false);
  },
);

test("words that stand within others ever again cost a long line little", MEASURED, () => {
  const { matches } = compileFilterPattern("?a ".repeat(300));
  const spentMs = countProcessorMs();
  expect(matches("a".repeat(262_144))).toBe(false);
  expect(spentMs()).toBeLessThan(1_000);
});
