// What was asked of this installation, by whom, and how it ended: our own operations, and CloudTrail's one (X-Amz-Target
// prefix "CloudTrail_20131101."), which has the same shapes. In the words of shape.ts.
import type { OperationModels, Shapes } from "./shape.ts";

const lookupEvents = {
  input: "LookupEventsRequest",
  output: "LookupEventsResponse",
  says: "Looks calls up in the audit trail, newest first: those of the last 90 days.",
} as const;
const common = ["InternalServiceErrorException", "InvalidRequestException"] as const;

export const auditOperations = {
  LookupEvents: { ...lookupEvents, errors: common },
  VerifyAuditTrail: {
    input: "VerifyAuditTrailRequest",
    output: "VerifyAuditTrailResponse",
    errors: common,
    says: "Reads the whole audit trail and tells where it was tampered with; a million calls take about ten seconds.",
  },
} as const satisfies OperationModels;

export const cloudTrailOperations = {
  "CloudTrail_20131101.LookupEvents": {
    ...lookupEvents,
    errors: ["InternalServiceError", "InvalidNextTokenException", "InvalidParameterException"],
  },
} as const satisfies OperationModels;

export const auditShapes = {
  LookupEventsRequest: {
    kind: "structure",
    members: {
      LookupAttributes: {
        type: "AuditAttributeList",
        says: "what all calls told must fulfil; eight at most",
      },
      StartTime: { type: "timestamp", says: "from then on; everything that is kept unless given" },
      EndTime: { type: "timestamp", says: "until then; now unless given" },
      MaxResults: { type: "integer", says: "most calls in one reply, 1 to 50; 50 unless given" },
      NextToken: { type: "string", says: "from the reply before" },
    },
  },
  AuditAttributeList: { kind: "list", element: "AuditAttribute" },
  AuditAttribute: {
    kind: "structure",
    members: {
      AttributeKey: { type: "AuditAttributeKey", required: true, says: "what is compared" },
      AttributeValue: { type: "string", required: true, says: "what it must be, letter for letter" },
    },
  },
  AuditAttributeKey: {
    kind: "enum",
    values: [
      "EventId",
      "EventName",
      "ReadOnly",
      "Username",
      "ResourceType",
      "ResourceName",
      "EventSource",
      "AccessKeyId",
      "Outcome",
    ],
  },
  LookupEventsResponse: {
    kind: "structure",
    members: {
      Events: { type: "AuditEventList", required: true, says: "newest first; a page may be empty" },
      NextToken: { type: "string", says: "absent on the last page" },
    },
  },
  AuditEventList: { kind: "list", element: "AuditEvent" },
  AuditEvent: {
    kind: "structure",
    members: {
      EventId: { type: "string", required: true, says: "a UUID, made of the record's hash" },
      EventName: { type: "string", required: true, says: "for instance CreateService" },
      ReadOnly: { type: "string", required: true, says: "true or false" },
      AccessKeyId: { type: "string", says: "the key of who called; as claimed, when it was refused" },
      EventTime: { type: "timestamp", required: true, says: "when the call came" },
      EventSource: { type: "string", required: true, says: "for instance apprunner.amazonaws.com" },
      Username: { type: "string", says: "root, or the last part of another principal's ARN" },
      Resources: { type: "AuditResourceList", required: true, says: "what the call was about" },
      CloudTrailEvent: {
        type: "string",
        required: true,
        says: "all of it, as JSON in CloudTrail's format 1.08",
      },
    },
  },
  AuditResourceList: { kind: "list", element: "AuditResource" },
  AuditResource: {
    kind: "structure",
    members: {
      ResourceType: { type: "string", says: "as CloudFormation names it; absent where it has no name" },
      ResourceName: { type: "string", required: true, says: "ARN" },
    },
  },
  VerifyAuditTrailRequest: { kind: "structure", members: {} },
  VerifyAuditTrailResponse: {
    kind: "structure",
    members: {
      RecordCount: { type: "long", required: true, says: "records that were read" },
      FirstSequence: {
        type: "long",
        says: "number of the oldest one that is kept; absent when there is none",
      },
      Head: { type: "AuditLink", says: "the newest record" },
      Anchor: { type: "AuditLink", says: "the newest record that the database knows" },
      ProblemCount: { type: "long", required: true, says: "0: nothing was tampered with" },
      Problems: { type: "AuditProblemList", required: true, says: "the first hundred" },
    },
  },
  AuditLink: {
    kind: "structure",
    members: {
      Sequence: { type: "long", required: true, says: "1 is the first record that was ever written" },
      Hash: { type: "string", required: true, says: "of the record and of all before it" },
    },
  },
  AuditProblemList: { kind: "list", element: "AuditProblem" },
  AuditProblem: {
    kind: "structure",
    members: {
      Kind: { type: "AuditProblemKind", required: true, says: "what was found" },
      Sequence: { type: "long", required: true, says: "of the record, or of the first one that is missing" },
      File: { type: "string", says: "in the state directory's audit; absent where none is concerned" },
      Detail: { type: "string", required: true, says: "one sentence for people" },
    },
  },
  AuditProblemKind: { kind: "enum", values: ["changed", "missing", "out of order", "anchor"] },
} as const satisfies Shapes;
