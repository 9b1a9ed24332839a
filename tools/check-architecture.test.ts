import { expect, test } from "vitest";
import { checkArchitecture } from "./check-architecture.ts";

const sound = {
  "src/domain/arn.ts": "export const arn = 1;\n",
  "src/ports/store.ts": 'import { arn } from "../domain/arn.ts";\n',
};

function violations(files: Readonly<Record<string, string>>): readonly string[] {
  return checkArchitecture(new Map(Object.entries({ ...sound, ...files }))).violations;
}

test("a sound tree has no violations, and the counts say what was seen", () => {
  expect(checkArchitecture(new Map(Object.entries(sound)))).toEqual({
    files: 2,
    imports: 1,
    crossings: 1,
    violations: [],
  });
});

test("seeing no file, or no import between modules, is a failure", () => {
  expect(checkArchitecture(new Map()).violations).toEqual(["no source file was seen"]);
  expect(checkArchitecture(new Map([["src/domain/arn.ts", ""]])).violations).toEqual([
    "no import between modules was seen",
  ]);
});

test.each([
  [
    "an adapter imports another",
    "src/store/a.ts",
    'import { x } from "../engine/x.ts";',
    "store must not import engine",
  ],
  [
    "the heart imports an adapter",
    "src/operations/a.ts",
    'import type { X } from "../edge/x.ts";',
    "operations must not import edge",
  ],
  [
    "the domain imports anything",
    "src/domain/a.ts",
    'export * from "../ports/store.ts";',
    "domain must not import ports",
  ],
  ["anything imports main", "src/api/a.ts", 'const x = await import("../main/x.ts");', "imports main"],
  [
    "an import spread over lines",
    "src/edge/a.ts",
    'import {\n  a,\n  b,\n} from "../observe/x.ts";',
    "edge must not import observe",
  ],
  [
    "a value of the contract in the command line",
    "src/cli/a.ts",
    'import { x } from "../contract/x.ts";',
    "only types",
  ],
  ["a module nobody knows", "src/misc/a.ts", 'import { arn } from "../domain/arn.ts";', "not in the table"],
  ["a test is imported", "src/domain/a.ts", 'import { x } from "./b.test.ts";', "imports the test file"],
  [
    "something outside the program",
    "src/main/a.ts",
    'import { x } from "../../test/x.ts";',
    "not part of the program",
  ],
  [
    "input or output in the domain",
    "src/domain/a.ts",
    'import { readFileSync } from "node:fs";',
    "no input or output",
  ],
  [
    "exec",
    "src/engine/a.ts",
    'import { execFile, exec } from "node:child_process";',
    "exec goes through a shell",
  ],
  ["child_process whole", "src/engine/a.ts", 'import * as cp from "node:child_process";', "by name"],
  ["shell: true", "src/engine/a.ts", 'spawn("a", [], { shell: true });', "no shell"],
  ["the time", "src/operations/a.ts", "const now = Date.now();", "ask the Clock"],
  ["the date", "src/api/a.ts", "const now = new Date();", "ask the Clock"],
  ["chance", "src/domain/a.ts", "const x = Math.random();", "ask the IdSource"],
  ["a locale", "src/main/a.ts", "names.sort((one, other) => one.localeCompare(other));", "no locales"],
  ["a number of a locale", "src/cli/a.ts", "const text = (1_000).toLocaleString();", "no locales"],
  ["a long file", "src/engine/a.ts", "// A file.\n".repeat(401), "401 lines"],
])("%s", (_what, path, text, expected) => {
  expect(violations({ [path]: text })).toEqual([expect.stringContaining(expected)]);
  expect(violations({ [path]: text })[0]).toMatch(new RegExp(`^${path}:\\d+: `));
});

test.each([
  [
    "main imports all",
    "src/main/a.ts",
    'import { x } from "../engine/x.ts"; import { y } from "../cli/y.ts";',
  ],
  [
    "types of the contract in the command line",
    "src/cli/a.ts",
    'import type { X } from "../contract/x.ts";\nimport { type Y } from "../contract/y.ts";',
  ],
  [
    "a test reaches further",
    "src/api/a.test.ts",
    'import { x } from "../store/x.ts";\nconst now = Date.now();',
  ],
  ["a locale of browsers", "console/src/a.ts", "const text = (1_000).toLocaleString();"],
  ["a given date", "src/api/a.ts", "const then = new Date(thenMs);"],
  ["time in a comment", "src/api/a.ts", '// Date.now() is not for us\nconst url = "http://a";'],
  ["execFile", "src/engine/a.ts", 'import { execFile, type ExecFileOptions } from "node:child_process";'],
  [
    "a long file with a reason",
    "src/engine/a.ts",
    `/** A table. Over 400 lines because it is one. */\n${"//\n".repeat(400)}`,
  ],
  [
    "a long file with a reason further down its header",
    "src/engine/a.ts",
    `/**\n * A table.\n *\n * Over 400 lines because it is one.\n */\n${"\n".repeat(400)}`,
  ],
])("%s is allowed", (_what, path, text) => {
  expect(violations({ [path]: text })).toEqual([]);
});

test("a cycle is told with its way", () => {
  const cycle = {
    "src/edge/a.ts": 'import { b } from "./b.ts";',
    "src/edge/b.ts": 'import type { A } from "./a.ts";',
  };
  expect(violations(cycle)).toEqual(["cycle: src/edge/a.ts → src/edge/b.ts → src/edge/a.ts"]);
});
