import { expect, test } from "vitest";
import { countProcessorMs, MEASURED } from "../../../test/support/processor-time.ts";
import { findEscapingLink } from "./escaping-link.ts";

function find(links: Readonly<Record<string, string>>): string | null {
  return findEscapingLink(new Map(Object.entries(links)));
}

test("links within the tree are fine", () => {
  expect(find({ "a/b": "../c", d: "a/b", "x/y/z": "../../a", self: ".", missing: "nothing/../here" })).toBe(
    null,
  );
});

test("links that lead out are found", () => {
  expect(find({ a: ".." })).toBe("a");
  expect(find({ a: "/etc/passwd" })).toBe("a");
  expect(find({ "a/b": "../../x" })).toBe("a/b");
  expect(find({ a: "b/../../c" })).toBe("a");
  expect(find({ a: "./.././x" })).toBe("a");
  expect(find({ a: "b\u0000" })).toBe("a");
});

test("a link may not lead out by way of another one", () => {
  // Read as text this is `a/b/etc`, within the tree; followed it is `/../etc`.
  expect(find({ "a/b/up": "../..", "a/b/out": "up/../etc" })).toBe("a/b/out");
  expect(find({ x: "y/..", y: "z", z: "." })).toBe("x");
});

test("circles and towers of links end", () => {
  expect(find({ a: "b", b: "a" })).toBe(null);
  expect(find({ a: "a/x" })).toBe(null);
  const tower = Object.fromEntries(
    Array.from({ length: 60 }, (_, level) => [`l${level}`, `l${level + 1}/l${level + 1}`]),
  );
  expect(find(tower)).toBe(null);
  expect(find({ a: `${"./".repeat(20_000)}x` })).toBe("a");
});

test("thousands of long links take no time", MEASURED, () => {
  const links = new Map(Array.from({ length: 16_000 }, (_, at) => [`l${at}`, `a/b/${"a/".repeat(2_000)}`]));
  const spentMs = countProcessorMs();
  expect(findEscapingLink(links)).toMatch(/^l\d+$/);
  expect(spentMs()).toBeLessThan(2_000);
});

test("thousands of ordinary links are fine", () => {
  const links = new Map(
    Array.from({ length: 50_000 }, (_, at) => [`node_modules/.bin/l${at}`, `../p${at}/bin/x.js`]),
  );
  expect(findEscapingLink(links)).toBe(null);
});
