// Our own operations that answer before anything is made or changed: what an image is, which branches there are, how a
// service would scale, whether a health check would pass. Part of slipway-operations.ts, in the same words.
import type { OperationModels, Shapes } from "./shape.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;

export const trialOperations = {
  InspectImage: {
    input: "InspectImageRequest",
    output: "InspectImageResponse",
    errors: common,
    says: "Tells whether an image is there, on this machine or in its registry, and what it says of itself. Pulls nothing.",
  },
  InspectImageRepository: {
    input: "InspectImageRepositoryRequest",
    output: "InspectImageRepositoryResponse",
    errors: common,
    says: "Asks a registry for the tags of a repository.",
  },
  ListImages: {
    input: "ListImagesRequest",
    output: "ListImagesResponse",
    errors: common,
    says: "Lists the images of this machine that have a name, newest first. Not those that Slipway made for itself.",
  },
  ListBranches: {
    input: "ListBranchesRequest",
    output: "ListBranchesResponse",
    errors: notFound,
    says: "Asks a repository for the names of its branches, without fetching anything.",
  },
  SimulateScaling: {
    input: "SimulateScalingRequest",
    output: "SimulateScalingResponse",
    errors: common,
    says: "Plays a load against settings of scaling, with the code that scales services.",
  },
  TryHealthCheck: {
    input: "TryHealthCheckRequest",
    output: "TryHealthCheckResponse",
    errors: notFound,
    says: "Makes a health check once, now, on each instance that serves. Nothing is changed by what it finds.",
  },
} as const satisfies OperationModels;

