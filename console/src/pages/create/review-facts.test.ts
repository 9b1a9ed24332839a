import { expect, test } from "vitest";
import { emptyDraft } from "../../parts/service-fields/draft.ts";
import { factsOf } from "./review-facts.ts";

test("a role is called by its name, whatever path it has", () => {
  const draft = { ...emptyDraft, instanceRoleArn: "arn:aws:iam::000000000000:role/team/shop/reads" };
  expect(factsOf(draft, "network")).toContainEqual(["Instance role", "reads"]);
  const access = { ...emptyDraft, accessRoleArn: "arn:aws:iam::000000000000:role/pulls" };
  expect(factsOf(access, "source")).toContainEqual(["Access role", "pulls"]);
});

test("a connector is called by its name and revision", () => {
  const vpcConnectorArn = "arn:aws:apprunner:us-east-1:000000000000:vpcconnector/database/2/0123";
  expect(factsOf({ ...emptyDraft, vpcConnectorArn }, "network").map(([, value]) => value)).toContain(
    "database, revision 2",
  );
});

test("a key is called by its id, not by an ARN", () => {
  const kmsKeyArn = "arn:aws:kms:us-east-1:000000000000:key/29108f28-263d-471a-81b1-5887ba6bc560";
  expect(factsOf({ ...emptyDraft, kmsKeyArn }, "network")).toContainEqual([
    "Encryption key",
    "29108f28-263d-471a-81b1-5887ba6bc560",
  ]);
});
