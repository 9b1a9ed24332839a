// The structures of iam-operations.ts that tell of users, roles, keys and passwords. Members that ask for what is not there
// (PermissionsBoundary) are in the inputs, so that they can be refused instead of overlooked.
import { iamPolicyShapes } from "./iam-policy-shapes.ts";
import type { Shapes, StructureShape } from "./shape.ts";

const required = true;
const text = { type: "string" } as const;
const needed = { type: "string", required } as const;
const page = { Marker: text, MaxItems: { type: "integer" } } as const;
const cut = { IsTruncated: { type: "boolean" }, Marker: text } as const;
const user = { UserName: needed } as const;
const role = { RoleName: needed } as const;
const policy = { PolicyName: needed } as const;
const document = { PolicyDocument: needed } as const;
const tags = { Tags: { type: "IamTagList", required } } as const;
const tagKeys = { TagKeys: { type: "IamTagKeys", required } } as const;

const structure = <const Members extends StructureShape["members"]>(members: Members) =>
  ({ kind: "structure", members }) as const;
const list = <const Element extends string>(element: Element) => ({ kind: "list", element }) as const;

export const iamShapes = {
  ...iamPolicyShapes,
  IamOwnUserName: structure({ UserName: text }),
  IamUserName: structure(user),
  IamRoleName: structure(role),
  IamPage: structure(page),
  IamPathPage: structure({ PathPrefix: text, ...page }),
  IamOwnUserPage: structure({ UserName: text, ...page }),
  IamUserPage: structure({ ...user, ...page }),
  IamRolePage: structure({ ...role, ...page }),
  IamUserPathPage: structure({ ...user, PathPrefix: text, ...page }),
  IamRolePathPage: structure({ ...role, PathPrefix: text, ...page }),
  IamUserPolicyName: structure({ ...user, ...policy }),
  IamRolePolicyName: structure({ ...role, ...policy }),
  IamUserPolicyArn: structure({ ...user, PolicyArn: needed }),
  IamRolePolicyArn: structure({ ...role, PolicyArn: needed }),
  IamUserPolicyDocument: structure({ ...user, ...policy, ...document }),
  IamRolePolicyDocument: structure({ ...role, ...policy, ...document }),
  IamUserPolicyOutput: structure({ ...user, ...policy, ...document }),
  IamRolePolicyOutput: structure({ ...role, ...policy, ...document }),
  IamTagUserInput: structure({ ...user, ...tags }),
  IamTagRoleInput: structure({ ...role, ...tags }),
  IamUntagUserInput: structure({ ...user, ...tagKeys }),
  IamUntagRoleInput: structure({ ...role, ...tagKeys }),

  IamTag: structure({ Key: needed, Value: needed }),
  IamTagList: list("IamTag"),
  IamTagKeys: list("string"),
  IamTagsOutput: structure({ ...tags, ...cut }),

  IamUser: structure({
    Path: needed,
    UserName: needed,
    UserId: needed,
    Arn: needed,
    CreateDate: { type: "timestamp", required },
    PasswordLastUsed: { type: "timestamp" },
    /** Ours: whether there is a login profile, without asking for one that may not be there. */
    HasPassword: { type: "boolean" },
    Tags: { type: "IamTagList" },
  }),
  IamUserList: list("IamUser"),
  IamUserOutput: structure({ User: { type: "IamUser", required } }),
  IamUsersOutput: structure({ Users: { type: "IamUserList", required }, ...cut }),
  IamCreateUserInput: structure({
    Path: text,
    UserName: needed,
    PermissionsBoundary: text,
    Tags: { type: "IamTagList" },
  }),
  IamUpdateUserInput: structure({ UserName: needed, NewPath: text, NewUserName: text }),

  IamRole: structure({
    Path: needed,
    RoleName: needed,
    RoleId: needed,
    Arn: needed,
    CreateDate: { type: "timestamp", required },
    AssumeRolePolicyDocument: text,
    Description: text,
    MaxSessionDuration: { type: "integer" },
    Tags: { type: "IamTagList" },
    RoleLastUsed: { type: "IamRoleUse" },
  }),
  IamRoleUse: structure({ LastUsedDate: { type: "timestamp" }, Region: text }),
  IamRoleList: list("IamRole"),
  IamRoleOutput: structure({ Role: { type: "IamRole", required } }),
  IamRolesOutput: structure({ Roles: { type: "IamRoleList", required }, ...cut }),
  IamCreateRoleInput: structure({
    Path: text,
    RoleName: needed,
    AssumeRolePolicyDocument: needed,
    Description: text,
    MaxSessionDuration: { type: "integer" },
    PermissionsBoundary: text,
    Tags: { type: "IamTagList" },
  }),
  IamUpdateRoleInput: structure({ ...role, Description: text, MaxSessionDuration: { type: "integer" } }),
  IamTrustPolicyInput: structure({ ...role, ...document }),

  IamKeyStatus: { kind: "enum", values: ["Active", "Inactive"] },
  IamSecretAccessKey: { kind: "sensitive" },
  IamNewAccessKey: structure({
    UserName: needed,
    AccessKeyId: needed,
    Status: { type: "IamKeyStatus", required },
    SecretAccessKey: { type: "IamSecretAccessKey", required },
    CreateDate: { type: "timestamp" },
  }),
  IamNewAccessKeyOutput: structure({ AccessKey: { type: "IamNewAccessKey", required } }),
  IamAccessKey: structure({
    UserName: text,
    AccessKeyId: text,
    Status: { type: "IamKeyStatus" },
    CreateDate: { type: "timestamp" },
  }),
  IamAccessKeyList: list("IamAccessKey"),
  IamAccessKeysOutput: structure({ AccessKeyMetadata: { type: "IamAccessKeyList", required }, ...cut }),
  IamAccessKeyId: structure({ AccessKeyId: needed }),
  IamAccessKeyOfUser: structure({ UserName: text, AccessKeyId: needed }),
  IamUpdateAccessKeyInput: structure({
    UserName: text,
    AccessKeyId: needed,
    Status: { type: "IamKeyStatus", required },
  }),
  IamAccessKeyUse: structure({
    LastUsedDate: { type: "timestamp" },
    ServiceName: needed,
    Region: needed,
  }),
  IamAccessKeyUseOutput: structure({ UserName: text, AccessKeyLastUsed: { type: "IamAccessKeyUse" } }),

  IamPassword: { kind: "sensitive" },
  IamLoginProfile: structure({
    UserName: needed,
    CreateDate: { type: "timestamp", required },
    PasswordResetRequired: { type: "boolean" },
  }),
  IamLoginProfileOutput: structure({ LoginProfile: { type: "IamLoginProfile", required } }),
  IamNewLoginProfileInput: structure({
    UserName: text,
    Password: { type: "IamPassword", required },
    PasswordResetRequired: { type: "boolean" },
  }),
  IamUpdateLoginProfileInput: structure({
    UserName: needed,
    Password: { type: "IamPassword" },
    PasswordResetRequired: { type: "boolean" },
  }),
  IamChangePasswordInput: structure({
    OldPassword: { type: "IamPassword", required },
    NewPassword: { type: "IamPassword", required },
  }),
  IamPasswordPolicy: structure({
    MinimumPasswordLength: { type: "integer" },
    RequireSymbols: { type: "boolean" },
    RequireNumbers: { type: "boolean" },
    RequireUppercaseCharacters: { type: "boolean" },
    RequireLowercaseCharacters: { type: "boolean" },
    AllowUsersToChangePassword: { type: "boolean" },
    ExpirePasswords: { type: "boolean" },
  }),
  IamPasswordPolicyOutput: structure({ PasswordPolicy: { type: "IamPasswordPolicy", required } }),

  IamSummary: { kind: "map", key: "string", value: "integer" },
  IamSummaryOutput: structure({ SummaryMap: { type: "IamSummary" } }),
  IamAliases: list("string"),
  IamAliasesOutput: structure({ AccountAliases: { type: "IamAliases", required }, ...cut }),
  IamGroup: structure({ GroupName: needed, GroupId: needed }),
  IamGroupList: list("IamGroup"),
  IamGroupsOutput: structure({ Groups: { type: "IamGroupList", required }, ...cut }),
  IamInstanceProfile: structure({ InstanceProfileName: needed, Arn: needed }),
  IamInstanceProfileList: list("IamInstanceProfile"),
  IamInstanceProfilesOutput: structure({
    InstanceProfiles: { type: "IamInstanceProfileList", required },
    ...cut,
  }),
} as const satisfies Shapes;
