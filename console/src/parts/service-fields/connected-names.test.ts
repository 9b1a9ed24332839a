import { expect, test } from "vitest";
import { connectedNames, internalUrl, withName, withoutName } from "./connected-names.ts";

test("names are read however they are separated, each once", () => {
  expect(connectedNames(" billing,users  billing , Users")).toEqual(["billing", "users", "Users"]);
  expect(connectedNames("")).toEqual([]);
});

test("names come and go one by one; without one there is no value", () => {
  expect(withName("", "billing")).toBe("billing");
  expect(withName("billing users", "mail")).toBe("billing,users,mail");
  expect(withName("billing", "billing")).toBe("billing");
  expect(withoutName("billing, gone", "gone")).toBe("billing");
  expect(withoutName("billing", "billing")).toBe("");
});

test("an internal name is the service's in lower case", () => {
  expect(internalUrl("Billing", 7081)).toBe("http://billing.internal:7081/");
});
