/** A draft and the API's input are two writings of one thing. */
import { expect, test } from "vitest";
import type { Service } from "../../../../src/contract/model.gen.ts";
import type { Wire } from "../../api/wire.ts";
import { emptyDraft, ofSource, type ServiceDraft } from "./draft.ts";
import { copyOf, draftOf } from "./draft-from-wire.ts";
import { tagChanges, toCreateScaling, toCreateService, toTags, toUpdateService } from "./draft-to-wire.ts";
import { parseEnvFile, withEntries } from "./env-file.ts";
import { formatSecretReference, parseSecretReference } from "./secret-reference.ts";

const full: ServiceDraft = {
  ...emptyDraft,
  name: "shop",
  imageIdentifier: "registry.example.com/shop:1",
  accessRoleArn: "arn:aws:iam::000000000000:role/pull",
  deploysByItself: false,
  startCommand: "node server.js",
  port: "3000",
  variables: [{ name: "A", value: "1" }],
  secrets: [{ name: "KEY", value: "/shop/key" }],
  cpu: "2048",
  memory: "4096",
  instanceRoleArn: "arn:aws:iam::000000000000:role/shop",
  scalingArn: "arn:aws:apprunner:us-east-1:000000000000:autoscalingconfiguration/x/1/0",
  healthProtocol: "HTTP",
  healthPath: "/up",
  isPublic: false,
  vpcConnectorArn: "arn:aws:apprunner:us-east-1:000000000000:vpcconnector/x/1/0",
  observabilityArn: "arn:aws:apprunner:us-east-1:000000000000:observabilityconfiguration/x/1/0",
  extensions: { "scale-to-zero": "15m" },
  tags: [{ name: "team", value: "shop" }],
};
const code: ServiceDraft = {
  ...full,
  sourceKind: "code",
  imageIdentifier: "",
  accessRoleArn: "",
  repositoryUrl: "https://git.example.com/shop",
  connectionArn: "arn:aws:apprunner:us-east-1:000000000000:connection/x/0",
  branch: "main",
  runtime: "NODEJS_22",
  buildCommand: "npm ci",
};

/** As DescribeService would answer. */
function serviceOf(draft: ServiceDraft): Wire<Service> {
  const { AutoScalingConfigurationArn, Tags: _tags, ...input } = toCreateService(draft);
  return {
    ...input,
    ServiceId: "0",
    ServiceArn: "arn",
    CreatedAt: 0,
    UpdatedAt: 0,
    Status: "RUNNING",
    InstanceConfiguration: input.InstanceConfiguration ?? {},
    NetworkConfiguration: input.NetworkConfiguration ?? {},
    AutoScalingConfigurationSummary: { AutoScalingConfigurationArn },
  };
}

test.each([
  full,
  code,
  {
    ...code,
    buildFrom: "dockerfile",
    runtime: "NODEJS_22",
    buildCommand: "",
    extensions: { dockerfile: "docker/web" },
  },
] satisfies ServiceDraft[])("a service's draft is what it was made of (%#)", (draft) => {
  expect(draftOf(serviceOf(draft), toTags(draft))).toEqual(draft);
  expect(copyOf(serviceOf(draft), toTags(draft)).name).toBe("");
});

test("an update says all that can be changed, and no more", () => {
  const { ServiceName: _name, Tags: _tags, ...rest } = toCreateService(full);
  expect(toUpdateService("arn", full)).toEqual({ ServiceArn: "arn", ...rest });
  expect(toUpdateService("arn", emptyDraft).ObservabilityConfiguration).toEqual({
    ObservabilityEnabled: false,
  });
});

test("a Dockerfile without a word on how to run is left to itself, and asked for by its tag", () => {
  const draft: ServiceDraft = {
    ...code,
    buildFrom: "dockerfile",
    port: "",
    startCommand: "",
    variables: [],
    secrets: [],
  };
  const input = toCreateService(draft);
  expect(input.SourceConfiguration.CodeRepository?.CodeConfiguration).toEqual({
    ConfigurationSource: "REPOSITORY",
  });
  expect(input.Tags).toContainEqual({ Key: "slipway:dockerfile", Value: "Dockerfile" });
  expect(toTags({ ...draft, extensions: { "dockerfile-target": "web" } })).not.toContainEqual({
    Key: "slipway:dockerfile",
    Value: "Dockerfile",
  });
});

