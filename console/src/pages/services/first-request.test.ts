import { expect, test } from "vitest";
import { repositoryName, toCreateRequest } from "./first-request.ts";

test("short names are made long enough for a service, and taken ones get a number", () => {
  expect([repositoryName("hello", 1), repositoryName("go", 1), repositoryName("go", 3)]).toEqual([
    "hello",
    "go-example",
    "go-example-3",
  ]);
});

test("what was detected becomes the service, a Dockerfile by its tag", () => {
  const CodeRepository = {
    RepositoryUrl: "slipway://hello",
    SourceCodeVersion: { Type: "BRANCH", Value: "main" },
    CodeConfiguration: { ConfigurationSource: "REPOSITORY" },
  } as const;
  expect(toCreateRequest("hello", { CodeRepository, DockerfilePath: "Dockerfile", Remarks: [] })).toEqual({
    ServiceName: "hello",
    SourceConfiguration: { AutoDeploymentsEnabled: true, CodeRepository },
    Tags: [{ Key: "slipway:dockerfile", Value: "Dockerfile" }],
  });
  expect(toCreateRequest("node", { CodeRepository, Remarks: [] })).not.toHaveProperty("Tags");
});
