import { expect, test } from "vitest";
import { eventKindOf } from "./event-kind.ts";

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