test("what was typed for another source is not sent", () => {
  const draft: ServiceDraft = { ...full, extensions: { dockerfile: "Dockerfile", "build-secrets": "a=/b" } };
  expect(toTags(draft)).toEqual([{ Key: "team", Value: "shop" }]);
});

test("numbers of its own become a configuration under the service's name", () => {
  const draft: ServiceDraft = { ...full, name: "x".repeat(40), scalingChoice: "own", minSize: "2" };
  expect(toCreateScaling(draft)).toEqual({
    AutoScalingConfigurationName: "x".repeat(32),
    MinSize: 2,
    MaxSize: 25,
    MaxConcurrency: 100,
  });
  expect(toCreateScaling(full)).toBeNull();
  expect(toCreateService(draft, "made").AutoScalingConfigurationArn).toBe("made");
  expect(toCreateService(draft).AutoScalingConfigurationArn).toBeUndefined();
});

test("tags that changed are put, tags that went are removed", () => {
  const after: ServiceDraft = {
    ...full,
    extensions: { idle: "freeze" },
    tags: [{ name: "team", value: "other" }],
  };
  expect(tagChanges(full, after)).toEqual({
    put: [
      { Key: "slipway:idle", Value: "freeze" },
      { Key: "team", Value: "other" },
    ],
    removed: ["slipway:scale-to-zero"],
  });
});

test.each([
  "arn:aws:secretsmanager:r:0:secret:db-AbCdEf",
  "arn:aws:secretsmanager:r:0:secret:db-AbCdEf:user::",
  "/shop/key:3",
  "arn:aws:ssm:r:0:parameter/shop/key",
])("a reference is taken apart and put together again: %s", (text) => {
  const parts = parseSecretReference(text);
  expect(parts).not.toBeNull();
  expect(parts && formatSecretReference(parts)).toBe(text);
});

test("a pasted .env file goes over the rows that are there; of wrong lines only the number is told", () => {
  const file = parseEnvFile(
    '# a comment\nexport A=1 # one\nB="two\\nlines"\nC=\'$kept # all\'\n\nnonsense\nD="open\nE=\n',
  );
  expect(file).toEqual({
    entries: [
      { name: "A", value: "1" },
      { name: "B", value: "two\nlines" },
      { name: "C", value: "$kept # all" },
      { name: "E", value: "" },
    ],
    wrongLines: [6, 7],
  });
  const present = [
    { name: "B", value: "old" },
    { name: "", value: "" },
  ];
  expect(withEntries(present, file.entries).map(({ name }) => name)).toEqual(["B", "A", "C", "E"]);
});

test("an image is deployed by hand unless somebody chooses otherwise, source code with each push", () => {
  const triggers = [emptyDraft, { ...emptyDraft, ...ofSource("code") }, { ...code, ...ofSource("image") }];
  expect(triggers.map((draft) => toCreateService(draft).SourceConfiguration.AutoDeploymentsEnabled)).toEqual([
    false,
    true,
    false,
  ]);
});

test("secrets of a build go with every kind of build, and with no image", () => {
  const secrets = { "build-secrets": "npmrc=/shop/npmrc" };
  const keysOf = (draft: ServiceDraft) =>
    toTags({ ...draft, extensions: secrets, tags: [] }).map(({ Key }) => Key);
  for (const buildFrom of ["api", "file"] as const) {
    expect(keysOf({ ...code, buildFrom })).toEqual(["slipway:build-secrets"]);
  }
  expect(keysOf({ ...code, buildFrom: "dockerfile" })).toContain("slipway:build-secrets");
  expect(keysOf(full)).toEqual([]);
});