export const trialShapes = {
  InspectImageRequest: {
    kind: "structure",
    members: {
      ImageIdentifier: { type: "string", required: true, says: "as for CreateService" },
      AccessRoleArn: { type: "string", says: "as for CreateService: its credentials are used" },
    },
  },
  InspectImageResponse: {
    kind: "structure",
    members: {
      Place: { type: "ImagePlace", required: true, says: "where it was found" },
      Problem: { type: "string", says: "why it was not found, or cannot be asked for; absent otherwise" },
      Digest: { type: "string", says: "sha256:... of the registry; absent where only this machine has it" },
      Architecture: { type: "string", says: "amd64, arm64, ...; absent when unknown" },
      ExposedPorts: { type: "PortList", required: true, says: "TCP ports that it says it listens on" },
      SizeBytes: { type: "long", says: "on this machine; absent where it was not pulled yet" },
    },
  },
  ImagePlace: { kind: "enum", values: ["machine", "registry", "nowhere"] },
  PortList: { kind: "list", element: "integer" },

  InspectImageRepositoryRequest: {
    kind: "structure",
    members: {
      ImageIdentifier: { type: "string", required: true, says: "any image of it; a tag is not looked at" },
      AccessRoleArn: { type: "string", says: "as for CreateService: its credentials are used" },
    },
  },
  InspectImageRepositoryResponse: {
    kind: "structure",
    members: {
      Tags: { type: "ImageTagList", required: true, says: "as the registry sorts them, at most 1000" },
      Problem: { type: "string", says: "why there are none; absent otherwise" },
    },
  },
  ImageTagList: { kind: "list", element: "string" },

  ListImagesRequest: { kind: "structure", members: {} },
  ListImagesResponse: {
    kind: "structure",
    members: { Images: { type: "MachineImageList", required: true, says: "at most 500" } },
  },
  MachineImageList: { kind: "list", element: "MachineImage" },
  MachineImage: {
    kind: "structure",
    members: {
      ImageIdentifier: { type: "string", required: true, says: "repository:tag, as CreateService takes it" },
      CreatedAt: { type: "timestamp", required: true, says: "when it was built" },
      SizeBytes: { type: "long", required: true, says: "with all of its layers" },
    },
  },

  ListBranchesRequest: {
    kind: "structure",
    members: {
      RepositoryUrl: { type: "string", required: true, says: "as for CreateService, slipway://<name> too" },
      ConnectionArn: { type: "string", says: "a connection with its host; none for a public repository" },
    },
  },
  ListBranchesResponse: {
    kind: "structure",
    members: {
      Branches: { type: "BranchList", required: true, says: "by name, at most 1000; empty without a commit" },
    },
  },
  BranchList: { kind: "list", element: "string" },

  SimulateScalingRequest: {
    kind: "structure",
    members: {
      MinSize: { type: "integer", required: true, says: "1 to 25" },
      MaxSize: { type: "integer", required: true, says: "1 or more; above 1000 is played as 1000" },
      MaxConcurrency: { type: "integer", required: true, says: "1 to 200" },
      ScaleToZero: { type: "string", says: "as the tag slipway:scale-to-zero; never unless given" },
      WarmZero: { type: "string", says: "as the tag slipway:warm-zero" },
      Idle: { type: "InstanceActivity", says: "as the tag slipway:idle" },
      Cpu: { type: "string", says: "1024 unless given; for the cost alone" },
      Memory: { type: "string", says: "2048 unless given; for the cost alone" },
      Load: {
        type: "LoadShape",
        required: true,
        says: "steady: 10 minutes by chance; step and spikes: 20 minutes; day: from midnight to midnight",
      },
      RequestsPerSecond: { type: "integer", required: true, says: "in calm times, at most 2000" },
      PeakRequestsPerSecond: { type: "integer", says: "at the most; eight times the calm unless given" },
      DurationMs: { type: "integer", says: "how long a request takes on average; 200 unless given" },
      StartMs: {
        type: "integer",
        says: "from the wish for an instance to its first request; 1500 unless given",
      },
    },
  },
  LoadShape: { kind: "enum", values: ["steady", "step", "spikes", "day"] },
  SimulateScalingResponse: {
    kind: "structure",
    members: {
      IntervalSeconds: { type: "integer", required: true, says: "between two points of the series" },
      Requests: { type: "NumberList", required: true, says: "a second, on average" },
      Instances: { type: "NumberList", required: true, says: "that could take requests: the most" },
      Waiting: { type: "NumberList", required: true, says: "requests that waited at once: the most" },
      Refused: { type: "NumberList", required: true, says: "requests answered 429 or 503" },
      RequestCount: { type: "long", required: true, says: "all that came" },
      RefusedCount: { type: "long", required: true, says: "of them refused" },
      WaitP50Ms: { type: "double", required: true, says: "half of the requests waited no longer" },
      WaitP99Ms: { type: "double", required: true, says: "99 of 100 waited no longer" },
      WaitMaxMs: { type: "double", required: true, says: "nobody waited longer" },
      PeakInstances: { type: "integer", required: true, says: "the most at once" },
      Starts: { type: "integer", required: true, says: "instances that were started" },
      ProvisionedHours: { type: "double", required: true, says: "of instances that were there" },
      Cost: { type: "double", required: true, says: "US dollars, by the prices of this installation" },
      CostPerMonth: { type: "double", required: true, says: "if it went on like this for 730 hours" },
    },
  },
  NumberList: { kind: "list", element: "double" },

  TryHealthCheckRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      HealthCheckConfiguration: {
        type: "HealthCheckConfiguration",
        says: "as for UpdateService; what is not said is as the service has it",
      },
    },
  },
  TryHealthCheckResponse: {
    kind: "structure",
    members: {
      Results: { type: "HealthTrialList", required: true, says: "at most ten; empty while none serves" },
    },
  },
  HealthTrialList: { kind: "list", element: "HealthTrial" },
  HealthTrial: {
    kind: "structure",
    members: {
      InstanceId: { type: "string", required: true, says: "as ListInstances tells it" },
      IsHealthy: { type: "boolean", required: true, says: "whether this one check passed" },
      Problem: { type: "string", says: "what was wrong; absent when it passed" },
      StatusCode: { type: "integer", says: "of a wrong answer to an HTTP check" },
      BodyHead: { type: "string", says: "how that answer began, at most 200 characters" },
      TookMs: { type: "integer", required: true, says: "from asking to the answer" },
    },
  },
} as const satisfies Shapes;
