// What IAM's and STS's models demand beyond types, and which member it holds for: a part of constraints.ts and
// member-constraints.ts.
const text = (min: number, max: number) => ({ source: "M", min, max }) as const;
const nameSays = "hold only letters, digits and _+=,.@-";
const name = (min: number, max: number) =>
  ({ source: "M", min, max, pattern: { regex: /^[\w+=,.@-]+$/, says: nameSays } }) as const;
const latin = {
  regex: /^[\t\n\r\u0020-\u00FF]*$/,
  says: "hold only tabs, line ends and characters up to U+00FF",
};

export const iamConstraints = {
  IamAccessKeyId: {
    source: "M",
    min: 16,
    max: 128,
    pattern: { regex: /^\w+$/, says: "hold only letters and digits" },
  },
  IamArn: text(20, 2048),
  IamActionName: text(3, 128),
  IamContextKey: text(5, 256),
  IamContextType: text(1, 32),
  IamContextValue: text(0, 2048),
  IamDescription: { source: "M", min: 0, max: 1000, pattern: latin },
  /** Longer than AWS's: our markers say what they are for. */
  IamMarker: { source: "own", min: 1, max: 4096 },
  IamMaxItems: { source: "M", min: 1, max: 1000 },
  IamName: name(1, 128),
  IamNewUserName: name(1, 64),
  IamPassword: { source: "M", min: 1, max: 128, pattern: latin },
  IamPath: {
    source: "M",
    min: 1,
    max: 512,
    pattern: { regex: /^\/(?:[\u0021-\u007E]+\/)?$/, says: "begin and end with / and hold no blanks" },
  },
  IamPathPrefix: {
    source: "M",
    min: 1,
    max: 512,
    pattern: { regex: /^\/[\u0021-\u007F]*$/, says: "begin with / and hold no blanks" },
  },
  IamPolicyDocument: { source: "M", min: 1, max: 131_072, pattern: latin },
  IamPolicyVersion: {
    source: "M",
    min: 2,
    max: 20,
    pattern: { regex: /^v[1-9]\d*$/, says: "be a version such as v1" },
  },
  IamResourceName: text(1, 2048),
  IamRoleName: name(1, 64),
  IamSessionSeconds: { source: "M", min: 3600, max: 43_200 },
  StsDurationSeconds: { source: "M", min: 900, max: 43_200 },
  StsExternalId: {
    source: "M",
    min: 2,
    max: 1224,
    pattern: { regex: /^[\w+=,.@:/-]*$/, says: "hold only letters, digits and _+=,.@:/-" },
  },
  StsOtherText: text(0, 2048),
  StsOwnSeconds: { source: "M", min: 900, max: 129_600 },
  StsSessionName: name(2, 64),
} as const;

/** Members that mean the same wherever they occur. */
export const iamMembers: Readonly<Record<string, keyof typeof iamConstraints>> = {
  AccessKeyId: "IamAccessKeyId",
  "ActionNames[]": "IamActionName",
  AssumeRolePolicyDocument: "IamPolicyDocument",
  CallerArn: "IamResourceName",
  ContextKeyName: "IamContextKey",
  ContextKeyType: "IamContextType",
  "ContextKeyValues[]": "IamContextValue",
  Marker: "IamMarker",
  MaxItems: "IamMaxItems",
  MaxSessionDuration: "IamSessionSeconds",
  NewPath: "IamPath",
  NewUserName: "IamNewUserName",
  PathPrefix: "IamPathPrefix",
  PermissionsBoundary: "IamArn",
  "PermissionsBoundaryPolicyInputList[]": "IamPolicyDocument",
  PolicyArn: "IamArn",
  PolicyDocument: "IamPolicyDocument",
  "PolicyInputList[]": "IamPolicyDocument",
  PolicyName: "IamName",
  PolicySourceArn: "IamArn",
  "ResourceArns[]": "IamResourceName",
  ResourceHandlingOption: "IamResourceName",
  ResourceOwner: "IamResourceName",
  ResourcePolicy: "IamPolicyDocument",
  RoleName: "IamRoleName",
  UserName: "IamName",
};

/** Members whose meaning depends on the structure. */
export const iamPaths: Readonly<Record<string, keyof typeof iamConstraints | "TagKey" | "TagValue">> = {
  "IamCreatePolicyInput.Description": "IamDescription",
  "IamCreatePolicyInput.Path": "IamPath",
  "IamCreateRoleInput.Description": "IamDescription",
  "IamCreateRoleInput.Path": "IamPath",
  "IamCreateUserInput.Path": "IamPath",
  "IamCreateUserInput.UserName": "IamNewUserName",
  "IamPolicyVersionId.VersionId": "IamPolicyVersion",
  "IamTag.Key": "TagKey",
  "IamTag.Value": "TagValue",
  "IamUntagPolicyInput.TagKeys[]": "TagKey",
  "IamUntagRoleInput.TagKeys[]": "TagKey",
  "IamUntagUserInput.TagKeys[]": "TagKey",
  "IamUpdateRoleInput.Description": "IamDescription",
  "StsAssumeRoleInput.DurationSeconds": "StsDurationSeconds",
  "StsAssumeRoleInput.ExternalId": "StsExternalId",
  "StsAssumeRoleInput.Policy": "IamPolicyDocument",
  "StsAssumeRoleInput.RoleArn": "IamArn",
  "StsAssumeRoleInput.RoleSessionName": "StsSessionName",
  "StsAssumeRoleInput.SerialNumber": "StsOtherText",
  "StsAssumeRoleInput.SourceIdentity": "StsOtherText",
  "StsAssumeRoleInput.TokenCode": "StsOtherText",
  "StsAssumeRoleInput.TransitiveTagKeys[]": "TagKey",
  "StsPolicyDescriptor.arn": "IamArn",
  "StsProvidedContext.ContextAssertion": "StsOtherText",
  "StsProvidedContext.ProviderArn": "IamArn",
  "StsSessionTokenInput.DurationSeconds": "StsOwnSeconds",
  "StsSessionTokenInput.SerialNumber": "StsOtherText",
  "StsSessionTokenInput.TokenCode": "StsOtherText",
  "StsTag.Key": "TagKey",
  "StsTag.Value": "TagValue",
};
