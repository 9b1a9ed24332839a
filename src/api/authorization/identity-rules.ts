/**
 * What calls of IAM and STS are about. Users and roles are named without their path, which is part of their ARN: it is
 * looked up, so that a policy for `user/team/*` means what it says. A refusal does not tell what was found.
 */
import type { IdentityOperationName, OperationName } from "../../contract/index.ts";
import { policyArn, roleArn, userArn } from "../../domain/identity-arn.ts";
import { allOf, ANYTHING, anything, arnIn, named, type ResourceRule, textAt, told } from "./resource-rule.ts";

/** `otherwise` where the call names no user. */
function userNamed(otherwise: ResourceRule): ResourceRule {
  return async (input, context) => {
    const { store, scope } = context;
    const name = textAt(input, "UserName");
    if (name === undefined) return otherwise(input, context);
    const arn = userArn(scope, { path: "/", name });
    return [{ arn: (await store.users.findByName(name))?.arn ?? arn, told: arn }];
  };
}

/** The one that `UserName` names, with the path that policies see. */
export const namedUser = userNamed(anything);
const user = namedUser;
/** The caller's own, where none is named. */
const ownUser = userNamed((_input, { caller }) => [caller.kind === "user" ? told(caller.userArn) : ANYTHING]);

const role: ResourceRule = async (input, { store, scope }) => {
  const name = textAt(input, "RoleName");
  if (name === undefined) return [ANYTHING];
  const arn = roleArn(scope, { path: "/", name });
  return [{ arn: (await store.roles.findByName(name))?.arn ?? arn, told: arn }];
};

const policy = arnIn("PolicyArn");

/** What is made has the path that the call gives it. */
function made(member: string, toArn: typeof userArn): ResourceRule {
  return (input, context) => {
    const path = textAt(input, "Path") ?? "/";
    return named(member, (name, scope) => toArn(scope, { path, name }))(input, context);
  };
}

/** Another name or path may be one that a policy speaks of; what is not given stays. A refusal does not tell the path. */
const renamedUser: ResourceRule = async (input, { store, scope }) => {
  const present = textAt(input, "UserName");
  const name = textAt(input, "NewUserName") ?? present;
  if (name === undefined) return [ANYTHING];
  const toldPath = textAt(input, "NewPath") ?? "/";
  const found = present === undefined ? null : await store.users.findByName(present);
  const path = textAt(input, "NewPath") ?? found?.path ?? "/";
  return [{ arn: userArn(scope, { path, name }), told: userArn(scope, { path: toldPath, name }) }];
};

/** The user that has it; what is nobody's is about all. */
const keyOwner: ResourceRule = async (input, { store }) => {
  const key = await store.accessKeys.get(textAt(input, "AccessKeyId") ?? "");
  return [key === null ? ANYTHING : { arn: key.principalArn, told: ANYTHING.told }];
};

/**
 * Whoever signs may ask who they are, what they may, and for a session or a link to the console that may no more than they may; a role's
 * trust policy says who assumes it, and its handler asks for the caller's own where it trusts the account. ReEncrypt is asked as
 * two actions, one of each key. [AWS]
 */
const DECIDING_THEMSELVES: ReadonlySet<string> = new Set([
  "AWSSecurityTokenServiceV20110615.AssumeRole",
  "AWSSecurityTokenServiceV20110615.GetCallerIdentity",
  "AWSSecurityTokenServiceV20110615.GetSessionToken",
  "CheckPermissions",
  "CreateSignInLink",
  "TrentService.ReEncrypt",
] satisfies OperationName[]);

export function decidesItself(operation: string): boolean {
  return DECIDING_THEMSELVES.has(operation);
}

