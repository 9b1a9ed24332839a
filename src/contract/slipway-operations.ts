// Our own operations (X-Amz-Target prefix "Slipway."), in the words of shape.ts: what App Runner has no shape for.
// Members of type "timestamp" are seconds since 1970 as in AWS.
import { actionOperations, actionShapes } from "./action-operations.ts";
import { auditOperations, auditShapes } from "./audit-operations.ts";
import { connectionOperations, connectionShapes } from "./connection-operations.ts";
import { domainOperations, domainShapes } from "./domain-operations.ts";
import { eventOperations, eventShapes } from "./event-operations.ts";
import { keyOperations, keyShapes } from "./key-operations.ts";
import type { appRunnerShapes } from "./model.gen.ts";
import { networkOperations, networkShapes } from "./network-operations.ts";
import { nodeOperations, nodeShapes } from "./node-operations.ts";
import { ownHealthOperations, ownHealthShapes } from "./own-health-operations.ts";
import { releaseOperations, releaseShapes } from "./release-operations.ts";
import type { OperationModels, Shapes, TypeOf } from "./shape.ts";
import { signInOperations, signInShapes } from "./sign-in-operations.ts";
import { sourceOperations, sourceShapes } from "./source-operations.ts";
import { overviewOperations, overviewShapes } from "./overview-operations.ts";
import { explanationOperations, explanationShapes } from "./explanation-operations.ts";
import { trialOperations, trialShapes } from "./trial-operations.ts";
import { usageOperations, usageShapes } from "./usage-operations.ts";
import { vaultOperations, vaultShapes } from "./vault-operations.ts";

const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;
const notFound = [...common, "ResourceNotFoundException"] as const;

export const slipwayOperations = {
  ...sourceOperations,
  ...connectionOperations,
  ...explanationOperations,
  ...usageOperations,
  ...auditOperations,
  ...actionOperations,
  ...ownHealthOperations,
  ...nodeOperations,
  ...vaultOperations,
  ...domainOperations,
  ...eventOperations,
  ...signInOperations,
  ...networkOperations,
  ...trialOperations,
  ...overviewOperations,
  ...releaseOperations,
  ...keyOperations,
  DescribeOperation: {
    input: "DescribeOperationRequest",
    output: "DescribeOperationResponse",
    errors: notFound,
    says: "Tells how far an operation is and, when it failed, why.",
  },
  GetInfo: {
    input: "GetInfoRequest",
    output: "GetInfoResponse",
    errors: common,
    says: "Tells where this installation listens, lives and keeps its state.",
  },
  ListInstances: {
    input: "ListInstancesRequest",
    output: "ListInstancesResponse",
    errors: notFound,
    says: "Lists the instances of a service, newest first.",
  },
  RunDoctor: {
    input: "RunDoctorRequest",
    output: "RunDoctorResponse",
    errors: common,
    says: "Checks engine, edge, store and machine, and says how to mend what is wrong.",
  },
} as const satisfies OperationModels;

