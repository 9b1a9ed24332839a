import { expect, test } from "vitest";
import { sparklinePath } from "./sparkline-path.ts";

const frame = { widthPx: 100, heightPx: 22 };

test("the greatest value touches the top and zero the floor", () => {
  expect(sparklinePath([0, 5, 10], frame).line).toBe("M0,21L50,11L100,1");
});

test("what was not measured is a gap, and a value alone is still seen", () => {
  expect(sparklinePath([10, 10, null, 10, null], frame).line).toBe("M0,1L25,1M73,1L77,1");
});

test("nothing measured draws nothing, and zeros are a line on the floor", () => {
  expect(sparklinePath([null, null], frame)).toEqual({ line: "", area: "" });
  expect(sparklinePath([0, 0], frame).line).toBe("M0,21L100,21");
});

test("a common maximum makes two of them comparable", () => {
  expect(sparklinePath([5, 5], { ...frame, maximum: 10 }).line).toBe("M0,11L100,11");
});
