import { expect, test } from "vitest";
import { checkBranchName, relativeSourceDirectory } from "./location.ts";

test.each(["main", "feature/x", "release-1.2", "ünïcode", "a@b", "v1.0"])("%s is a branch", (branch) => {
  expect(() => checkBranchName(branch)).not.toThrow();
});

test.each([
  "",
  "-x",
  "--upload-pack=touch /tmp/x",
  "a..b",
  "../x",
  "a b",
  "a\nb",
  "a\u0000b",
  "a\u001b[31m",
  "a~1",
  "a^",
  "a:b",
  "+a:b",
  "a?",
  "a*",
  "a[",
  "a\\b",
  "/a",
  "a/",
  "a//b",
  ".a",
  "a/.b",
  "a.lock",
  "a.",
  "@",
  "@{-1}",
  "HEAD",
  "refs/heads/main",
  "x".repeat(245),
])("%j is none", (branch) => {
  expect(() => checkBranchName(branch)).toThrow(expect.objectContaining({ problem: "no-branch" }));
});

test("control characters of a branch's name do not reach the message", () => {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(() => checkBranchName("a\u001b[31m")).toThrow(/^[^\u001b]*$/);
});

test("a source directory is absolute within the repository", () => {
  expect(relativeSourceDirectory("/")).toBe("");
  expect(relativeSourceDirectory("/services/web")).toBe("services/web");
  expect(relativeSourceDirectory("services//web/")).toBe("services/web");
});

test.each(["../..", "/..", "/a/../../b", "/./a", "a\nb"])("a source directory %j is refused", (directory) => {
  expect(() => relativeSourceDirectory(directory)).toThrow(expect.objectContaining({ problem: "refused" }));
});
