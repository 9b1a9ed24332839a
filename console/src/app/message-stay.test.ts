import { expect, test } from "vitest";
import { pageOfPath, staysOnLeaving } from "./message-stay.ts";

test("an error goes with its page, a success goes by itself", () => {
  expect(staysOnLeaving({ type: "error", madeAtMs: 1_000 }, 5_000)).toBe(false);
  expect(staysOnLeaving({ type: "info", madeAtMs: 1_000 }, 5_000)).toBe(false);
  expect(staysOnLeaving({ type: "success", madeAtMs: 1_000 }, 5_000)).toBe(true);
});

test("what is said while one is led to another page is seen there", () => {
  expect(staysOnLeaving({ type: "warning", madeAtMs: 4_900 }, 5_000)).toBe(true);
});

test("the tabs of a service are one page, another service is another", () => {
  expect(pageOfPath("/services/shop/logs")).toBe(pageOfPath("/services/shop"));
  expect(pageOfPath("/services/shop")).not.toBe(pageOfPath("/services/blog"));
  expect(pageOfPath("/services")).not.toBe(pageOfPath("/users"));
});
