// Of AWS Systems Manager its Parameter Store (X-Amz-Target prefix "AmazonSSM.", version 2014-11-06), in the words of
// shape.ts. Names of operations bear the prefix, for one of them is App Runner's too; names of shapes are ours.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServerError"] as const;
const opening = [...common, "InvalidKeyId"] as const;
const tagging = [...common, "InvalidResourceId", "InvalidResourceType"] as const;
const filtering = [...common, "InvalidFilterKey", "InvalidFilterOption", "InvalidNextToken"] as const;

export const parameterStoreOperations = {
  "AmazonSSM.AddTagsToResource": {
    input: "TagParameterRequest",
    output: "NothingOfParameters",
    errors: [...tagging, "TooManyTagsError"],
  },
  "AmazonSSM.DeleteParameter": {
    input: "DeleteParameterRequest",
    output: "NothingOfParameters",
    errors: [...common, "ParameterNotFound"],
  },
  "AmazonSSM.DeleteParameters": {
    input: "DeleteParametersRequest",
    output: "DeleteParametersResult",
    errors: common,
  },
  "AmazonSSM.DescribeParameters": {
    input: "DescribeParametersRequest",
    output: "DescribeParametersResult",
    errors: filtering,
  },
  "AmazonSSM.GetParameter": {
    input: "GetParameterRequest",
    output: "GetParameterResult",
    errors: [...opening, "ParameterNotFound", "ParameterVersionNotFound"],
  },
  "AmazonSSM.GetParameterHistory": {
    input: "GetParameterHistoryRequest",
    output: "GetParameterHistoryResult",
    errors: [...opening, "InvalidNextToken", "ParameterNotFound"],
  },
  "AmazonSSM.GetParameters": {
    input: "GetParametersRequest",
    output: "GetParametersResult",
    errors: opening,
  },
  "AmazonSSM.GetParametersByPath": {
    input: "GetParametersByPathRequest",
    output: "GetParametersByPathResult",
    errors: [...filtering, "InvalidKeyId"],
  },
  "AmazonSSM.ListTagsForResource": {
    input: "ParameterTagsRequest",
    output: "ParameterTagsResult",
    errors: tagging,
  },
  "AmazonSSM.PutParameter": {
    input: "PutParameterRequest",
    output: "PutParameterResult",
    errors: [
      ...opening,
      "HierarchyLevelLimitExceededException",
      "HierarchyTypeMismatchException",
      "InvalidAllowedPatternException",
      "ParameterAlreadyExists",
      "ParameterLimitExceeded",
      "ParameterPatternMismatchException",
    ],
  },
  "AmazonSSM.RemoveTagsFromResource": {
    input: "UntagParameterRequest",
    output: "NothingOfParameters",
    errors: tagging,
  },
} as const satisfies OperationModels;

const required = true;
const name = { Name: { type: "string", required } } as const;
const opened = { WithDecryption: { type: "boolean" } } as const;
const page = { MaxResults: { type: "integer" }, NextToken: { type: "string" } } as const;
const resource = {
  ResourceType: { type: "ParameterResourceType", required },
  ResourceId: { type: "string", required },
} as const;
const facts = {
  Name: { type: "string" },
  Type: { type: "ParameterType" },
  KeyId: { type: "string" },
  LastModifiedDate: { type: "timestamp" },
  Description: { type: "string" },
  AllowedPattern: { type: "string" },
  Version: { type: "long" },
  Tier: { type: "ParameterTier" },
  DataType: { type: "string" },
} as const;

