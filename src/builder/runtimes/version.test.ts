import { expect, test } from "vitest";
import { compareVersions, isVersion, mayBecome, satisfies } from "./version.ts";

test("a version means all that begin with it", () => {
  expect(satisfies("3.11.2", "3")).toBe(true);
  expect(satisfies("3.11.2", "3.11")).toBe(true);
  expect(satisfies("3.11.2", "3.11.2")).toBe(true);
  expect(satisfies("3.11.2", null)).toBe(true);
  expect(satisfies("3.11.2", "3.1")).toBe(false);
  expect(satisfies("3.11.2", "3.11.9")).toBe(false);
  expect(satisfies("3.11", "3.11.2")).toBe(false);
});

test("Java's fifth number, a repackaging of the same Java, does not count", () => {
  expect(satisfies("17.0.13.11", "17.0.13.11.1")).toBe(true);
  expect(satisfies("8.472.08", "8.472.8")).toBe(true);
  expect(satisfies("17.0.13.11", "17.0.13.10.1")).toBe(false);
});

test("of a version that is known in part only what is known can rule it out", () => {
  expect(mayBecome("8.2", "8.2.10")).toBe(true);
  expect(mayBecome("8.2", "8")).toBe(true);
  expect(mayBecome("8.2", "8.1.10")).toBe(false);
  expect(mayBecome("8.2", null)).toBe(true);
});

test("versions are ordered by their numbers, not by their letters", () => {
  expect(["3.9.1", "3.11.2", "3.11"].sort(compareVersions)).toEqual(["3.9.1", "3.11", "3.11.2"]);
});

test.each(["22", "22.14.0", "17.0.13.11.1"])("%s is a version", (text) => {
  expect(isVersion(text)).toBe(true);
});

test.each(["", "22.", "v22", "lts", "22 --registry=x", "1.2.3.4.5.6", "22\n"])("%j is none", (text) => {
  expect(isVersion(text)).toBe(false);
});
