import type { IdentityType } from "../../../contract/index.ts";
import { newIdentityId } from "../../../domain/access-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Role } from "../../../domain/identity.ts";
import { roleArn } from "../../../domain/identity-arn.ts";
import { policySizeMax } from "../../../domain/policy/policy-document.ts";
import type { Handler } from "../../handler.ts";
import { filtered } from "../../paging.ts";
import {
  assertPolicy,
  assertPolicySize,
  findRole,
  IDENTITY_LIMITS,
  refuseBoundary,
} from "../../resources/identity.ts";
import { roleToWire } from "../../wire/identity-to-wire.ts";
import { bytesOf } from "./identity-bytes.ts";
import { assertIdentityTags, tagsOf } from "./identity-tags.ts";
import { hasPrefix, readIamPage } from "./paging.ts";

const SESSION_SECONDS = 3600;

export const createRole: Handler<"AWSIdentityManagementV20100508.CreateRole"> = async (input, context) => {
  refuseBoundary(input.PermissionsBoundary);
  const { RoleName: name, Path: path = "/" } = input;
  assertTrust(input.AssumeRolePolicyDocument);
  const tags = tagsOf(input.Tags);
  assertIdentityTags(tags, []);
  const role: Role = {
    arn: roleArn(context.scope, { path, name }),
    name,
    path,
    id: newIdentityId("AROA", bytesOf(context.ids)),
    createdAtMs: context.clock.now(),
    inlinePolicies: {},
    attachedPolicyArns: [],
    status: "ACTIVE",
    description: input.Description ?? "",
    trustPolicy: input.AssumeRolePolicyDocument,
    maxSessionSeconds: input.MaxSessionDuration ?? SESSION_SECONDS,
  };
  await context.store.transaction(async (tx) => {
    if (await tx.roles.isNameTaken(name, null)) {
      throw new SlipwayError("IdentityExists", { what: `Role with name ${name}` });
    }
    const limit = IDENTITY_LIMITS.roles;
    if ((await tx.roles.count()) >= limit) {
      throw new SlipwayError("IdentityLimitReached", { what: "RolesPerAccount", limit });
    }
    await tx.roles.save(role);
    await tx.tags.put(role.arn, tags);
  });
  return { Role: roleToWire(role, tags) };
};

export const getRole: Handler<"AWSIdentityManagementV20100508.GetRole"> = async ({ RoleName }, { store }) => {
  const role = await findRole(RoleName, store);
  return { Role: { ...roleToWire(role, await store.tags.list(role.arn)), RoleLastUsed: {} } };
};

export const listRoles: Handler<"AWSIdentityManagementV20100508.ListRoles"> = async (input, context) => {
  const { rows, cut } = await readIamPage(
    { operation: "AWSIdentityManagementV20100508.ListRoles", input },
    context,
    filtered((page) => context.store.roles.list(page), hasPrefix(input.PathPrefix)),
  );
  return { Roles: rows.map((role) => roleToWire(role)), ...cut };
};

/** What is not given stays. */
export const updateRole: Handler<"AWSIdentityManagementV20100508.UpdateRole"> = async (input, { store }) => {
  await store.transaction(async (tx) => {
    const role = await findRole(input.RoleName, tx);
    await tx.roles.save({
      ...role,
      description: input.Description ?? role.description,
      maxSessionSeconds: input.MaxSessionDuration ?? role.maxSessionSeconds,
    });
  });
  return {};
};

export const updateAssumeRolePolicy: Handler<
  "AWSIdentityManagementV20100508.UpdateAssumeRolePolicy"
> = async ({ RoleName, PolicyDocument }, { store }) => {
  assertTrust(PolicyDocument);
  await store.transaction(async (tx) =>
    tx.roles.save({ ...(await findRole(RoleName, tx)), trustPolicy: PolicyDocument }),
  );
  return {};
};

export const deleteRole: Handler<"AWSIdentityManagementV20100508.DeleteRole"> = async (
  { RoleName },
  { store },
) => {
  await store.transaction(async (tx) => {
    const role = await findRole(RoleName, tx);
    const problem = whatIsLeft(role);
    if (problem !== null) throw new SlipwayError("DeleteConflict", { problem });
    await tx.roles.remove(role.arn);
    await tx.tags.removeAll(role.arn);
  });
  return {};
};

/** Roles belong to no machine here: there is no profile to name. */
export const listInstanceProfilesForRole: Handler<
  "AWSIdentityManagementV20100508.ListInstanceProfilesForRole"
> = async ({ RoleName }, { store }): Promise<IdentityType<"IamInstanceProfilesOutput">> => {
  await findRole(RoleName, store);
  return { InstanceProfiles: [], IsTruncated: false };
};

function assertTrust(document: string): void {
  assertPolicy(document, "trust");
  assertPolicySize([document], policySizeMax.trust, "the trust policy");
}

function whatIsLeft({ inlinePolicies, attachedPolicyArns }: Role): string | null {
  if (attachedPolicyArns.length > 0) return "Cannot delete entity, must detach all policies first";
  return Object.keys(inlinePolicies).length > 0 ? "Cannot delete entity, must delete policies first" : null;
}
