import { expect, it } from "vitest";
import { UrgentTries } from "./urgent-tries.ts";

const SUBJECT = "domain:shop.example.com";

it("the first wish is heard at once, others within a minute are one, heard at its end", () => {
  const tries = new UrgentTries();
  expect(tries.wish(SUBJECT, 1_000)).toBe(1_000);
  expect(tries.wish(SUBJECT, 2_000)).toBe(61_000);
  expect(tries.wish(SUBJECT, 40_000)).toBe(61_000);
  expect(tries.wish(SUBJECT, 61_500)).toBe(121_000);
  expect(tries.wish(SUBJECT, 200_000)).toBe(200_000);
  expect(tries.wish("domain:other.example.com", 200_001)).toBe(200_001);
});

it("a clock that was set back delays nothing", () => {
  const tries = new UrgentTries();
  tries.wish(SUBJECT, 10_000_000);
  expect(tries.wish(SUBJECT, 1_000)).toBe(1_000);
});
