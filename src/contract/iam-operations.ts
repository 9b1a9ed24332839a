// Of IAM (version 2010-05-08): users, access keys, roles, policies and passwords, in the words of shape.ts. Clients speak
// the query protocol; the prefix is Smithy's name of the service. Names of shapes are ours.
import type { OperationModel, OperationModels } from "./shape.ts";

const nothing = "NothingOfIam";
const common = ["ServiceFailure", "ValidationError", "InvalidInput"] as const;

const operation = <Input extends string, Output extends string>(
  input: Input,
  output: Output,
  ...errors: readonly string[]
) => ({ input, output, errors: [...common, ...errors] }) as const satisfies OperationModel;

const reading = <Input extends string, Output extends string>(input: Input, output: Output) =>
  operation(input, output, "NoSuchEntity");
const changing = <Input extends string, Output extends string>(input: Input, output: Output) =>
  operation(input, output, "NoSuchEntity", "LimitExceeded", "UnmodifiableEntity");
const creating = <Input extends string, Output extends string>(input: Input, output: Output) =>
  operation(
    input,
    output,
    "NoSuchEntity",
    "LimitExceeded",
    "EntityAlreadyExists",
    "MalformedPolicyDocument",
    "PasswordPolicyViolation",
  );
const deleting = <Input extends string>(input: Input) =>
  operation(input, nothing, "NoSuchEntity", "DeleteConflict", "UnmodifiableEntity");
const writing = <Input extends string>(input: Input) =>
  operation(input, nothing, "NoSuchEntity", "LimitExceeded", "MalformedPolicyDocument", "UnmodifiableEntity");

export const iamOperations = {
  "AWSIdentityManagementV20100508.AttachRolePolicy": changing("IamRolePolicyArn", nothing),
  "AWSIdentityManagementV20100508.AttachUserPolicy": changing("IamUserPolicyArn", nothing),
  "AWSIdentityManagementV20100508.ChangePassword": operation(
    "IamChangePasswordInput",
    nothing,
    "NoSuchEntity",
    "InvalidUserType",
    "PasswordPolicyViolation",
  ),
  "AWSIdentityManagementV20100508.CreateAccessKey": changing("IamOwnUserName", "IamNewAccessKeyOutput"),
  "AWSIdentityManagementV20100508.CreateLoginProfile": creating(
    "IamNewLoginProfileInput",
    "IamLoginProfileOutput",
  ),
  "AWSIdentityManagementV20100508.CreatePolicy": creating("IamCreatePolicyInput", "IamPolicyOutput"),
  "AWSIdentityManagementV20100508.CreatePolicyVersion": creating(
    "IamCreatePolicyVersionInput",
    "IamPolicyVersionOutput",
  ),
  "AWSIdentityManagementV20100508.CreateRole": creating("IamCreateRoleInput", "IamRoleOutput"),
  "AWSIdentityManagementV20100508.CreateUser": creating("IamCreateUserInput", "IamUserOutput"),
  "AWSIdentityManagementV20100508.DeleteAccessKey": deleting("IamAccessKeyOfUser"),
  "AWSIdentityManagementV20100508.DeleteLoginProfile": deleting("IamOwnUserName"),
  "AWSIdentityManagementV20100508.DeletePolicy": deleting("IamPolicyArn"),
  "AWSIdentityManagementV20100508.DeletePolicyVersion": deleting("IamPolicyVersionId"),
  "AWSIdentityManagementV20100508.DeleteRole": deleting("IamRoleName"),
  "AWSIdentityManagementV20100508.DeleteRolePolicy": deleting("IamRolePolicyName"),
  "AWSIdentityManagementV20100508.DeleteUser": deleting("IamUserName"),
  "AWSIdentityManagementV20100508.DeleteUserPolicy": deleting("IamUserPolicyName"),
  "AWSIdentityManagementV20100508.DetachRolePolicy": deleting("IamRolePolicyArn"),
  "AWSIdentityManagementV20100508.DetachUserPolicy": deleting("IamUserPolicyArn"),
  "AWSIdentityManagementV20100508.GetAccessKeyLastUsed": reading("IamAccessKeyId", "IamAccessKeyUseOutput"),
  "AWSIdentityManagementV20100508.GetAccountPasswordPolicy": reading(nothing, "IamPasswordPolicyOutput"),
  "AWSIdentityManagementV20100508.GetAccountSummary": reading(nothing, "IamSummaryOutput"),
  "AWSIdentityManagementV20100508.GetLoginProfile": reading("IamOwnUserName", "IamLoginProfileOutput"),
  "AWSIdentityManagementV20100508.GetPolicy": reading("IamPolicyArn", "IamPolicyOutput"),
  "AWSIdentityManagementV20100508.GetPolicyVersion": reading("IamPolicyVersionId", "IamPolicyVersionOutput"),
  "AWSIdentityManagementV20100508.GetRole": reading("IamRoleName", "IamRoleOutput"),
  "AWSIdentityManagementV20100508.GetRolePolicy": reading("IamRolePolicyName", "IamRolePolicyOutput"),
  "AWSIdentityManagementV20100508.GetUser": reading("IamOwnUserName", "IamUserOutput"),
  "AWSIdentityManagementV20100508.GetUserPolicy": reading("IamUserPolicyName", "IamUserPolicyOutput"),
  "AWSIdentityManagementV20100508.ListAccessKeys": reading("IamOwnUserPage", "IamAccessKeysOutput"),
  "AWSIdentityManagementV20100508.ListAccountAliases": reading("IamPage", "IamAliasesOutput"),
  "AWSIdentityManagementV20100508.ListAttachedRolePolicies": reading(
    "IamRolePathPage",
    "IamAttachedPoliciesOutput",
  ),
  "AWSIdentityManagementV20100508.ListAttachedUserPolicies": reading(
    "IamUserPathPage",
    "IamAttachedPoliciesOutput",
  ),
  "AWSIdentityManagementV20100508.ListEntitiesForPolicy": reading(
    "IamListEntitiesInput",
    "IamPolicyEntitiesOutput",
  ),
  "AWSIdentityManagementV20100508.ListGroupsForUser": reading("IamUserPage", "IamGroupsOutput"),
  "AWSIdentityManagementV20100508.ListInstanceProfilesForRole": reading(
    "IamRolePage",
    "IamInstanceProfilesOutput",
  ),
  "AWSIdentityManagementV20100508.ListPolicies": reading("IamListPoliciesInput", "IamPoliciesOutput"),
  "AWSIdentityManagementV20100508.ListPolicyTags": reading("IamPolicyPage", "IamTagsOutput"),
  "AWSIdentityManagementV20100508.ListPolicyVersions": reading("IamPolicyPage", "IamPolicyVersionsOutput"),
  "AWSIdentityManagementV20100508.ListRolePolicies": reading("IamRolePage", "IamPolicyNamesOutput"),
  "AWSIdentityManagementV20100508.ListRoleTags": reading("IamRolePage", "IamTagsOutput"),
  "AWSIdentityManagementV20100508.ListRoles": reading("IamPathPage", "IamRolesOutput"),
  "AWSIdentityManagementV20100508.ListUserPolicies": reading("IamUserPage", "IamPolicyNamesOutput"),
  "AWSIdentityManagementV20100508.ListUserTags": reading("IamUserPage", "IamTagsOutput"),
  "AWSIdentityManagementV20100508.ListUsers": reading("IamPathPage", "IamUsersOutput"),
  "AWSIdentityManagementV20100508.PutRolePolicy": writing("IamRolePolicyDocument"),
  "AWSIdentityManagementV20100508.PutUserPolicy": writing("IamUserPolicyDocument"),
  "AWSIdentityManagementV20100508.SetDefaultPolicyVersion": changing("IamPolicyVersionId", nothing),
  "AWSIdentityManagementV20100508.SimulateCustomPolicy": reading(
    "IamSimulateCustomPolicyInput",
    "IamSimulationOutput",
  ),
  "AWSIdentityManagementV20100508.SimulatePrincipalPolicy": reading(
    "IamSimulatePrincipalPolicyInput",
    "IamSimulationOutput",
  ),
  "AWSIdentityManagementV20100508.TagPolicy": changing("IamTagPolicyInput", nothing),
  "AWSIdentityManagementV20100508.TagRole": changing("IamTagRoleInput", nothing),
  "AWSIdentityManagementV20100508.TagUser": changing("IamTagUserInput", nothing),
  "AWSIdentityManagementV20100508.UntagPolicy": changing("IamUntagPolicyInput", nothing),
  "AWSIdentityManagementV20100508.UntagRole": changing("IamUntagRoleInput", nothing),
  "AWSIdentityManagementV20100508.UntagUser": changing("IamUntagUserInput", nothing),
  "AWSIdentityManagementV20100508.UpdateAccessKey": changing("IamUpdateAccessKeyInput", nothing),
  "AWSIdentityManagementV20100508.UpdateAssumeRolePolicy": writing("IamTrustPolicyInput"),
  "AWSIdentityManagementV20100508.UpdateLoginProfile": creating("IamUpdateLoginProfileInput", nothing),
  "AWSIdentityManagementV20100508.UpdateRole": changing("IamUpdateRoleInput", nothing),
  "AWSIdentityManagementV20100508.UpdateUser": creating("IamUpdateUserInput", nothing),
} as const satisfies OperationModels;

