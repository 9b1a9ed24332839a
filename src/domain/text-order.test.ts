import { expect, test } from "vitest";
import { compareTexts, grouped } from "./text-order.ts";

test("texts are ordered by their code units", () => {
  const texts = ["shop-10", "shop", "Shop", "shop-2", "shop"];
  expect(texts.toSorted(compareTexts)).toEqual(["Shop", "shop", "shop", "shop-10", "shop-2"]);
});

test.each([
  [0, "0"],
  [999, "999"],
  [1_000, "1,000"],
  [24_576, "24,576"],
  [1_234_567, "1,234,567"],
  [-1_234, "-1,234"],
])("%d is written %s", (whole, text) => {
  expect(grouped(whole)).toBe(text);
});
