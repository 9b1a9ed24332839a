import { expect, test } from "vitest";
import { pageOfPath, staysOnLeaving } from "./message-stay.ts";

test("a message goes with its page, also a success, which may be untrue by then", () => {
  expect(staysOnLeaving({ madeAtMs: 1_000 }, 5_000)).toBe(false);
});

test("what is said while one is led to another page is seen there", () => {
  expect(staysOnLeaving({ madeAtMs: 4_900 }, 5_000)).toBe(true);
});

test("the tabs of a service are one page, another service is another", () => {
  expect(pageOfPath("/services/shop/logs")).toBe(pageOfPath("/services/shop"));
  expect(pageOfPath("/services/shop")).not.toBe(pageOfPath("/services/blog"));
  expect(pageOfPath("/services")).not.toBe(pageOfPath("/users"));
});
