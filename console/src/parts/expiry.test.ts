import { expect, test } from "vitest";
import { expiryOf } from "./expiry.ts";

const DAY_S = 86_400;
const life = { notBefore: 0, notAfter: 90 * DAY_S };

test("what is left is a share of the whole life", () => {
  expect(expiryOf(life, 0)).toEqual({ leftMs: 90 * DAY_S * 1_000, share: 1, urgency: "none" });
  expect(expiryOf(life, 45 * DAY_S * 1_000)).toMatchObject({ share: 0.5, urgency: "none" });
});

test("it is urgent when a renewal should have been there, and at its end", () => {
  expect(expiryOf(life, 79 * DAY_S * 1_000).urgency).toBe("soon");
  expect(expiryOf(life, 88 * DAY_S * 1_000).urgency).toBe("now");
  expect(expiryOf(life, 91 * DAY_S * 1_000)).toMatchObject({
    leftMs: -DAY_S * 1_000,
    share: 0,
    urgency: "now",
  });
});

test("ten years that end in a year are not urgent", () => {
  expect(expiryOf({ notBefore: 0, notAfter: 3_650 * DAY_S }, 3_285 * DAY_S * 1_000).urgency).toBe("none");
});
