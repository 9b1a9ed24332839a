// The structures of iam-operations.ts that tell of policies, and of what they would allow.
import type { Shapes, StructureShape } from "./shape.ts";

const required = true;
const text = { type: "string" } as const;
const needed = { type: "string", required } as const;
const page = { Marker: text, MaxItems: { type: "integer" } } as const;
const cut = { IsTruncated: { type: "boolean" }, Marker: text } as const;
const arn = { PolicyArn: needed } as const;

const structure = <const Members extends StructureShape["members"]>(members: Members) =>
  ({ kind: "structure", members }) as const;
const list = <const Element extends string>(element: Element) => ({ kind: "list", element }) as const;

const simulation = {
  ActionNames: { type: "IamActionNames", required },
  ResourceArns: { type: "IamResourceNames" },
  PermissionsBoundaryPolicyInputList: { type: "IamPolicyInputs" },
  ResourcePolicy: text,
  ResourceOwner: text,
  CallerArn: text,
  ContextEntries: { type: "IamContextEntries" },
  ResourceHandlingOption: text,
  ...page,
} as const;

export const iamPolicyShapes = {
  NothingOfIam: structure({}),
  IamPolicyArn: structure(arn),
  IamPolicyPage: structure({ ...arn, ...page }),
  IamPolicyVersionId: structure({ ...arn, VersionId: needed }),
  IamTagPolicyInput: structure({ ...arn, Tags: { type: "IamTagList", required } }),
  IamUntagPolicyInput: structure({ ...arn, TagKeys: { type: "IamTagKeys", required } }),

  IamPolicy: structure({
    PolicyName: text,
    PolicyId: text,
    Arn: text,
    Path: text,
    DefaultVersionId: text,
    AttachmentCount: { type: "integer" },
    PermissionsBoundaryUsageCount: { type: "integer" },
    IsAttachable: { type: "boolean" },
    Description: text,
    CreateDate: { type: "timestamp" },
    UpdateDate: { type: "timestamp" },
    Tags: { type: "IamTagList" },
  }),
  IamPolicyList: list("IamPolicy"),
  IamPolicyOutput: structure({ Policy: { type: "IamPolicy" } }),
  IamPoliciesOutput: structure({ Policies: { type: "IamPolicyList" }, ...cut }),
  IamPolicyScope: { kind: "enum", values: ["All", "AWS", "Local"] },
  IamPolicyUsage: { kind: "enum", values: ["PermissionsPolicy", "PermissionsBoundary"] },
  IamListPoliciesInput: structure({
    Scope: { type: "IamPolicyScope" },
    OnlyAttached: { type: "boolean" },
    PathPrefix: text,
    PolicyUsageFilter: { type: "IamPolicyUsage" },
    ...page,
  }),
  IamCreatePolicyInput: structure({
    PolicyName: needed,
    Path: text,
    PolicyDocument: needed,
    Description: text,
    Tags: { type: "IamTagList" },
  }),
  IamCreatePolicyVersionInput: structure({
    ...arn,
    PolicyDocument: needed,
    SetAsDefault: { type: "boolean" },
  }),
  IamPolicyVersion: structure({
    Document: text,
    VersionId: text,
    IsDefaultVersion: { type: "boolean" },
    CreateDate: { type: "timestamp" },
  }),
  IamPolicyVersionList: list("IamPolicyVersion"),
  IamPolicyVersionOutput: structure({ PolicyVersion: { type: "IamPolicyVersion" } }),
  IamPolicyVersionsOutput: structure({ Versions: { type: "IamPolicyVersionList" }, ...cut }),
  IamPolicyNames: list("string"),
  IamPolicyNamesOutput: structure({ PolicyNames: { type: "IamPolicyNames", required }, ...cut }),
  IamAttachedPolicy: structure({ PolicyName: text, PolicyArn: text }),
  IamAttachedPolicyList: list("IamAttachedPolicy"),
  IamAttachedPoliciesOutput: structure({ AttachedPolicies: { type: "IamAttachedPolicyList" }, ...cut }),

  IamEntityType: {
    kind: "enum",
    values: ["User", "Role", "Group", "LocalManagedPolicy", "AWSManagedPolicy"],
  },
  IamListEntitiesInput: structure({
    ...arn,
    EntityFilter: { type: "IamEntityType" },
    PathPrefix: text,
    PolicyUsageFilter: { type: "IamPolicyUsage" },
    ...page,
  }),
  IamPolicyUser: structure({ UserName: text, UserId: text }),
  IamPolicyRole: structure({ RoleName: text, RoleId: text }),
  IamPolicyUserList: list("IamPolicyUser"),
  IamPolicyRoleList: list("IamPolicyRole"),
  IamPolicyGroupList: list("IamGroup"),
  IamPolicyEntitiesOutput: structure({
    PolicyGroups: { type: "IamPolicyGroupList" },
    PolicyUsers: { type: "IamPolicyUserList" },
    PolicyRoles: { type: "IamPolicyRoleList" },
    ...cut,
  }),

  IamActionNames: list("string"),
  IamResourceNames: list("string"),
  IamPolicyInputs: list("string"),
  IamContextValues: list("string"),
  IamContextEntry: structure({
    ContextKeyName: text,
    ContextKeyValues: { type: "IamContextValues" },
    ContextKeyType: text,
  }),
  IamContextEntries: list("IamContextEntry"),
  IamSimulateCustomPolicyInput: structure({
    PolicyInputList: { type: "IamPolicyInputs", required },
    ...simulation,
  }),
  IamSimulatePrincipalPolicyInput: structure({
    PolicySourceArn: needed,
    PolicyInputList: { type: "IamPolicyInputs" },
    ...simulation,
  }),
  IamEvaluationDecision: { kind: "enum", values: ["allowed", "explicitDeny", "implicitDeny"] },
  IamPosition: structure({ Line: { type: "integer" }, Column: { type: "integer" } }),
  IamMatchedStatement: structure({
    SourcePolicyId: text,
    SourcePolicyType: text,
    StartPosition: { type: "IamPosition" },
    EndPosition: { type: "IamPosition" },
  }),
  IamMatchedStatements: list("IamMatchedStatement"),
  IamContextKeyNames: list("string"),
  IamEvaluation: structure({
    EvalActionName: needed,
    EvalResourceName: text,
    EvalDecision: { type: "IamEvaluationDecision", required },
    MatchedStatements: { type: "IamMatchedStatements" },
    MissingContextValues: { type: "IamContextKeyNames" },
  }),
  IamEvaluationList: list("IamEvaluation"),
  IamSimulationOutput: structure({ EvaluationResults: { type: "IamEvaluationList" }, ...cut }),
} as const satisfies Shapes;