export const identityRules: Readonly<Record<IdentityOperationName, ResourceRule>> = {
  "AWSIdentityManagementV20100508.AttachRolePolicy": role,
  "AWSIdentityManagementV20100508.AttachUserPolicy": user,
  "AWSIdentityManagementV20100508.ChangePassword": ownUser,
  "AWSIdentityManagementV20100508.CreateAccessKey": ownUser,
  "AWSIdentityManagementV20100508.CreateLoginProfile": ownUser,
  "AWSIdentityManagementV20100508.CreatePolicy": made("PolicyName", policyArn),
  "AWSIdentityManagementV20100508.CreatePolicyVersion": policy,
  "AWSIdentityManagementV20100508.CreateRole": made("RoleName", roleArn),
  "AWSIdentityManagementV20100508.CreateUser": made("UserName", userArn),
  "AWSIdentityManagementV20100508.DeleteAccessKey": ownUser,
  "AWSIdentityManagementV20100508.DeleteLoginProfile": ownUser,
  "AWSIdentityManagementV20100508.DeletePolicy": policy,
  "AWSIdentityManagementV20100508.DeletePolicyVersion": policy,
  "AWSIdentityManagementV20100508.DeleteRole": role,
  "AWSIdentityManagementV20100508.DeleteRolePolicy": role,
  "AWSIdentityManagementV20100508.DeleteUser": user,
  "AWSIdentityManagementV20100508.DeleteUserPolicy": user,
  "AWSIdentityManagementV20100508.DetachRolePolicy": role,
  "AWSIdentityManagementV20100508.DetachUserPolicy": user,
  "AWSIdentityManagementV20100508.GetAccessKeyLastUsed": keyOwner,
  "AWSIdentityManagementV20100508.GetAccountPasswordPolicy": anything,
  "AWSIdentityManagementV20100508.GetAccountSummary": anything,
  "AWSIdentityManagementV20100508.GetLoginProfile": ownUser,
  "AWSIdentityManagementV20100508.GetPolicy": policy,
  "AWSIdentityManagementV20100508.GetPolicyVersion": policy,
  "AWSIdentityManagementV20100508.GetRole": role,
  "AWSIdentityManagementV20100508.GetRolePolicy": role,
  "AWSIdentityManagementV20100508.GetUser": ownUser,
  "AWSIdentityManagementV20100508.GetUserPolicy": user,
  "AWSIdentityManagementV20100508.ListAccessKeys": ownUser,
  "AWSIdentityManagementV20100508.ListAccountAliases": anything,
  "AWSIdentityManagementV20100508.ListAttachedRolePolicies": role,
  "AWSIdentityManagementV20100508.ListAttachedUserPolicies": user,
  "AWSIdentityManagementV20100508.ListEntitiesForPolicy": policy,
  "AWSIdentityManagementV20100508.ListGroupsForUser": user,
  "AWSIdentityManagementV20100508.ListInstanceProfilesForRole": role,
  "AWSIdentityManagementV20100508.ListPolicies": anything,
  "AWSIdentityManagementV20100508.ListPolicyTags": policy,
  "AWSIdentityManagementV20100508.ListPolicyVersions": policy,
  "AWSIdentityManagementV20100508.ListRolePolicies": role,
  "AWSIdentityManagementV20100508.ListRoleTags": role,
  "AWSIdentityManagementV20100508.ListRoles": anything,
  "AWSIdentityManagementV20100508.ListUserPolicies": user,
  "AWSIdentityManagementV20100508.ListUserTags": user,
  "AWSIdentityManagementV20100508.ListUsers": anything,
  "AWSIdentityManagementV20100508.PutRolePolicy": role,
  "AWSIdentityManagementV20100508.PutUserPolicy": user,
  "AWSIdentityManagementV20100508.SetDefaultPolicyVersion": policy,
  "AWSIdentityManagementV20100508.SimulateCustomPolicy": anything,
  "AWSIdentityManagementV20100508.SimulatePrincipalPolicy": arnIn("PolicySourceArn"),
  "AWSIdentityManagementV20100508.TagPolicy": policy,
  "AWSIdentityManagementV20100508.TagRole": role,
  "AWSIdentityManagementV20100508.TagUser": user,
  "AWSIdentityManagementV20100508.UntagPolicy": policy,
  "AWSIdentityManagementV20100508.UntagRole": role,
  "AWSIdentityManagementV20100508.UntagUser": user,
  "AWSIdentityManagementV20100508.UpdateAccessKey": ownUser,
  "AWSIdentityManagementV20100508.UpdateAssumeRolePolicy": role,
  "AWSIdentityManagementV20100508.UpdateLoginProfile": user,
  "AWSIdentityManagementV20100508.UpdateRole": role,
  "AWSIdentityManagementV20100508.UpdateUser": allOf(user, renamedUser),
  "AWSSecurityTokenServiceV20110615.AssumeRole": arnIn("RoleArn"),
  "AWSSecurityTokenServiceV20110615.GetAccessKeyInfo": anything,
  "AWSSecurityTokenServiceV20110615.GetCallerIdentity": anything,
  "AWSSecurityTokenServiceV20110615.GetSessionToken": anything,
};
