// Our own operations on what App Runner leaves to its console, its Git hosts and its build fleet: going back and giving
// up, repositories that Slipway hosts, what a source is, and runtimes. Part of slipway-operations.ts, in the same words.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;
const notFoundOrState = [...notFound, "InvalidStateException"] as const;

export const sourceOperations = {
  BuildRuntime: {
    input: "BuildRuntimeRequest",
    output: "BuildRuntimeResponse",
    errors: notFound,
    says: "Begins to make the base images of a runtime, anew where they are there; ListRuntimes tells how far it is.",
  },
  CancelOperation: {
    input: "CancelOperationRequest",
    output: "CancelOperationResponse",
    errors: notFoundOrState,
    says: "Gives up a create, an update or a deployment before its traffic is switched; what ran before runs on.",
  },
  CreateRepository: {
    input: "CreateRepositoryRequest",
    output: "CreateRepositoryResponse",
    errors: [...notFound, "ServiceQuotaExceededException"],
    says: "Makes a Git repository to push to: empty, or with an example application in it.",
  },
  DeleteRepository: {
    input: "DeleteRepositoryRequest",
    output: "DeleteRepositoryResponse",
    errors: notFoundOrState,
    says: "Deletes a repository with all it holds. Refused while a service is built from it.",
  },
  DescribeRepository: {
    input: "DescribeRepositoryRequest",
    output: "DescribeRepositoryResponse",
    errors: notFound,
    says: "Tells how large a repository is, and what was pushed to it last, by whom.",
  },
  DetectSource: {
    input: "DetectSourceRequest",
    output: "DetectSourceResponse",
    errors: notFound,
    says: "Looks into a repository and tells how a service would be built from it.",
  },
  GetDefaultBranch: {
    input: "GetDefaultBranchRequest",
    output: "GetDefaultBranchResponse",
    errors: notFound,
    says: "Asks a repository for its default branch, without fetching anything.",
  },
  ListExamples: {
    input: "ListExamplesRequest",
    output: "ListExamplesResponse",
    errors: common,
    says: "Lists the example applications that come with Slipway, the simplest first.",
  },
  ListRepositories: {
    input: "ListRepositoriesRequest",
    output: "ListRepositoriesResponse",
    errors: common,
    says: "Lists the repositories hosted here, by name.",
  },
  ListRuntimes: {
    input: "ListRuntimesRequest",
    output: "ListRuntimesResponse",
    errors: notFound,
    says: "Lists every managed runtime, and which of them are present on this machine.",
  },
  RollbackService: {
    input: "RollbackServiceRequest",
    output: "RollbackServiceResponse",
    errors: notFoundOrState,
    says: "Deploys a release again, image and configuration, without a build.",
  },
} as const satisfies OperationModels;

