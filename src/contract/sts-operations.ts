// Of STS (version 2011-06-15), in the words of shape.ts. Members that ask for what is not there (tags, a second factor) are
// in the inputs, so that they can be refused instead of overlooked.
import type { OperationModels, Shapes, StructureShape } from "./shape.ts";

const common = ["InternalFailure", "ValidationError"] as const;

export const stsOperations = {
  "AWSSecurityTokenServiceV20110615.AssumeRole": {
    input: "StsAssumeRoleInput",
    output: "StsAssumeRoleOutput",
    errors: [...common, "MalformedPolicyDocument", "PackedPolicyTooLarge"],
  },
  "AWSSecurityTokenServiceV20110615.GetAccessKeyInfo": {
    input: "StsAccessKeyId",
    output: "StsAccountOutput",
    errors: common,
  },
  "AWSSecurityTokenServiceV20110615.GetCallerIdentity": {
    input: "NothingOfSts",
    output: "StsIdentityOutput",
    errors: common,
  },
  "AWSSecurityTokenServiceV20110615.GetSessionToken": {
    input: "StsSessionTokenInput",
    output: "StsSessionTokenOutput",
    errors: common,
  },
} as const satisfies OperationModels;

const required = true;
const text = { type: "string" } as const;
const needed = { type: "string", required } as const;
const structure = <const Members extends StructureShape["members"]>(members: Members) =>
  ({ kind: "structure", members }) as const;
const list = <const Element extends string>(element: Element) => ({ kind: "list", element }) as const;

export const stsShapes = {
  NothingOfSts: structure({}),
  StsIdentityOutput: structure({ UserId: text, Account: text, Arn: text }),
  StsAccessKeyId: structure({ AccessKeyId: needed }),
  StsAccountOutput: structure({ Account: text }),
  StsSecretAccessKey: { kind: "sensitive" },
  StsSessionToken: { kind: "sensitive" },
  StsCredentials: structure({
    AccessKeyId: needed,
    SecretAccessKey: { type: "StsSecretAccessKey", required },
    SessionToken: { type: "StsSessionToken", required },
    Expiration: { type: "timestamp", required },
  }),
  StsAssumedRoleUser: structure({ AssumedRoleId: needed, Arn: needed }),
  StsPolicyDescriptor: structure({ arn: text }),
  StsPolicyDescriptors: list("StsPolicyDescriptor"),
  StsTag: structure({ Key: needed, Value: needed }),
  StsTagList: list("StsTag"),
  StsTagKeys: list("string"),
  StsProvidedContext: structure({ ProviderArn: text, ContextAssertion: text }),
  StsProvidedContexts: list("StsProvidedContext"),
  StsAssumeRoleInput: structure({
    RoleArn: needed,
    RoleSessionName: needed,
    PolicyArns: { type: "StsPolicyDescriptors" },
    Policy: text,
    DurationSeconds: { type: "integer" },
    Tags: { type: "StsTagList" },
    TransitiveTagKeys: { type: "StsTagKeys" },
    ExternalId: text,
    SerialNumber: text,
    TokenCode: text,
    SourceIdentity: text,
    ProvidedContexts: { type: "StsProvidedContexts" },
  }),
  StsAssumeRoleOutput: structure({
    Credentials: { type: "StsCredentials" },
    AssumedRoleUser: { type: "StsAssumedRoleUser" },
    PackedPolicySize: { type: "integer" },
  }),
  StsSessionTokenInput: structure({
    DurationSeconds: { type: "integer" },
    SerialNumber: text,
    TokenCode: text,
  }),
  StsSessionTokenOutput: structure({ Credentials: { type: "StsCredentials" } }),
} as const satisfies Shapes;