const groups = "there are no groups; attach policies to users and roles";
const devices = "a second factor is asked for by the identity provider people sign in with";
const providers = "people sign in with one identity provider, which the configuration names";
const profiles = "there are no machines to give roles to; services take them as InstanceRoleArn";
const boundaries = "there are no permissions boundaries; write a Deny into the policy";

/** AWS's operations that are not here, and why. */
export const unavailableIamOperations: Readonly<Record<string, string>> = {
  AddRoleToInstanceProfile: profiles,
  AddUserToGroup: groups,
  AttachGroupPolicy: groups,
  CreateGroup: groups,
  CreateInstanceProfile: profiles,
  CreateOpenIDConnectProvider: providers,
  CreateSAMLProvider: providers,
  CreateServiceLinkedRole: "no role is needed for what Slipway does itself",
  CreateVirtualMFADevice: devices,
  DeleteGroup: groups,
  DeleteGroupPolicy: groups,
  DeleteRolePermissionsBoundary: boundaries,
  DeleteUserPermissionsBoundary: boundaries,
  DetachGroupPolicy: groups,
  EnableMFADevice: devices,
  GetGroup: groups,
  GetGroupPolicy: groups,
  GetInstanceProfile: profiles,
  ListAttachedGroupPolicies: groups,
  ListGroupPolicies: groups,
  ListGroups: groups,
  ListInstanceProfiles: profiles,
  ListMFADevices: devices,
  ListOpenIDConnectProviders: providers,
  ListSAMLProviders: providers,
  ListVirtualMFADevices: devices,
  PutGroupPolicy: groups,
  PutRolePermissionsBoundary: boundaries,
  PutUserPermissionsBoundary: boundaries,
  RemoveUserFromGroup: groups,
  UpdateAccountPasswordPolicy: "the rules for passwords are the same everywhere",
  UpdateGroup: groups,
  UpdateRoleDescription: "use UpdateRole",
};
