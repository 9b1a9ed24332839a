import { expect, test } from "vitest";
import { changedMembers } from "./changed-members.ts";
import { operationOf, type OperationName } from "./operations.ts";

const changed = (
  name: OperationName,
  value: unknown,
  states: { readonly before: object; readonly after: object } | null = null,
) => changedMembers(operationOf(name), value, states);

test("what is made tells all that it was given, its name too, and no value", () => {
  const input = {
    ServiceName: "shop",
    SourceConfiguration: {
      ImageRepository: {
        ImageIdentifier: "a:1",
        ImageConfiguration: { RuntimeEnvironmentVariables: { A: "b" } },
      },
    },
    Tags: [{ Key: "team", Value: "shop" }],
    EncryptionConfiguration: null,
    Unknown: "x",
  };
  expect(changed("CreateService", input)).toEqual([
    "serviceName",
    "sourceConfiguration.imageRepository.imageIdentifier",
    "sourceConfiguration.imageRepository.imageConfiguration.runtimeEnvironmentVariables",
    "tags",
  ]);
});

test.each([
  ["TagResource", { ResourceArn: "arn:x", Tags: [] }, ["tags"]],
  ["AmazonSSM.AddTagsToResource", { ResourceType: "Parameter", ResourceId: "/a", Tags: [] }, ["tags"]],
  ["PauseService", { ServiceArn: "arn:x" }, []],
  ["RollbackService", { ServiceArn: "arn:x", ReleaseNumber: 3 }, ["releaseNumber"]],
  ["AWSIdentityManagementV20100508.AttachRolePolicy", { RoleName: "r", PolicyArn: "arn:p" }, ["policyArn"]],
  [
    "AWSIdentityManagementV20100508.ChangePassword",
    { OldPassword: "a", NewPassword: "b" },
    ["oldPassword", "newPassword"],
  ],
  [
    "secretsmanager.PutSecretValue",
    { SecretId: "s", SecretString: "x", ClientRequestToken: "t" },
    ["secretString"],
  ],
] as const)("%s tells what it was given beside what it is about", (name, input, paths) => {
  expect(changed(name, input)).toEqual(paths);
});

test("an update tells what differs, also what it took away, and what no reading tells", () => {
  const image = (ImageIdentifier: string, more: object) => ({
    ImageRepository: { ImageIdentifier, ImageConfiguration: more },
  });
  const before = { Status: "RUNNING", SourceConfiguration: image("a:1", { Port: "80", StartCommand: "go" }) };
  const after = { Status: "CHANGED", SourceConfiguration: image("a:1", { Port: "81" }) };
  const input = { ServiceArn: "arn:x", SourceConfiguration: image("a:1", { Port: "81" }) };
  expect(changed("UpdateService", input, { before, after })).toEqual([
    "sourceConfiguration.imageRepository.imageConfiguration.startCommand",
    "sourceConfiguration.imageRepository.imageConfiguration.port",
  ]);
  const same = { Description: "d" };
  const secret = { SecretId: "s", Description: "d", SecretString: "new" };
  expect(changed("secretsmanager.UpdateSecret", secret, { before: same, after: same })).toEqual([
    "secretString",
  ]);
});

test("a call that is no structure, and one with much in it, stays small", () => {
  expect(changed("CreateService", ["x"])).toEqual([]);
  expect(changed("CreateService", { SourceConfiguration: "x" })).toEqual(["sourceConfiguration"]);
});
