import { expect, test } from "vitest";
import { missingPermission } from "./missing-permission.ts";

test("the API's refusal names what is missing, whatever the user's name", () => {
  expect(
    missingPermission(
      "User: arn:aws:iam::000000000000:user/ann is not authorized to perform: iam:ListUsers on resource: * because no identity-based policy allows the iam:ListUsers action",
    ),
  ).toEqual({ action: "iam:ListUsers", resource: "*" });
  expect(missingPermission("Slipway does not answer. Is the control plane running?")).toBe(null);
});
