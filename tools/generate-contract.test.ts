import { ProviderType, Runtime } from "@aws-sdk/client-apprunner";
import { expect, test } from "vitest";
import { appRunnerErrors, appRunnerOperations, appRunnerShapes } from "../src/contract/model.gen.ts";
import { isCurrent } from "./generate-contract.ts";

test("model.gen.ts is what the generator would write now", () => {
  expect(isCurrent(), "run: node tools/generate-contract.ts").toBe(true);
});

test("the model holds all of App Runner", () => {
  const shapes = Object.values(appRunnerShapes);
  expect(Object.keys(appRunnerOperations)).toHaveLength(37);
  expect(shapes.filter(({ kind }) => kind === "structure")).toHaveLength(108);
  expect(shapes.filter(({ kind }) => kind === "enum")).toHaveLength(19);
  expect(shapes.filter(({ kind }) => kind === "sensitive")).toHaveLength(6);
  expect(Object.keys(appRunnerErrors)).toHaveLength(5);
});

test("each operation knows its own errors besides the two that all have", () => {
  for (const { errors } of Object.values(appRunnerOperations)) {
    expect(errors).toEqual(
      expect.arrayContaining(["InternalServiceErrorException", "InvalidRequestException"]),
    );
  }
  expect(appRunnerOperations.StartDeployment.errors).not.toContain("InvalidStateException");
  expect(appRunnerOperations.UpdateService.errors).toContain("InvalidStateException");
});

test("statuses that Terraform compares are in the letter case of the real service", () => {
  expect(appRunnerShapes.AutoScalingConfigurationStatus.values).toEqual(["active", "inactive"]);
  expect(appRunnerShapes.CustomDomainAssociationStatus.values).toContain(
    "pending_certificate_dns_validation",
  );
  expect(appRunnerShapes.ObservabilityConfigurationStatus.values).toContain("ACTIVE");
});

test("enums that are widened still hold every value of AWS's", () => {
  expect(appRunnerShapes.ProviderType.values).toEqual(expect.arrayContaining(Object.values(ProviderType)));
  expect(appRunnerShapes.Runtime.values).toEqual(expect.arrayContaining(Object.values(Runtime)));
  expect(appRunnerShapes.ProviderType.values).toContain("GITEA");
  expect(appRunnerShapes.Runtime.values).toContain("NODEJS_24");
});
