import { expect, test } from "vitest";
import { tagChanges } from "./tag-changes.ts";

test("only what is different is told", () => {
  const before = [
    { Key: "team", Value: "shop" },
    { Key: "env", Value: "test" },
  ];
  const after = [
    { Key: "team", Value: "shop" },
    { Key: "stage", Value: "live" },
  ];
  expect(tagChanges(before, after)).toEqual({ set: [{ Key: "stage", Value: "live" }], removed: ["env"] });
  expect(tagChanges(before, before)).toEqual({ set: [], removed: [] });
});
