// Our own operation for lists of services, in the words of shape.ts: what App Runner's ListServices leaves to as many calls
// as there are services.
import type { OperationModels, Shapes } from "./shape.ts";

export const overviewOperations = {
  DescribeServices: {
    input: "DescribeServicesRequest",
    output: "DescribeServicesResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Describes services, newest first, as DescribeService does, those that one may describe.",
  },
  ListServiceOverviews: {
    input: "ListServiceOverviewsRequest",
    output: "ListServiceOverviewsResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException"],
    says: "Lists services, newest first, each with its source, release, instances, last operation and tags.",
  },
} as const satisfies OperationModels;

export const overviewShapes = {
  DescribeServicesRequest: {
    kind: "structure",
    members: {
      ServiceIds: {
        type: "StringList",
        says: "only these, at most 100, those that are not there left out; all of them unless given",
      },
      NextToken: { type: "string", says: "from the reply before" },
      MaxResults: { type: "integer", says: "services looked at for one reply, 1 to 100; 100 unless given" },
    },
  },
  DescribeServicesResponse: {
    kind: "structure",
    members: {
      Services: { type: "ServiceList", required: true, says: "may be empty on any page" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  ServiceList: { kind: "list", element: "Service" },
  ListServiceOverviewsRequest: {
    kind: "structure",
    members: {
      ServiceIds: {
        type: "StringList",
        says: "only these, at most 100, those that are not there left out; all of them unless given",
      },
      NextToken: { type: "string", says: "from the reply before" },
      MaxResults: { type: "integer", says: "most services in one reply, 1 to 100; 100 unless given" },
    },
  },
  ListServiceOverviewsResponse: {
    kind: "structure",
    members: {
      Services: { type: "ServiceOverviewList", required: true, says: "may be empty" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  ServiceOverviewList: { kind: "list", element: "ServiceOverview" },
  ServiceOverview: {
    kind: "structure",
    members: {
      ServiceName: { type: "string", required: true, says: "its name" },
      ServiceId: { type: "string", required: true, says: "the end of its ARN" },
      ServiceArn: { type: "string", required: true, says: "its ARN" },
      ServiceUrl: { type: "string", required: true, says: "its default URL without scheme" },
      IsPubliclyAccessible: { type: "boolean", required: true, says: "false: that URL answers nobody" },
      Status: { type: "ServiceStatus", required: true, says: "how it stands" },
      CreatedAt: { type: "timestamp", required: true, says: "when it was created" },
      SourceType: { type: "ServiceSourceType", required: true, says: "what it is made from" },
      Source: { type: "string", required: true, says: "the image, or the address of the repository" },
      Branch: { type: "string", says: "of the repository" },
      ReleaseNumber: { type: "integer", says: "the release in traffic; absent while there is none" },
      ReleasedAt: { type: "timestamp", says: "when that was made" },
      Instances: { type: "InstanceCounts", required: true, says: "of all releases" },
      LastOperation: { type: "Operation", says: "the newest one, ended or not; without log lines" },
      Tags: { type: "TagList", required: true, says: "may be empty" },
    },
  },
  ServiceSourceType: { kind: "enum", values: ["IMAGE", "REPOSITORY"] },
  InstanceCounts: {
    kind: "structure",
    members: {
      Starting: { type: "integer", required: true, says: "not yet healthy" },
      Running: { type: "integer", required: true, says: "serving, or about to" },
      Idle: { type: "integer", required: true, says: "kept without requests, throttled or frozen" },
      Draining: { type: "integer", required: true, says: "ending what they are at" },
    },
  },
} as const satisfies Shapes;