export const slipwayShapes = {
  ...sourceShapes,
  ...connectionShapes,
  ...explanationShapes,
  ...usageShapes,
  ...auditShapes,
  ...actionShapes,
  ...ownHealthShapes,
  ...nodeShapes,
  ...vaultShapes,
  ...domainShapes,
  ...eventShapes,
  ...signInShapes,
  ...networkShapes,
  ...trialShapes,
  ...overviewShapes,
  ...releaseShapes,
  ...keyShapes,
  DescribeOperationRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      OperationId: {
        type: "string",
        required: true,
        says: "id of the operation, as the call that began it returned",
      },
    },
  },
  DescribeOperationResponse: {
    kind: "structure",
    members: { Operation: { type: "Operation", required: true, says: "the operation" } },
  },
  Operation: {
    kind: "structure",
    members: {
      Id: { type: "string", required: true, says: "32 hexadecimal digits" },
      Type: { type: "OperationType", required: true, says: "what was asked for" },
      Status: { type: "OperationStatus", required: true, says: "how it stands" },
      TargetArn: { type: "string", required: true, says: "ARN of the service" },
      StartedAt: { type: "timestamp", required: true, says: "when it was accepted" },
      EndedAt: { type: "timestamp", says: "when it ended; absent while it runs" },
      UpdatedAt: { type: "timestamp", required: true, says: "when it last moved" },
      Phase: { type: "string", says: "what it is doing, or was doing at its end" },
      Phases: {
        type: "OperationPhaseList",
        says: "what it did so far, oldest first; the last one goes on until EndedAt. Absent in operations of older versions",
      },
      Cause: { type: "OperationCause", says: "why it failed; absent otherwise" },
      ReleaseNumber: { type: "integer", says: "the release it makes or runs; absent until one is known" },
      FromReleaseNumber: { type: "integer", says: "a rollback: the release it brings back" },
      Commit: { type: "Commit", says: "what it builds from, once that is known" },
      Trigger: { type: "OperationTrigger", says: "what began it; absent when somebody asked for it" },
    },
  },
  OperationPhaseList: { kind: "list", element: "OperationPhase" },
  OperationPhase: {
    kind: "structure",
    members: {
      Phase: { type: "string", required: true, says: "as the operation's Phase" },
      StartedAt: { type: "timestamp", required: true, says: "when it began, and the one before it ended" },
    },
  },
  OperationTrigger: {
    kind: "structure",
    members: {
      By: { type: "OperationTriggerKind", required: true, says: "how the new version was noticed" },
      Version: {
        type: "string",
        required: true,
        says: "commit id or image digest that was seen; of a rotation the variables with new values",
      },
    },
  },
  OperationTriggerKind: { kind: "enum", values: ["push", "webhook", "poll", "rotation"] },
  OperationCause: {
    kind: "structure",
    members: {
      Phase: { type: "string", required: true, says: "where it failed" },
      Class: {
        type: "string",
        required: true,
        says: "kind of failure: source, build, pull, start, exit code, ...",
      },
      Message: { type: "string", required: true, says: "what is wrong and what would be right" },
      LogLines: {
        type: "LogLineList",
        required: true,
        says: "the application's last lines, oldest first; may be empty",
      },
    },
  },
  LogLineList: { kind: "list", element: "string" },

  GetInfoRequest: { kind: "structure", members: {} },
  GetInfoResponse: {
    kind: "structure",
    members: {
      Version: { type: "string", required: true, says: "of Slipway" },
      Region: { type: "string", required: true, says: "region in ARNs" },
      AccountId: { type: "string", required: true, says: "account in ARNs, 12 digits" },
      ApiEndpoint: { type: "string", required: true, says: "URL for --endpoint-url" },
      ConsoleUrl: { type: "string", says: "URL of the console; absent when it is switched off" },
      EdgeHttpAddress: { type: "string", required: true, says: "host:port at which services answer HTTP" },
      EdgeHttpsAddress: { type: "string", required: true, says: "host:port at which services answer HTTPS" },
      IngressHttpAddress: {
        type: "string",
        required: true,
        says: "host:port at which names of VPC ingress connections answer HTTP",
      },
      IngressHttpsAddress: { type: "string", required: true, says: "the same for HTTPS" },
      ServiceScheme: {
        type: "ServiceScheme",
        required: true,
        says: "how services' URLs begin: https once plain HTTP to them is redirected",
      },
      BaseDomain: { type: "string", required: true, says: "domain below which services get their URL" },
      InternalPort: {
        type: "integer",
        required: true,
        says: "port at which services reach one another, at <name>.internal",
      },
      SignatureKeys: {
        type: "StringList",
        required: true,
        says: "names of the keys that signatures of images can be checked with; may be empty",
      },
      RequiredSignatureKey: {
        type: "string",
        says: "key that must have signed all services' images; absent where none must",
      },
      StateDirectory: {
        type: "string",
        required: true,
        says: "directory of database, logs and edge configuration",
      },
      CredentialsFile: { type: "string", says: "file with the first access key; absent once it was removed" },
    },
  },

  ServiceScheme: { kind: "enum", values: ["http", "https"] },

  ListInstancesRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service" },
      NextToken: { type: "string", says: "from the reply before" },
      MaxResults: { type: "integer", says: "most instances in one reply, 1 to 100" },
    },
  },
  ListInstancesResponse: {
    kind: "structure",
    members: {
      Instances: { type: "InstanceList", required: true, says: "may be empty" },
      Scaling: { type: "Scaling", says: "what the service shall have now; absent while it is not scaled" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  InstanceActivity: { kind: "enum", values: ["run", "throttle", "freeze"] },
  Scaling: {
    kind: "structure",
    members: {
      MinSize: { type: "integer", required: true, says: "0 with slipway:scale-to-zero" },
      MaxSize: { type: "integer", required: true, says: "from the auto scaling configuration" },
      Decisions: { type: "ScalingDecisionList", required: true, says: "the newest first; it holds now" },
    },
  },
  ScalingDecisionList: { kind: "list", element: "ScalingDecision" },
  ScalingDecision: {
    kind: "structure",
    members: {
      At: { type: "timestamp", required: true, says: "since when it holds, or held" },
      Count: { type: "integer", required: true, says: "instances wished" },
      Activity: { type: "InstanceActivity", required: true, says: "what their processes get" },
      Reason: { type: "string", required: true, says: "one line for people" },
    },
  },
  InstanceList: { kind: "list", element: "Instance" },
  InstanceState: {
    kind: "enum",
    values: ["starting", "warming", "ready", "idle", "draining", "stopped", "failed"],
  },
  Instance: {
    kind: "structure",
    members: {
      InstanceId: { type: "string", required: true, says: "our id of the container" },
      ReleaseNumber: { type: "integer", required: true, says: "the release it runs" },
      State: { type: "InstanceState", required: true, says: "where it stands in its life" },
      Activity: { type: "InstanceActivity", required: true, says: "what its processes get" },
      StartReason: { type: "string", required: true, says: "why it was started" },
      Address: { type: "string", says: "host:port the edge sends to; absent before it has one" },
      CreatedAt: { type: "timestamp", required: true, says: "when it was begun" },
      ReadyAt: { type: "timestamp", says: "when it was first healthy" },
      StoppedAt: { type: "timestamp", says: "when its process ended" },
      Reason: { type: "string", says: "why it stopped or failed" },
      ExitCode: { type: "integer", says: "of its process, once ended" },
      InFlight: { type: "integer", says: "requests it is answering; absent when unknown" },
    },
  },

  Commit: {
    kind: "structure",
    members: {
      Id: { type: "string", required: true, says: "full object name" },
      Author: { type: "string", required: true, says: "who wrote it" },
      Message: { type: "string", required: true, says: "its first line" },
      CommittedAt: { type: "timestamp", required: true, says: "when it was committed" },
    },
  },

  RunDoctorRequest: {
    kind: "structure",
    members: {
      Names: { type: "CheckNameList", says: "only checks of these names are made; all unless given" },
    },
  },
  CheckNameList: { kind: "list", element: "string" },
  RunDoctorResponse: {
    kind: "structure",
    members: { Checks: { type: "CheckList", required: true, says: "every check made" } },
  },
  CheckList: { kind: "list", element: "Check" },
  CheckStatus: { kind: "enum", values: ["ok", "warning", "failed"] },
  Check: {
    kind: "structure",
    members: {
      Name: { type: "string", required: true, says: "what was looked at" },
      Status: { type: "CheckStatus", required: true, says: "what came of it" },
      Detail: { type: "string", required: true, says: "what was found" },
      Remedy: { type: "string", says: "what to do; absent when all is well" },
    },
  },
} as const satisfies Shapes;

type SlipwayModel = typeof appRunnerShapes & typeof slipwayShapes;
type Type<Name extends keyof typeof slipwayShapes> = TypeOf<SlipwayModel, Name>;

export type CertificateSummary = Type<"CertificateSummary">;
export type Check = Type<"Check">;
export type Commit = Type<"Commit">;
export type Domain = Type<"Domain">;
export type Event = Type<"Event">;
export type EventDelivery = Type<"EventDelivery">;
export type EventDestination = Type<"EventDestination">;
export type EventFilter = Type<"EventFilter">;
export type EgressRule = Type<"EgressRule">;
export type Instance = Type<"Instance">;
export type Network = Type<"Network">;
export type Operation = Type<"Operation">;
export type OperationCause = Type<"OperationCause">;
export type Release = Type<"Release">;
export type Repository = Type<"Repository">;
export type RuntimeSummary = Type<"RuntimeSummary">;
export type Scaling = Type<"Scaling">;
export type ScalingDecision = Type<"ScalingDecision">;
export type ServiceOverview = Type<"ServiceOverview">;
export type Machine = Type<"Machine">;
export type Node = Type<"Node">;
export type NodeEngine = Type<"NodeEngine">;
export type NodeInstance = Type<"NodeInstance">;
export type ServiceUsage = Type<"ServiceUsage">;
export type SourceWatch = Type<"SourceWatch">;
export type Usage = Type<"Usage">;

/** Input and output type of each of our own operations, worked out from the data above. */
export type SlipwayOperationTypes = {
  readonly [Name in keyof typeof slipwayOperations]: {
    readonly input: TypeOf<SlipwayModel, (typeof slipwayOperations)[Name]["input"]>;
    readonly output: TypeOf<SlipwayModel, (typeof slipwayOperations)[Name]["output"]>;
  };
};
