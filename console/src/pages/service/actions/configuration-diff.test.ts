import { expect, test } from "vitest";
import { type DescribedRelease, differencesOf } from "./configuration-diff.ts";

const release: DescribedRelease = {
  Release: {
    ReleaseNumber: 1,
    ImageIdentifier: "team/web:1",
    ImageDigest: "sha256:aa",
    CreatedAt: 1,
    Status: "superseded",
    HasServed: true,
    OperationId: "a".repeat(32),
  },
  Configuration: {
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: "team/web:1",
        ImageRepositoryType: "ECR_PUBLIC",
        ImageConfiguration: { Port: "8080", RuntimeEnvironmentVariables: { MODE: "fast" } },
      },
    },
    InstanceConfiguration: { Cpu: "1024", Memory: "2048" },
    NetworkConfiguration: { EgressConfiguration: { EgressType: "DEFAULT" } },
    AutoScalingConfigurationArn: "arn:1",
    MinSize: 1,
    MaxSize: 5,
    MaxConcurrency: 100,
  },
  Run: { Port: "8080", EnvironmentVariables: { MODE: "fast" }, EnvironmentSecrets: {} },
};

test("the same has no differences", () => {
  expect(differencesOf(release, release)).toEqual([]);
});

test("what changed, came and went is told once each, where it takes effect", () => {
  const { Configuration: configuration, Run: run } = release;
  const after: DescribedRelease = {
    ...release,
    Configuration: {
      ...configuration,
      InstanceConfiguration: { Cpu: "2048", Memory: "2048" },
      SourceConfiguration: {
        ImageRepository: {
          ImageIdentifier: "team/web:1",
          ImageRepositoryType: "ECR_PUBLIC",
          ImageConfiguration: { Port: "8080", RuntimeEnvironmentVariables: { LEVEL: "3" } },
        },
      },
    },
    Run: { ...run, EnvironmentVariables: { LEVEL: "3" }, Command: ["serve", "--all"] },
  };
  expect(differencesOf(release, after)).toEqual([
    { setting: "InstanceConfiguration › Cpu", before: "1024", after: "2048" },
    { setting: "Run › EnvironmentVariables › MODE", before: "fast", after: null },
    { setting: "Run › EnvironmentVariables › LEVEL", before: null, after: "3" },
    { setting: "Run › Command", before: null, after: "serve --all" },
  ]);
});