export const sourceShapes = {
  BuildRuntimeRequest: {
    kind: "structure",
    members: {
      Runtime: { type: "string", required: true, says: "NODEJS_22, or nodejs22 as in apprunner.yaml" },
      Version: { type: "string", says: "22.14.0 or the start of it; the newest one unless given" },
    },
  },
  BuildRuntimeResponse: {
    kind: "structure",
    members: { Runtime: { type: "RuntimeSummary", required: true, says: "the runtime as it is now" } },
  },

  CancelOperationRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      OperationId: { type: "string", required: true, says: "id of the operation" },
    },
  },
  CancelOperationResponse: {
    kind: "structure",
    members: { Operation: { type: "Operation", required: true, says: "the operation as it is now" } },
  },

  CreateRepositoryRequest: {
    kind: "structure",
    members: {
      RepositoryName: {
        type: "string",
        required: true,
        says: "as services are named, for one of the same name",
      },
      Example: {
        type: "string",
        says: "an example application of ListExamples: the first commit of its branch main; empty unless given",
      },
    },
  },
  CreateRepositoryResponse: {
    kind: "structure",
    members: { Repository: { type: "Repository", required: true, says: "the new repository" } },
  },
  DeleteRepositoryRequest: {
    kind: "structure",
    members: { RepositoryName: { type: "string", required: true, says: "name of the repository" } },
  },
  DeleteRepositoryResponse: {
    kind: "structure",
    members: { RepositoryName: { type: "string", required: true, says: "the one that is gone" } },
  },
  DescribeRepositoryRequest: {
    kind: "structure",
    members: { RepositoryName: { type: "string", required: true, says: "name of the repository" } },
  },
  DescribeRepositoryResponse: {
    kind: "structure",
    members: {
      Repository: { type: "Repository", required: true, says: "as ListRepositories has it" },
      SizeBytes: { type: "long", required: true, says: "on disk" },
      QuotaBytes: { type: "long", required: true, says: "a push above it is refused" },
      LastPush: { type: "RepositoryPush", says: "absent before the first one" },
    },
  },
  RepositoryPush: {
    kind: "structure",
    members: {
      PushedAt: { type: "timestamp", required: true, says: "when it came" },
      PrincipalArn: { type: "string", required: true, says: "who pushed" },
      Reference: { type: "string", required: true, says: "refs/heads/main; the first of several" },
      CommitId: { type: "string", says: "absent where the reference was deleted" },
    },
  },
  ListExamplesRequest: { kind: "structure", members: {} },
  ListExamplesResponse: {
    kind: "structure",
    members: { Examples: { type: "ExampleList", required: true, says: "empty where none came along" } },
  },
  ExampleList: { kind: "list", element: "Example" },
  Example: {
    kind: "structure",
    members: {
      Name: { type: "string", required: true, says: "for CreateRepository" },
      Title: { type: "string", required: true, says: "what it is written in" },
      Description: { type: "string", required: true, says: "one sentence for people" },
    },
  },
  ListRepositoriesRequest: { kind: "structure", members: {} },
  ListRepositoriesResponse: {
    kind: "structure",
    members: { Repositories: { type: "RepositoryList", required: true, says: "may be empty" } },
  },
  RepositoryList: { kind: "list", element: "Repository" },
  Repository: {
    kind: "structure",
    members: {
      RepositoryName: { type: "string", required: true, says: "its name" },
      RepositoryUrl: {
        type: "string",
        required: true,
        says: "slipway://<name>: RepositoryUrl of a service's source",
      },
      PushUrl: {
        type: "string",
        required: true,
        says: "where git pushes to, with an access key's id and secret as user name and password",
      },
    },
  },

  DetectSourceRequest: {
    kind: "structure",
    members: {
      RepositoryUrl: { type: "string", required: true, says: "as for CreateService, slipway://<name> too" },
      Branch: { type: "string", says: "the repository's default branch unless given" },
      SourceDirectory: { type: "string", says: "within the repository; / unless given" },
      ConnectionArn: { type: "string", says: "a connection with its host; none for a public repository" },
      ShowFile: {
        type: "boolean",
        says: "true: apprunner.yaml comes as it is written, and what is wrong in it is no error",
      },
    },
  },
  DetectSourceResponse: {
    kind: "structure",
    members: {
      CodeRepository: {
        type: "CodeRepository",
        required: true,
        says: "ready for CreateService, with the branch that was looked at",
      },
      DockerfilePath: {
        type: "string",
        says: "Dockerfile to build with, for the tag slipway:dockerfile; absent for a managed runtime",
      },
      Remarks: { type: "RemarkList", required: true, says: "sentences on what was found; may be empty" },
      AppRunnerFile: { type: "ShownAppRunnerFile", says: "with ShowFile, where there is one" },
    },
  },
  RemarkList: { kind: "list", element: "string" },

  GetDefaultBranchRequest: {
    kind: "structure",
    members: {
      RepositoryUrl: { type: "string", required: true, says: "as for CreateService, slipway://<name> too" },
      ConnectionArn: { type: "string", says: "a connection with its host; none for a public repository" },
    },
  },
  GetDefaultBranchResponse: {
    kind: "structure",
    members: { Branch: { type: "string", required: true, says: "the one its HEAD names" } },
  },

  ListRuntimesRequest: {
    kind: "structure",
    members: {
      Runtime: {
        type: "string",
        says: "only this one; then it is also told whether a build here can have it",
      },
    },
  },
  ListRuntimesResponse: {
    kind: "structure",
    members: { Runtimes: { type: "RuntimeSummaryList", required: true, says: "by language and age" } },
  },
  RuntimeSummaryList: { kind: "list", element: "RuntimeSummary" },
  RuntimeState: { kind: "enum", values: ["absent", "building", "present", "failed"] },
  RuntimeVersionList: { kind: "list", element: "string" },
  ShownAppRunnerFile: {
    kind: "structure",
    members: {
      Path: { type: "string", required: true, says: "within the repository" },
      Text: { type: "string", required: true, says: "all of it" },
      Problems: { type: "FileProblemList", required: true, says: "what no build would take; at most ten" },
    },
  },
  FileProblemList: { kind: "list", element: "FileProblem" },
  FileProblem: {
    kind: "structure",
    members: {
      Line: { type: "integer", required: true, says: "from 1" },
      Column: { type: "integer", required: true, says: "from 1" },
      Message: { type: "string", required: true, says: "what is wrong and what would be right" },
    },
  },
  RuntimeSummary: {
    kind: "structure",
    members: {
      Runtime: { type: "string", required: true, says: "NODEJS_22" },
      Versions: { type: "RuntimeVersionList", required: true, says: "version lines it has, oldest first" },
      State: { type: "RuntimeState", required: true, says: "whether its base images are on this machine" },
      PresentVersion: { type: "string", says: "of the images that are there" },
      SizeBytes: { type: "long", says: "of these images; absent while there are none" },
      EndOfSupport: { type: "string", says: "a date such as 2028-04-30; absent when none is announced" },
      CanBePutTogether: {
        type: "boolean",
        required: true,
        says: "whether this machine can make them where no registry can be reached",
      },
      LastLine: { type: "string", says: "what its build said last" },
      WhyUnavailable: {
        type: "string",
        says: "why no build here can have it; absent where one can, where nobody knows, and in the list of all",
      },
    },
  },

  RollbackServiceRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      ReleaseNumber: {
        type: "integer",
        says: "the last one that served before the present one, unless given",
      },
    },
  },
  RollbackServiceResponse: {
    kind: "structure",
    members: {
      Service: { type: "Service", required: true, says: "the service with the release's configuration" },
      OperationId: { type: "string", required: true, says: "id of the operation" },
    },
  },
} as const satisfies Shapes;
