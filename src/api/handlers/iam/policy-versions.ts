import { SlipwayError } from "../../../domain/error.ts";
import type { ManagedPolicy, PolicyVersion } from "../../../domain/identity.ts";
import type { Handler } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import { IDENTITY_LIMITS } from "../../resources/identity.ts";
import { findOwnPolicy, findPolicy, findVersion } from "../../resources/managed-policy.ts";
import { documentToWire, versionToWire } from "../../wire/identity-to-wire.ts";
import { assertManagedDocument } from "./policies.ts";
import { readIamPage } from "./paging.ts";

export const createPolicyVersion: Handler<"AWSIdentityManagementV20100508.CreatePolicyVersion"> = async (
  input,
  { store, clock },
) =>
  store.transaction(async (tx) => {
    const policy = await findOwnPolicy(input.PolicyArn, tx);
    assertManagedDocument(input.PolicyDocument, policy.name);
    const limit = IDENTITY_LIMITS.versionsPerPolicy;
    if (policy.versions.length >= limit) throw new SlipwayError("PolicyVersionsFull", { limit });
    const nowMs = clock.now();
    const version = { id: nextId(policy), document: input.PolicyDocument, createdAtMs: nowMs };
    const changed: ManagedPolicy = {
      ...policy,
      changedAtMs: nowMs,
      versions: [...policy.versions, version],
      defaultVersionId: input.SetAsDefault === true ? version.id : policy.defaultVersionId,
    };
    await tx.managedPolicies.save(changed);
    return { PolicyVersion: versionToWire(version, changed) };
  });

/** A number is not used twice while one above it is there. */
function nextId({ versions }: ManagedPolicy): string {
  return `v${Math.max(...versions.map(({ id }) => Number(id.slice(1)))) + 1}`;
}

export const getPolicyVersion: Handler<"AWSIdentityManagementV20100508.GetPolicyVersion"> = async (
  { PolicyArn, VersionId },
  { store },
) => {
  const policy = await findPolicy(PolicyArn, store);
  const version = findVersion(policy, VersionId);
  return { PolicyVersion: { ...versionToWire(version, policy), Document: documentToWire(version.document) } };
};

/** The newest first. */
export const listPolicyVersions: Handler<"AWSIdentityManagementV20100508.ListPolicyVersions"> = async (
  input,
  context,
) => {
  const policy = await findPolicy(input.PolicyArn, context.store);
  const { rows, cut } = await readIamPage(
    { operation: "AWSIdentityManagementV20100508.ListPolicyVersions", input },
    context,
    pageOf<PolicyVersion>(policy.versions.toReversed(), ({ id }) => id),
  );
  return { Versions: rows.map((version) => versionToWire(version, policy)), ...cut };
};

export const setDefaultPolicyVersion: Handler<
  "AWSIdentityManagementV20100508.SetDefaultPolicyVersion"
> = async ({ PolicyArn, VersionId }, { store, clock }) => {
  await store.transaction(async (tx) => {
    const policy = await findOwnPolicy(PolicyArn, tx);
    const { id } = findVersion(policy, VersionId);
    await tx.managedPolicies.save({ ...policy, defaultVersionId: id, changedAtMs: clock.now() });
  });
  return {};
};

export const deletePolicyVersion: Handler<"AWSIdentityManagementV20100508.DeletePolicyVersion"> = async (
  { PolicyArn, VersionId },
  { store },
) => {
  await store.transaction(async (tx) => {
    const policy = await findOwnPolicy(PolicyArn, tx);
    const { id } = findVersion(policy, VersionId);
    if (id === policy.defaultVersionId) {
      throw new SlipwayError("DeleteConflict", { problem: "Cannot delete the default version of a policy" });
    }
    await tx.managedPolicies.save({ ...policy, versions: policy.versions.filter((one) => one.id !== id) });
  });
  return {};
};
