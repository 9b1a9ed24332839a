import type { IdentityType } from "../../../contract/index.ts";
import { newIdentityId } from "../../../domain/access-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { ManagedPolicy } from "../../../domain/identity.ts";
import { policyArn } from "../../../domain/identity-arn.ts";
import { policySizeMax } from "../../../domain/policy/policy-document.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { ALL_ROWS, pageOf } from "../../paging.ts";
import { assertPolicy, assertPolicySize, type Identity, IDENTITY_LIMITS } from "../../resources/identity.ts";
import { allBuiltins, attachmentCounts, findOwnPolicy, findPolicy } from "../../resources/managed-policy.ts";
import { policyToWire } from "../../wire/identity-to-wire.ts";
import { bytesOf } from "./identity-bytes.ts";
import { assertIdentityTags, tagsOf } from "./identity-tags.ts";
import { hasPrefix, readIamPage } from "./paging.ts";

export const createPolicy: Handler<"AWSIdentityManagementV20100508.CreatePolicy"> = async (
  input,
  context,
) => {
  const { PolicyName: name, Path: path = "/", PolicyDocument: document } = input;
  assertManagedDocument(document, name);
  const tags = tagsOf(input.Tags);
  assertIdentityTags(tags, []);
  const nowMs = context.clock.now();
  const policy: ManagedPolicy = {
    arn: policyArn(context.scope, { path, name }),
    name,
    path,
    id: newIdentityId("ANPA", bytesOf(context.ids)),
    description: input.Description ?? "",
    createdAtMs: nowMs,
    changedAtMs: nowMs,
    versions: [{ id: "v1", document, createdAtMs: nowMs }],
    defaultVersionId: "v1",
    status: "ACTIVE",
  };
  await context.store.transaction(async (tx) => {
    if (await tx.managedPolicies.isNameTaken(name, null)) {
      throw new SlipwayError("IdentityExists", { what: `A policy called ${name}` });
    }
    const limit = IDENTITY_LIMITS.policies;
    if ((await tx.managedPolicies.count()) >= limit) {
      throw new SlipwayError("IdentityLimitReached", { what: "PoliciesPerAccount", limit });
    }
    await tx.managedPolicies.save(policy);
    await tx.tags.put(policy.arn, tags);
  });
  return { Policy: policyToWire(policy, 0, tags) };
};

export function assertManagedDocument(document: string, name: string): void {
  assertPolicy(document);
  assertPolicySize([document], policySizeMax.managed, `policy ${name}`);
}

export const getPolicy: Handler<"AWSIdentityManagementV20100508.GetPolicy"> = async (
  { PolicyArn },
  { store },
) => {
  const policy = await findPolicy(PolicyArn, store);
  const counts = await attachmentCounts(store);
  return { Policy: policyToWire(policy, counts.get(policy.arn) ?? 0, await store.tags.list(policy.arn)) };
};

/** The account's own first, then AWS's. */
export const listPolicies: Handler<"AWSIdentityManagementV20100508.ListPolicies"> = async (
  input,
  context,
) => {
  const { Scope = "All", OnlyAttached = false, PathPrefix, PolicyUsageFilter } = input;
  if (PolicyUsageFilter === "PermissionsBoundary") return { Policies: [], IsTruncated: false };
  const counts = await attachmentCounts(context.store);
  const own = Scope === "AWS" ? [] : (await context.store.managedPolicies.list(everything)).rows;
  const wanted = [...own, ...(Scope === "Local" ? [] : allBuiltins())]
    .filter(hasPrefix(PathPrefix))
    .filter(({ arn }) => !OnlyAttached || counts.has(arn));
  const { rows, cut } = await readIamPage(
    { operation: "AWSIdentityManagementV20100508.ListPolicies", input },
    context,
    pageOf(wanted, ({ arn }) => arn),
  );
  return { Policies: rows.map((policy) => policyToWire(policy, counts.get(policy.arn) ?? 0)), ...cut };
};

const everything = { after: null, limit: ALL_ROWS };

export const deletePolicy: Handler<"AWSIdentityManagementV20100508.DeletePolicy"> = async (
  { PolicyArn },
  { store },
) => {
  await store.transaction(async (tx) => {
    const policy = await findOwnPolicy(PolicyArn, tx);
    if ((await attachmentCounts(tx)).has(policy.arn)) {
      throw new SlipwayError("DeleteConflict", { problem: "Cannot delete a policy attached to entities" });
    }
    if (policy.versions.length > 1) {
      const problem =
        "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy";
      throw new SlipwayError("DeleteConflict", { problem });
    }
    await tx.managedPolicies.remove(policy.arn);
    await tx.tags.removeAll(policy.arn);
  });
  return {};
};

/** Users first, then roles. */
export const listEntitiesForPolicy: Handler<"AWSIdentityManagementV20100508.ListEntitiesForPolicy"> = async (
  input,
  context,
) => {
  const { arn } = await findPolicy(input.PolicyArn, context.store);
  const wanted = (await attachedTo(arn, context)).filter(
    ({ kind, path }) => path.startsWith(input.PathPrefix ?? "/") && isOfKind(kind, input),
  );
  const { rows, cut } = await readIamPage(
    { operation: "AWSIdentityManagementV20100508.ListEntitiesForPolicy", input },
    context,
    pageOf(wanted, (entity) => entity.arn),
  );
  const ofKind = (wantedKind: "User" | "Role") => rows.filter(({ kind }) => kind === wantedKind);
  return {
    PolicyGroups: [],
    PolicyUsers: ofKind("User").map(({ name, id }) => ({ UserName: name, UserId: id })),
    PolicyRoles: ofKind("Role").map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    ...cut,
  };
};

function isOfKind(
  kind: "User" | "Role",
  { EntityFilter, PolicyUsageFilter }: IdentityType<"IamListEntitiesInput">,
): boolean {
  if (PolicyUsageFilter === "PermissionsBoundary") return false;
  return EntityFilter === undefined || EntityFilter === kind;
}

async function attachedTo(policy: string, { store }: HandlerContext) {
  const toEntity = (kind: "User" | "Role") => (row: Identity) => {
    const { arn, name, id, path } = row;
    return row.attachedPolicyArns.includes(policy) ? [{ kind, arn, name, id, path }] : [];
  };
  const users = (await store.users.list(everything)).rows.flatMap(toEntity("User"));
  return [...users, ...(await store.roles.list(everything)).rows.flatMap(toEntity("Role"))];
}
