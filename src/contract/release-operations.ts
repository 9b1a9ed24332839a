// Our own operations on releases, in the words of shape.ts: which there are, what one runs with, and what is in its image.
import type { OperationModels, Shapes } from "./shape.ts";

const notFound = [
  "InternalServiceErrorException",
  "InvalidRequestException",
  "ResourceNotFoundException",
] as const;

export const releaseOperations = {
  DescribeRelease: {
    input: "DescribeReleaseRequest",
    output: "DescribeReleaseResponse",
    errors: notFound,
    says: "Tells what a release runs with: all that a rollback to it brings back.",
  },
  GetReleaseSbom: {
    input: "GetReleaseSbomRequest",
    output: "GetReleaseSbomResponse",
    errors: notFound,
    says: "Tells what is in the image of a release, as far as the image's own records say.",
  },
  ListReleases: {
    input: "ListReleasesRequest",
    output: "ListReleasesResponse",
    errors: notFound,
    says: "Lists the releases of a service, newest first.",
  },
} as const satisfies OperationModels;

export const releaseShapes = {
  GetReleaseSbomRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      ReleaseNumber: { type: "integer", says: "the one in traffic unless given" },
    },
  },
  GetReleaseSbomResponse: {
    kind: "structure",
    members: {
      ReleaseNumber: { type: "integer", required: true, says: "whose image it is" },
      ImageDigest: {
        type: "string",
        says: "sha256:... of the registry; absent for an image that only this engine has",
      },
      SignedBy: { type: "string", says: "fingerprint of the key whose signature was asked for" },
      Sbom: { type: "string", required: true, says: "CycloneDX 1.5, JSON" },
    },
  },
  DescribeReleaseRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      ReleaseNumber: { type: "integer", required: true, says: "one of ListReleases" },
    },
  },
  DescribeReleaseResponse: {
    kind: "structure",
    members: {
      Release: { type: "Release", required: true, says: "as ListReleases has it" },
      Configuration: { type: "ReleaseConfiguration", required: true, says: "as it was given" },
      Run: { type: "ReleaseRun", required: true, says: "how its instances are started" },
      SignedBy: { type: "string", says: "fingerprint of the key whose signature was asked for" },
    },
  },
  ReleaseConfiguration: {
    kind: "structure",
    members: {
      SourceConfiguration: { type: "SourceConfiguration", required: true, says: "as of the service" },
      InstanceConfiguration: { type: "InstanceConfiguration", required: true, says: "as of the service" },
      HealthCheckConfiguration: { type: "HealthCheckConfiguration", says: "as of the service" },
      NetworkConfiguration: { type: "NetworkConfiguration", required: true, says: "as of the service" },
      ObservabilityConfiguration: { type: "ServiceObservabilityConfiguration", says: "as of the service" },
      AutoScalingConfigurationArn: { type: "string", required: true, says: "the exact revision" },
      MinSize: { type: "integer", required: true, says: "as that revision has it" },
      MaxSize: { type: "integer", required: true, says: "as that revision has it" },
      MaxConcurrency: { type: "integer", required: true, says: "as that revision has it" },
    },
  },
  ReleaseRun: {
    kind: "structure",
    members: {
      Port: { type: "string", required: true, says: "where it listens" },
      Command: { type: "StringList", says: "its arguments; absent: the image's own" },
      EnvironmentVariables: { type: "RuntimeEnvironmentVariables", required: true, says: "without secrets" },
      EnvironmentSecrets: {
        type: "RuntimeEnvironmentSecrets",
        required: true,
        says: "references: values are told by nothing",
      },
    },
  },
  ListReleasesRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      NextToken: { type: "string", says: "from the reply before" },
      MaxResults: { type: "integer", says: "most releases in one reply, 1 to 100" },
    },
  },
  ListReleasesResponse: {
    kind: "structure",
    members: {
      Releases: { type: "ReleaseList", required: true, says: "may be empty" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  ReleaseList: { kind: "list", element: "Release" },
  Release: {
    kind: "structure",
    members: {
      ReleaseNumber: { type: "integer", required: true, says: "1 for the first release of a service" },
      ImageIdentifier: { type: "string", says: "the image as it was named; absent for source code" },
      Commit: { type: "Commit", says: "what it was built from; absent for images" },
      ImageDigest: { type: "string", says: "sha256:... of what runs; absent until resolved" },
      CreatedAt: { type: "timestamp", required: true, says: "when it was made" },
      Status: { type: "string", required: true, says: "how it stands" },
      HasServed: {
        type: "boolean",
        required: true,
        says: "whether it ever was in traffic: then it can be gone back to",
      },
      OperationId: { type: "string", required: true, says: "the operation that made it" },
      Trigger: { type: "OperationTrigger", says: "what began that; absent when somebody asked for it" },
      FromReleaseNumber: {
        type: "integer",
        says: "a rollback: the release whose image and settings it bears",
      },
      ServedFrom: { type: "timestamp", says: "when requests began to go to it; absent when they never did" },
      ServedUntil: {
        type: "timestamp",
        says: "when another took over, or the service was deleted; pauses between them are not told",
      },
      Signature: { type: "ReleaseSignature", says: "found on its image; absent when none was asked for" },
      ImageCheck: {
        type: "ImageCheck",
        says: "what the installation's check of images said; absent in old releases, which do not know",
      },
    },
  },
  ReleaseSignature: {
    kind: "structure",
    members: {
      KeyName: { type: "string", says: "as the settings call the key; absent in old releases" },
      KeyFingerprint: { type: "string", required: true, says: "sha256:... of the key" },
      CheckedAt: { type: "timestamp", says: "absent in old releases" },
    },
  },
  ImageCheck: {
    kind: "structure",
    members: {
      Result: {
        type: "ImageCheckResult",
        required: true,
        says: "unanswered: it failed, and images are let in all the same",
      },
      CheckedAt: { type: "timestamp", says: "when it answered, or failed to" },
    },
  },
  ImageCheckResult: { kind: "enum", values: ["passed", "unanswered", "not-asked"] },
} as const satisfies Shapes;
