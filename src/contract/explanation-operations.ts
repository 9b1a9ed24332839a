// Our own operation that says why a service does what it does, in the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

export const explanationOperations = {
  ExplainService: {
    input: "ExplainServiceRequest",
    output: "ExplainServiceResponse",
    errors: ["InternalServiceErrorException", "InvalidRequestException", "ResourceNotFoundException"],
    says: "Says what is wrong with a service and what to do, with what that was concluded from.",
  },
} as const satisfies OperationModels;

export const explanationShapes = {
  ExplainServiceRequest: {
    kind: "structure",
    members: {
      ServiceArn: { type: "string", required: true, says: "ARN of the service, a deleted one too" },
      StartTime: { type: "timestamp", says: "ends of instances count from then on; a day ago unless given" },
    },
  },
  ExplainServiceResponse: {
    kind: "structure",
    members: {
      ServiceName: { type: "string", required: true, says: "its name" },
      Status: { type: "ServiceStatus", required: true, says: "how it stands" },
      ReleaseNumber: { type: "integer", says: "the release in traffic; absent while there is none" },
      StartTime: { type: "timestamp", required: true, says: "from when on ends of instances count" },
      Findings: { type: "FindingList", required: true, says: "a pause, then the gravest first; never empty" },
      Operations: { type: "OperationList", required: true, says: "the last five, newest first" },
      InstanceEnds: {
        type: "InstanceEndList",
        required: true,
        says: "by kind and release: those of the release in traffic first, then the most frequent",
      },
      Requests: {
        type: "RecentRequests",
        required: true,
        says: "of the last hour, or since the control plane's start",
      },
    },
  },
  FindingList: { kind: "list", element: "ServiceFinding" },
  ServiceFinding: {
    kind: "structure",
    members: {
      Severity: { type: "FindingSeverity", required: true, says: "how grave it is" },
      Summary: { type: "string", required: true, says: "what is" },
      Advice: { type: "string", says: "what to do; absent where nothing has to be done" },
      OperationId: {
        type: "string",
        says: "the operation that tells the whole story; absent where none does",
      },
    },
  },
  FindingSeverity: { kind: "enum", values: ["error", "warning", "info"] },
  OperationList: { kind: "list", element: "Operation" },
  InstanceEndList: { kind: "list", element: "InstanceEnd" },
  InstanceEnd: {
    kind: "structure",
    members: {
      End: { type: "string", required: true, says: "one word: exited, out-of-memory, scaled-in, ..." },
      Count: { type: "integer", required: true, says: "how many ended so" },
      LastAt: { type: "timestamp", required: true, says: "when the last of them ended" },
      LastInstanceId: { type: "string", required: true, says: "which one that was" },
      ReleaseNumber: { type: "integer", required: true, says: "their release" },
      Reason: { type: "string", says: "the same for people" },
      ExitCode: { type: "integer", says: "where its process ended" },
    },
  },
  RecentRequests: {
    kind: "structure",
    members: {
      Since: { type: "timestamp", required: true, says: "the control plane's start, or an hour ago" },
      IsEstimated: {
        type: "boolean",
        required: true,
        says: "whether only a sample was told of, from which the counts are made",
      },
      Count: { type: "double", required: true, says: "how many" },
      Failed: {
        type: "double",
        required: true,
        says: "of them with a status from 500 on, without what is refused while it is paused",
      },
      Limited: { type: "double", required: true, says: "of them refused with 429" },
      Cuts: { type: "RequestCutMap", required: true, says: "what ended before its time, by how" },
      Slowest: { type: "RequestSampleList", required: true, says: "the slowest first" },
      FailedSamples: { type: "RequestSampleList", required: true, says: "the newest first" },
    },
  },
  RequestCutMap: { kind: "map", key: "string", value: "double" },
  RequestSampleList: { kind: "list", element: "RequestSample" },
  RequestSample: {
    kind: "structure",
    members: {
      At: { type: "timestamp", required: true, says: "when it came" },
      Method: { type: "string", required: true, says: "of HTTP" },
      Path: { type: "string", required: true, says: "without its query" },
      Status: { type: "integer", required: true, says: "0 where the client left before there was one" },
      DurationMs: { type: "double", required: true, says: "to the last byte" },
      HeldMs: { type: "double", says: "until an instance was there; absent where it had not to wait" },
      QueuedMs: { type: "double", says: "until an instance was free" },
      InstanceId: { type: "string", says: "absent where none got it" },
      Cut: { type: "string", says: "why it ended before its time" },
      RequestId: { type: "string", required: true, says: "the one in X-Request-Id" },
    },
  },
} as const satisfies Shapes;
