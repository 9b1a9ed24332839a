// Of AWS Secrets Manager (X-Amz-Target prefix "secretsmanager.", version 2017-10-17) what users of App Runner use, in the
// words of shape.ts. Names of operations bear the prefix, for two of them are App Runner's too; names of shapes are ours.
// Members that ask for what is not there are in the inputs, so that they can be refused instead of overlooked.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceError", "InvalidParameterException"] as const;
const reading = [...common, "InvalidRequestException", "ResourceNotFoundException"] as const;
const writing = [
  ...reading,
  "DecryptionFailure",
  "LimitExceededException",
  "ResourceExistsException",
] as const;

export const secretsManagerOperations = {
  "secretsmanager.CreateSecret": {
    input: "CreateSecretRequest",
    output: "SecretVersionReference",
    errors: writing,
  },
  "secretsmanager.DeleteSecret": { input: "DeleteSecretRequest", output: "DeletedSecret", errors: reading },
  "secretsmanager.DescribeSecret": {
    input: "SecretRequest",
    output: "DescribeSecretResponse",
    errors: reading,
  },
  "secretsmanager.GetResourcePolicy": { input: "SecretRequest", output: "SecretNames", errors: reading },
  "secretsmanager.GetSecretValue": {
    input: "GetSecretValueRequest",
    output: "GetSecretValueResponse",
    errors: [...reading, "DecryptionFailure"],
  },
  "secretsmanager.ListSecretVersionIds": {
    input: "ListSecretVersionIdsRequest",
    output: "ListSecretVersionIdsResponse",
    errors: [...reading, "InvalidNextTokenException"],
  },
  "secretsmanager.ListSecrets": {
    input: "ListSecretsRequest",
    output: "ListSecretsResponse",
    errors: [...common, "InvalidRequestException", "InvalidNextTokenException"],
  },
  "secretsmanager.PutSecretValue": {
    input: "PutSecretValueRequest",
    output: "PutSecretValueResponse",
    errors: writing,
  },
  "secretsmanager.RestoreSecret": { input: "SecretRequest", output: "SecretNames", errors: reading },
  "secretsmanager.TagResource": { input: "TagSecretRequest", output: "NothingOfSecrets", errors: reading },
  "secretsmanager.UntagResource": {
    input: "UntagSecretRequest",
    output: "NothingOfSecrets",
    errors: reading,
  },
  "secretsmanager.UpdateSecret": {
    input: "UpdateSecretRequest",
    output: "SecretVersionReference",
    errors: writing,
  },
  "secretsmanager.UpdateSecretVersionStage": {
    input: "UpdateSecretVersionStageRequest",
    output: "SecretNames",
    errors: [...reading, "LimitExceededException"],
  },
} as const satisfies OperationModels;

const required = true;
const secretId = { SecretId: { type: "string", required } } as const;
const names = { ARN: { type: "string", required }, Name: { type: "string", required } } as const;
const value = { SecretBinary: { type: "SecretBytes" }, SecretString: { type: "SecretText" } } as const;
const newValue = { ...value, ClientRequestToken: { type: "string" } } as const;
const refused = { KmsKeyId: { type: "string" }, Type: { type: "string" } } as const;
const page = { MaxResults: { type: "integer" }, NextToken: { type: "string" } } as const;
const description = { Description: { type: "string" } } as const;
const facts = {
  ...names,
  ...description,
  CreatedDate: { type: "timestamp" },
  LastChangedDate: { type: "timestamp" },
  DeletedDate: { type: "timestamp" },
  Tags: { type: "SecretTagList" },
} as const;

