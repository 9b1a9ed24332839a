import { expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../../test/support/processor-time.ts";
import { checkNames, parseTree } from "./tree-listing.ts";

const ID = "0123456789012345678901234567890123456789";

test("a listing tells files, links and submodules apart, whatever their names", () => {
  const lines = [
    `100644 blob ${ID}      12\ta\tb\nc`,
    `120000 blob ${ID}       3\tlink`,
    `160000 commit ${ID}       -\tlib`,
  ];
  expect(parseTree(Buffer.from(lines.map((line) => `${line}\u0000`).join("")))).toEqual([
    { kind: "file", id: ID, bytes: 12, path: "a\tb\nc" },
    { kind: "link", id: ID, bytes: 3, path: "link" },
    { kind: "submodule", id: ID, bytes: 0, path: "lib" },
  ]);
});

test.each([
  ".git",
  ".GIT/config",
  "a/.Git/hooks/x",
  "git~1/x",
  "GIT~1",
  ".git /x",
  ".git./x",
  ".git::$INDEX_ALLOCATION/x",
  ".git\\x",
  ".g\u200cit/x",
  "a/../b",
  "caf\ufffd",
  `${"long/".repeat(900)}x`,
])("the name %j is not accepted", (path) => {
  const entry = { kind: "file", id: ID, bytes: 0, path } as const;
  expect(() => checkNames([entry])).toThrow(expect.objectContaining({ problem: "refused" }));
});

test.each([".gitignore", ".github/x", "git", "a.git/x", "...x"])("the name %j is fine", (path) => {
  expect(() => checkNames([{ kind: "file", id: ID, bytes: 0, path }])).not.toThrow();
});

test("nothing lies below a link", () => {
  const link = { kind: "link", id: ID, bytes: 1, path: "a" } as const;
  const below = { kind: "file", id: ID, bytes: 1, path: "a/b/c" } as const;
  expect(() => checkNames([link, below])).toThrow(/a\/b\/c/);
  expect(() => checkNames([link, { ...below, path: "ab/c" }])).not.toThrow();
});

test("a tree of endless paths takes no time", MEASURED, () => {
  const deep = { kind: "file", id: ID, bytes: 0, path: `${"a/".repeat(1_990)}x` } as const;
  const link = { kind: "link", id: ID, bytes: 1, path: "b" } as const;
  const spentMs = countProcessorMs();
  const check = () => checkNames([link, ...Array.from({ length: 16_000 }, () => deep)]);
  expect(check).toThrow(expect.objectContaining({ problem: "too-large" }));
  expect(spentMs()).toBeLessThan(5_000);
});
