import { expect, test } from "vitest";
import { ageText, durationText, runningText } from "./duration.ts";

test.each([
  [-5, "0 ms"],
  [0, "0 ms"],
  [340, "340 ms"],
  [4_260, "4.2 s"],
  [9_999, "9.9 s"],
  [42_900, "42 s"],
  [60_000, "1 min"],
  [125_900, "2 min 5 s"],
  [3_600_000, "1 h"],
  [12_000_000, "3 h 20 min"],
  [439_200_000, "5 d 2 h"],
])("%d ms is %s long", (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test.each([
  [0, "0 s"],
  [3_900, "3 s"],
  [125_900, "2 min 5 s"],
])("what goes on since %d ms goes on for %s", (ms, text) => {
  expect(runningText(ms)).toBe(text);
});

test.each([
  [-1, "0 s"],
  [59_999, "59 s"],
  [61_000, "1 min"],
  [7_200_000, "2 h"],
  [200_000_000, "2 d"],
])("what is %d ms old is %s old", (ms, text) => {
  expect(ageText(ms)).toBe(text);
});
