import { expect, test } from "vitest";
import { arePairsComplete, fromPairs, toPairs } from "./secret-text.ts";

test("an object of texts is edited as keys with values, and back; anything else stays a text", () => {
  const text = '{"user":"shop","password":"a\\"b"}';
  expect(toPairs(text)).toEqual([
    { key: "user", value: "shop" },
    { key: "password", value: 'a"b' },
  ]);
  expect(fromPairs(toPairs(text) ?? [])).toBe(text);
  for (const other of ["plain", "[1]", '{"port":5432}', "null", "{"]) expect(toPairs(other)).toBeNull();
});

test("keys must be there and different", () => {
  expect(arePairsComplete([])).toBe(false);
  expect(arePairsComplete([{ key: "a", value: "" }])).toBe(true);
  expect(arePairsComplete([{ key: " ", value: "x" }])).toBe(false);
  expect(
    arePairsComplete([
      { key: "a", value: "1" },
      { key: "a", value: "2" },
    ]),
  ).toBe(false);
});
