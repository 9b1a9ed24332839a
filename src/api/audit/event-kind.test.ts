import { expect, test } from "vitest";
import { eventKindOf, targetOf } from "./event-kind.ts";

test.each([
  ["Slipway.ExplainService", "ExplainService", true],
  ["AppRunner.DeleteService", "DeleteService", false],
  ["GraniteServiceVersion20100801.PutDashboard", "PutDashboard", false],
  ["GraniteServiceVersion20100801.GetDashboard", "GetDashboard", true],
  ["GraniteServiceVersion20100801.MakeCoffee", "Unknown", false],
  [undefined, "Unknown", false],
])("a call of %s is named %s, and reads only: %s", (target, eventName, isReadOnly) => {
  expect(eventKindOf(undefined, target)).toMatchObject({ eventName, isReadOnly });
});

test("calls in CBOR name their operation in the path", () => {
  const path = "/service/GraniteServiceVersion20100801/operation/PutDashboard";
  expect(targetOf(undefined, path)).toBe("GraniteServiceVersion20100801.PutDashboard");
  expect(targetOf("Slipway.GetInfo", "/")).toBe("Slipway.GetInfo");
  expect(targetOf(undefined, "/")).toBeUndefined();
});
