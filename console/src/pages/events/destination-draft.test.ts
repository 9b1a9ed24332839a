import { expect, test } from "vitest";
import { type Destination, draftOf, emptyDraft, filterOf } from "./destination-draft.ts";

const destination: Destination = {
  Name: "ops",
  Arn: "arn",
  Url: "https://ops.example.com/…",
  Format: "chat",
  Status: "ENABLED",
  CreatedAt: 1,
  Filter: {
    DetailTypes: ["Slipway Instance Ended"],
    ServiceNames: ["shop-*", "api"],
    Tag: { Key: "team", Value: "a=b" },
    MinimumSeverity: "WARN",
  },
};

test("what is not changed in the form comes out as it went in", () => {
  expect(filterOf(draftOf(destination))).toEqual(destination.Filter);
  expect(draftOf(destination).url).toBe("");
});

test("an empty form takes everything, and a tag without a value any value", () => {
  expect(filterOf(emptyDraft)).toEqual({ MinimumSeverity: "INFO" });
  expect(filterOf({ ...emptyDraft, tag: " team ", services: " , a,, b " })).toEqual({
    MinimumSeverity: "INFO",
    Tag: { Key: "team" },
    ServiceNames: ["a", "b"],
  });
});
