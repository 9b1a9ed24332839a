/** What the account has, and what it does not have. */
import { policySizeMax } from "../../../domain/policy/policy-document.ts";
import { rootArn } from "../../../domain/identity-arn.ts";
import type { Handler } from "../../handler.ts";
import { findUser, IDENTITY_LIMITS } from "../../resources/identity.ts";

/** NIST's advice rather than rules about kinds of characters: `problemOf` refuses what is short or common. */
const MINIMUM_PASSWORD_LENGTH = 12;

export const getAccountPasswordPolicy: Handler<
  "AWSIdentityManagementV20100508.GetAccountPasswordPolicy"
> = async () => ({
  PasswordPolicy: {
    MinimumPasswordLength: MINIMUM_PASSWORD_LENGTH,
    RequireSymbols: false,
    RequireNumbers: false,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: true,
    ExpirePasswords: false,
  },
});

export const getAccountSummary: Handler<"AWSIdentityManagementV20100508.GetAccountSummary"> = async (
  _input,
  { store, scope },
) => ({
  SummaryMap: {
    Users: await store.users.count(),
    UsersQuota: IDENTITY_LIMITS.users,
    Groups: 0,
    GroupsQuota: 0,
    Roles: await store.roles.count(),
    RolesQuota: IDENTITY_LIMITS.roles,
    Policies: await store.managedPolicies.count(),
    PoliciesQuota: IDENTITY_LIMITS.policies,
    AccessKeysPerUserQuota: IDENTITY_LIMITS.accessKeysPerUser,
    AccountAccessKeysPresent: (await store.accessKeys.listOf(rootArn(scope))).length > 0 ? 1 : 0,
    AccountMFAEnabled: 0,
    AttachedPoliciesPerRoleQuota: IDENTITY_LIMITS.policiesPerIdentity,
    AttachedPoliciesPerUserQuota: IDENTITY_LIMITS.policiesPerIdentity,
    VersionsPerPolicyQuota: IDENTITY_LIMITS.versionsPerPolicy,
    PolicySizeQuota: policySizeMax.managed,
    UserPolicySizeQuota: policySizeMax.ofUser,
    RolePolicySizeQuota: policySizeMax.ofRole,
    AssumeRolePolicySizeQuota: policySizeMax.trust,
    InstanceProfiles: 0,
    MFADevices: 0,
    Providers: 0,
    ServerCertificates: 0,
  },
});

/** There are no other names for an account. */
export const listAccountAliases: Handler<"AWSIdentityManagementV20100508.ListAccountAliases"> = async () => ({
  AccountAliases: [],
  IsTruncated: false,
});

/** There are no groups; tools that ask before they delete a user learn so. */
export const listGroupsForUser: Handler<"AWSIdentityManagementV20100508.ListGroupsForUser"> = async (
  { UserName },
  { store },
) => {
  await findUser(UserName, store);
  return { Groups: [], IsTruncated: false };
};
