import { expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../../test/support/processor-time.ts";
import { IgnorePatterns, type ParentMatches } from "./ignore-patterns.ts";

/** As a walk does it: each directory above is judged first. */
function isIgnored(patterns: readonly string[], path: string): boolean {
  const ignore = new IgnorePatterns(patterns);
  const segments = path.split("/");
  let matches: ParentMatches | null = null;
  let verdict = false;
  for (let depth = 1; depth <= segments.length; depth++) {
    const judged = ignore.judge(segments.slice(0, depth).join("/"), matches);
    matches = judged.matches;
    verdict = judged.isIgnored;
  }
  return verdict;
}

test.each([
  ["node_modules", "node_modules/a/b", true],
  ["node_modules", "sub/node_modules", false],
  ["**/node_modules", "sub/deep/node_modules/a", true],
  ["**/node_modules", "node_modules", true],
  ["/a/", "a/x", true],
  ["./a/../b", "b", true],
  ["*.md", "readme.md", true],
  ["*.md", "docs/readme.md", false],
  ["**/*.md", "docs/readme.md", true],
  ["a/**", "a", false],
  ["a/**", "a/b/c", true],
  ["a/**/z", "a/z", true],
  ["a/**/z", "a/b/c/z", true],
  ["**", "anything/at/all", true],
  ["a?c", "abc", true],
  ["a?c", "a/c", false],
  ["[a-c]x", "bx", true],
  ["[^a-c]x", "bx", false],
  [String.raw`\*`, "*", true],
  [String.raw`\*`, "a", false],
  ["a.b", "axb", false],
  ["# comment", "# comment", false],
  ["", "a", false],
])("pattern %j, path %j: ignored is %j", (pattern, path, expected) => {
  expect(isIgnored([pattern], path)).toBe(expected);
});

test("the last pattern that matches decides", () => {
  const patterns = ["*", "!src", "src/secret", "!src/secret/public"];
  expect(isIgnored(patterns, "src/a")).toBe(false);
  expect(isIgnored(patterns, "other")).toBe(true);
  expect(isIgnored(patterns, "src/secret/a")).toBe(true);
  expect(isIgnored(patterns, "src/secret/public")).toBe(false);
});

test("a pattern made to take for ever takes no time", MEASURED, () => {
  const spentMs = countProcessorMs();
  expect(
    isIgnored([`${"*a".repeat(200)}b`, `${"**/a/".repeat(100)}b`], `${"a".repeat(250)}/${"a/".repeat(100)}c`),
  ).toBe(false);
  expect(spentMs()).toBeLessThan(2_000);
});

test("many such patterns and paths end soon, with an error", () => {
  const ignore = new IgnorePatterns(Array.from({ length: 1_000 }, (_, at) => `**/${"*a".repeat(25)}b${at}`));
  const spentMs = countProcessorMs();
  const judgeAll = () => {
    for (let at = 0; at < 200_000; at++) ignore.judge(`${"a".repeat(200)}/${"a".repeat(200)}/${at}`, null);
  };
  expect(judgeAll).toThrow(/\.dockerignore: its patterns take too long/);
  expect(spentMs()).toBeLessThan(30_000);
}, 120_000);

test("no pattern is left out without a word", () => {
  expect(() => new IgnorePatterns(Array.from({ length: 1_001 }, (_, at) => `secret-${at}`))).toThrow(
    /more than 1000 patterns/,
  );
  expect(isIgnored([`${"a/".repeat(600)}b`], `${"a/".repeat(600)}b`)).toBe(true);
});
