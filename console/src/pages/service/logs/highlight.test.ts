import { expect, test } from "vitest";
import { findersOf, findRanges, markPart } from "./highlight.ts";

function marked(pattern: string, line: string): readonly string[] {
  return findRanges(line, findersOf(pattern)).map(({ start, end }) => line.slice(start, end));
}

test.each([
  ["a word, not a part of one", "ERROR", "ERRORS [ERROR 500] my_ERROR_code", ["ERROR", "ERROR"]],
  ["each of several", "ERROR timeout", "timeout: ERROR", ["timeout", "ERROR"]],
  ["any of several", "?ERROR ?WARN", "WARN", ["WARN"]],
  ["a text anywhere", '"took too"', "it took too long", ["took too"]],
  ["a text with quotes", String.raw`"say \"hi\""`, 'I say "hi" now', ['say "hi"']],
  ["an expression", "%user-[0-9]+%", "user-17 and user-x", ["user-17"]],
  ["not what must be missing", "ERROR -healthcheck", "ERROR healthcheck", ["ERROR"]],
  ["values of JSON", '{ $.level = "error" && $.n >= 5 }', '{"level":"error","n":7}', ["error"]],
  ["the known part of a value", '{ $.path = "/cart*" }', '{"path":"/cart/1"}', ["/cart"]],
  ["nothing of unequal values", '{ $.level != "info" }', '{"level":"info"}', []],
  ["fields", "[ip, user, status = 404]", "1.2.3.4 me 404", ["404"]],
  ["letters that mean something elsewhere", '"a.b(c)"', "axb(c) a.b(c)", ["a.b(c)"]],
  ["nothing of a broken expression", "%[%", "x", []],
  ["nothing of nothing", "", "x", []],
])("marks %s", (_what, pattern, line, words) => {
  expect(marked(pattern, line)).toEqual(words);
});

test("overlapping finds are one mark", () => {
  expect(marked('"abc" "bcd"', "xabcdx")).toEqual(["abcd"]);
});

test("a line full of finds has a bounded number of marks", () => {
  expect(marked('"a "', "a ".repeat(10_000)).length).toBeLessThanOrEqual(50);
});

test("a coloured part is cut at the marks that reach into it", () => {
  const ranges = [
    { start: 2, end: 6 },
    { start: 8, end: 9 },
  ];
  expect(markPart("efghij", 4, ranges)).toEqual([
    { text: "ef", offset: 4, isFound: true },
    { text: "gh", offset: 6, isFound: false },
    { text: "i", offset: 8, isFound: true },
    { text: "j", offset: 9, isFound: false },
  ]);
  expect(markPart("ab", 20, ranges)).toEqual([{ text: "ab", offset: 20, isFound: false }]);
});