export const secretsManagerShapes = {
  SecretText: { kind: "sensitive" },
  /** Base64. */
  SecretBytes: { kind: "sensitive" },
  RotationTokenText: { kind: "sensitive" },
  SecretTag: { kind: "structure", members: { Key: { type: "string" }, Value: { type: "string" } } },
  SecretTagList: { kind: "list", element: "SecretTag" },
  SecretStrings: { kind: "list", element: "string" },
  SecretStages: { kind: "map", key: "string", value: "SecretStrings" },

  NothingOfSecrets: { kind: "structure", members: {} },
  SecretRequest: { kind: "structure", members: secretId },
  SecretNames: { kind: "structure", members: names },
  SecretVersionReference: { kind: "structure", members: { ...names, VersionId: { type: "string" } } },

  CreateSecretRequest: {
    kind: "structure",
    members: {
      Name: { type: "string", required },
      ...newValue,
      ...description,
      Tags: { type: "SecretTagList" },
      ...refused,
      AddReplicaRegions: { type: "SecretReplicaList" },
      ForceOverwriteReplicaSecret: { type: "boolean" },
    },
  },
  SecretReplicaList: { kind: "list", element: "SecretReplica" },
  SecretReplica: { kind: "structure", members: {} },
  PutSecretValueRequest: {
    kind: "structure",
    members: {
      ...secretId,
      ...newValue,
      VersionStages: { type: "SecretStrings" },
      RotationToken: { type: "RotationTokenText" },
    },
  },
  PutSecretValueResponse: {
    kind: "structure",
    members: { ...names, VersionId: { type: "string" }, VersionStages: { type: "SecretStrings" } },
  },
  UpdateSecretRequest: {
    kind: "structure",
    members: { ...secretId, ...newValue, ...description, ...refused },
  },
  GetSecretValueRequest: {
    kind: "structure",
    members: { ...secretId, VersionId: { type: "string" }, VersionStage: { type: "string" } },
  },
  GetSecretValueResponse: {
    kind: "structure",
    members: {
      ...names,
      VersionId: { type: "string", required },
      ...value,
      VersionStages: { type: "SecretStrings" },
      CreatedDate: { type: "timestamp" },
    },
  },
  DescribeSecretResponse: {
    kind: "structure",
    members: { ...facts, VersionIdsToStages: { type: "SecretStages" } },
  },
  ListSecretsRequest: {
    kind: "structure",
    members: {
      ...page,
      IncludePlannedDeletion: { type: "boolean" },
      Filters: { type: "SecretFilterList" },
      SortBy: { type: "SecretSortBy" },
      SortOrder: { type: "SecretSortOrder" },
    },
  },
  SecretFilterList: { kind: "list", element: "SecretFilter" },
  SecretFilter: {
    kind: "structure",
    members: { Key: { type: "SecretFilterKey", required }, Values: { type: "SecretStrings", required } },
  },
  SecretFilterKey: {
    kind: "enum",
    values: ["description", "name", "tag-key", "tag-value", "primary-region", "owning-service", "all"],
  },
  SecretSortBy: {
    kind: "enum",
    values: ["created-date", "last-accessed-date", "last-changed-date", "name"],
  },
  SecretSortOrder: { kind: "enum", values: ["asc", "desc"] },
  ListSecretsResponse: {
    kind: "structure",
    members: { SecretList: { type: "SecretEntryList", required }, NextToken: { type: "string" } },
  },
  SecretEntryList: { kind: "list", element: "SecretEntry" },
  SecretEntry: {
    kind: "structure",
    members: { ...facts, SecretVersionsToStages: { type: "SecretStages" } },
  },
  ListSecretVersionIdsRequest: {
    kind: "structure",
    members: { ...secretId, ...page, IncludeDeprecated: { type: "boolean" } },
  },
  ListSecretVersionIdsResponse: {
    kind: "structure",
    members: { ...names, Versions: { type: "SecretVersionList", required }, NextToken: { type: "string" } },
  },
  SecretVersionList: { kind: "list", element: "SecretVersionEntry" },
  SecretVersionEntry: {
    kind: "structure",
    members: {
      VersionId: { type: "string" },
      VersionStages: { type: "SecretStrings" },
      CreatedDate: { type: "timestamp" },
    },
  },
  UpdateSecretVersionStageRequest: {
    kind: "structure",
    members: {
      ...secretId,
      VersionStage: { type: "string", required },
      MoveToVersionId: { type: "string" },
      RemoveFromVersionId: { type: "string" },
    },
  },
  DeleteSecretRequest: {
    kind: "structure",
    members: {
      ...secretId,
      RecoveryWindowInDays: { type: "long" },
      ForceDeleteWithoutRecovery: { type: "boolean" },
    },
  },
  DeletedSecret: {
    kind: "structure",
    members: { ...names, DeletionDate: { type: "timestamp", required } },
  },
  TagSecretRequest: {
    kind: "structure",
    members: { ...secretId, Tags: { type: "SecretTagList", required } },
  },
  UntagSecretRequest: {
    kind: "structure",
    members: { ...secretId, TagKeys: { type: "SecretStrings", required } },
  },
} as const satisfies Shapes;
