import { expect, test } from "vitest";
import { parseAssignments, parseEnvironmentFile, parseSecrets } from "./environment-variables.ts";

test("KEY=VALUE keeps everything after the first equals sign, KEY takes the caller's value", () => {
  expect(parseAssignments(["A=1=2", "B=", "HOME"], { HOME: "/root" })).toEqual({
    A: "1=2",
    B: "",
    HOME: "/root",
  });
});

test.each([["1A=2"], ["=x"], ["A B=1"], ["MISSING"]])("%s is refused", (assignment) => {
  expect(() => parseAssignments([assignment], {})).toThrow("--env");
});

test("a secret is NAME=REFERENCE; what is not is refused without being repeated", () => {
  const arn = "arn:aws:secretsmanager:us-east-1:000000000000:secret:db-AbCdEf:url::";
  expect(parseSecrets([`DB_URL=${arn}`, "KEY=/shop/a=b"])).toEqual({ DB_URL: arn, KEY: "/shop/a=b" });
  for (const wrong of ["hunter2", "=hunter2", "KEY=", "A B=hunter2"]) {
    expect(() => parseSecrets([wrong])).toThrow(/^--secret.*: not NAME=REFERENCE\.$/);
    expect(() => parseSecrets([wrong])).not.toThrow("hunter2");
  }
});

test.each([
  ["KEY=", "--secret KEY:"],
  ["API_KEY", "--secret API_KEY:"],
  ["hunter2", "--secret (hidden):"],
])("what is wrong with --secret %s is told by its name", (wrong, message) => {
  expect(() => parseSecrets([wrong])).toThrow(message);
});

test("an environment file knows comments, quotes and export, and nothing else", () => {
  const text = [
    "\uFEFF# a comment",
    "",
    "A=1",
    "export B=two words # with a comment",
    "  C = spaced  ",
    "D='single \\n $A # kept'",
    'E="double \\n \\"quoted\\" \\\\ # kept" # gone',
    "F=",
    "G=a#b",
    "H=a'b",
  ].join("\r\n");
  expect(parseEnvironmentFile(text, ".env")).toEqual({
    A: "1",
    B: "two words",
    C: "spaced",
    D: "single \\n $A # kept",
    E: 'double \n "quoted" \\ # kept',
    F: "",
    G: "a#b",
    H: "a'b",
  });
});

test("a mistake is told by its line, never by its text", () => {
  expect(() => parseEnvironmentFile("A=1\nhunter2\n", ".env")).toThrow(/^\.env, line 2: not KEY=VALUE\.$/);
  expect(() => parseEnvironmentFile("A='hunter2\n", ".env")).toThrow(
    /^\.env, line 1: a ' is never closed\.$/,
  );
});