export const parameterStoreShapes = {
  ParameterText: { kind: "sensitive" },
  ParameterType: { kind: "enum", values: ["String", "StringList", "SecureString"] },
  ParameterTier: { kind: "enum", values: ["Standard", "Advanced", "Intelligent-Tiering"] },
  ParameterStrings: { kind: "list", element: "string" },
  ParameterTag: {
    kind: "structure",
    members: { Key: { type: "string", required }, Value: { type: "string", required } },
  },
  ParameterTagList: { kind: "list", element: "ParameterTag" },
  NothingOfParameters: { kind: "structure", members: {} },

  PutParameterRequest: {
    kind: "structure",
    members: {
      ...name,
      Value: { type: "ParameterText", required },
      Type: { type: "ParameterType" },
      Description: { type: "string" },
      Overwrite: { type: "boolean" },
      AllowedPattern: { type: "string" },
      Tags: { type: "ParameterTagList" },
      Tier: { type: "ParameterTier" },
      KeyId: { type: "string" },
      Policies: { type: "string" },
      DataType: { type: "string" },
    },
  },
  PutParameterResult: {
    kind: "structure",
    members: { Version: { type: "long" }, Tier: { type: "ParameterTier" } },
  },
  GetParameterRequest: { kind: "structure", members: { ...name, ...opened } },
  GetParameterResult: { kind: "structure", members: { Parameter: { type: "ParameterValue" } } },
  ParameterValue: {
    kind: "structure",
    members: {
      Name: { type: "string" },
      Type: { type: "ParameterType" },
      Value: { type: "ParameterText" },
      Version: { type: "long" },
      Selector: { type: "string" },
      LastModifiedDate: { type: "timestamp" },
      ARN: { type: "string" },
      DataType: { type: "string" },
    },
  },
  ParameterValueList: { kind: "list", element: "ParameterValue" },
  GetParametersRequest: {
    kind: "structure",
    members: { Names: { type: "ParameterStrings", required }, ...opened },
  },
  GetParametersResult: {
    kind: "structure",
    members: {
      Parameters: { type: "ParameterValueList" },
      InvalidParameters: { type: "ParameterStrings" },
    },
  },
  GetParametersByPathRequest: {
    kind: "structure",
    members: {
      Path: { type: "string", required },
      Recursive: { type: "boolean" },
      ParameterFilters: { type: "ParameterFilterList" },
      ...opened,
      ...page,
    },
  },
  GetParametersByPathResult: {
    kind: "structure",
    members: { Parameters: { type: "ParameterValueList" }, NextToken: { type: "string" } },
  },
  ParameterFilterList: { kind: "list", element: "ParameterFilter" },
  ParameterFilter: {
    kind: "structure",
    members: {
      Key: { type: "string", required },
      Option: { type: "string" },
      Values: { type: "ParameterStrings" },
    },
  },
  DescribeParametersRequest: {
    kind: "structure",
    members: {
      Filters: { type: "ParameterOldFilterList" },
      ParameterFilters: { type: "ParameterFilterList" },
      Shared: { type: "boolean" },
      ...page,
    },
  },
  ParameterOldFilterList: { kind: "list", element: "ParameterOldFilter" },
  ParameterOldFilter: {
    kind: "structure",
    members: { Key: { type: "string", required }, Values: { type: "ParameterStrings", required } },
  },
  DescribeParametersResult: {
    kind: "structure",
    members: { Parameters: { type: "ParameterMetadataList" }, NextToken: { type: "string" } },
  },
  ParameterMetadataList: { kind: "list", element: "ParameterMetadata" },
  ParameterMetadata: { kind: "structure", members: { ...facts, ARN: { type: "string" } } },
  DeleteParameterRequest: { kind: "structure", members: name },
  DeleteParametersRequest: {
    kind: "structure",
    members: { Names: { type: "ParameterStrings", required } },
  },
  DeleteParametersResult: {
    kind: "structure",
    members: {
      DeletedParameters: { type: "ParameterStrings" },
      InvalidParameters: { type: "ParameterStrings" },
    },
  },
  GetParameterHistoryRequest: { kind: "structure", members: { ...name, ...opened, ...page } },
  GetParameterHistoryResult: {
    kind: "structure",
    members: { Parameters: { type: "ParameterHistoryList" }, NextToken: { type: "string" } },
  },
  ParameterHistoryList: { kind: "list", element: "ParameterHistory" },
  ParameterHistory: {
    kind: "structure",
    members: { ...facts, Value: { type: "ParameterText" } },
  },
  ParameterResourceType: {
    kind: "enum",
    values: [
      "Document",
      "ManagedInstance",
      "MaintenanceWindow",
      "Parameter",
      "PatchBaseline",
      "OpsItem",
      "OpsMetadata",
      "Automation",
      "Association",
    ],
  },
  TagParameterRequest: {
    kind: "structure",
    members: { ...resource, Tags: { type: "ParameterTagList", required } },
  },
  UntagParameterRequest: {
    kind: "structure",
    members: { ...resource, TagKeys: { type: "ParameterStrings", required } },
  },
  ParameterTagsRequest: { kind: "structure", members: resource },
  ParameterTagsResult: { kind: "structure", members: { TagList: { type: "ParameterTagList" } } },
} as const satisfies Shapes;
