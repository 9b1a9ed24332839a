import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { WordSearch } from "./word-search.ts";

function found(words: readonly string[], text: string): boolean {
  return new WordSearch(words.map((word) => Buffer.from(word))).mayBeIn(Buffer.from(text));
}

test("a word is found wherever it stands, at the very end too, and only whole", () => {
  const words = ["hunter2-hunter2", "correct-horse"];
  expect(found(words, "a correct-horse b")).toBe(true);
  expect(found(words, "correct-horse b")).toBe(true);
  expect(found(words, "a hunter2-hunter2")).toBe(true);
  expect(found(words, "hunter2-hunter")).toBe(false);
  expect(found(words, "correct-hors")).toBe(false);
  expect(found(words, "")).toBe(false);
});

test("short words, long ones and none at all are looked for beside each other", () => {
  expect(found(["abcd", "a much longer word".repeat(100)], "xabcdx")).toBe(true);
  expect(found(["abcd", "a much longer word".repeat(100)], "a much longer word".repeat(101))).toBe(true);
  expect(found(["abcd", "a much longer word".repeat(100)], "a much longer word".repeat(99))).toBe(false);
  expect(found([], "anything")).toBe(false);
});

test("whatever is there is found", () => {
  // Few letters, so that much is alike; two of them share their hashes.
  const text = (minLength: number, maxLength: number) =>
    fc.string({ unit: fc.constantFrom("a", "b", "B", "é"), minLength, maxLength });
  fc.assert(
    fc.property(
      fc.array(text(4, 80), { minLength: 1, maxLength: 6 }),
      text(0, 300),
      fc.nat(300),
      fc.nat(5),
      (words, around, at, which) => {
        const said = around.slice(0, at) + words[which % words.length] + around.slice(at);
        expect(found(words, said)).toBe(true);
      },
    ),
  );
});

test("what is not there is not found, however many words there are", () => {
  const words = Array.from({ length: 200 }, (_, number) => digest(`word ${number}`));
  const said = Array.from({ length: 200 }, (_, number) => `${digest(`other ${number}`)} is said\n`);
  expect(found(words, said.join(""))).toBe(false);
  expect(found(words, said.join("") + words.at(-1))).toBe(true);
});

test("a text of nothing but beginnings is given up", () => {
  expect(found([`${"a".repeat(3_000)}b`], "a".repeat(100_000))).toBe(true);
  const alike = Array.from({ length: 2_000 }, (_, number) => `${number}`.padEnd(64, "ab"));
  expect(found(alike, "ab".repeat(50_000))).toBe(true);
});

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
