import { expect, test } from "vitest";
import { problemOfService } from "./acceptable-service.ts";

const source = (values: object) => ({
  CodeRepository: {
    RepositoryUrl: "slipway://shop",
    SourceCodeVersion: { Type: "BRANCH", Value: "main" },
    CodeConfiguration: { ConfigurationSource: "API", CodeConfigurationValues: values },
  },
});
const good = { ServiceName: "shop", SourceConfiguration: source({ Runtime: "NODEJS_22" }) };

test.each([
  [
    { InstanceConfiguration: { Cpu: "256", Memory: "12288" } },
    "Cpu 256 cannot be combined with Memory 12288",
  ],
  [{ SourceConfiguration: source({ Runtime: "NODEJS_22", Port: "70000" }) }, "Port: must be a number from 1"],
  [{ SourceConfiguration: source({ Runtime: "COBOL_85" }) }, "Runtime"],
  [
    {
      SourceConfiguration: source({ Runtime: "NODEJS_22", RuntimeEnvironmentSecrets: { KEY: "not a name" } }),
    },
    "RuntimeEnvironmentSecrets{0}: is neither the ARN of a secret nor",
  ],
  [{ Tags: [{ Key: "slipway:scale-to-zero", Value: "soon" }] }, "slipway:scale-to-zero"],
  [{ HealthCheckConfiguration: { Protocol: "HTTP", Path: "" } }, "HealthCheckConfiguration.Path"],
])("%j is refused with the API's words", (change, words) => {
  expect(problemOfService({ service: { ...good, ...change } })).toContain(words);
});

test("limits that no auto scaling configuration takes are refused", () => {
  const scaling = { AutoScalingConfigurationName: "shop", MinSize: 3, MaxSize: 2 };
  expect(problemOfService({ service: good, scaling })).toContain("must not be above MaxSize");
});

test("what can be accepted has no problem", () => {
  const scaling = { AutoScalingConfigurationName: "shop", MinSize: 2 };
  expect(problemOfService({ service: good, scaling })).toBeNull();
});
