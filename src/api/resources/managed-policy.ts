/** Managed policies: the account's, and AWS's own, which every account has. */
import { SlipwayError } from "../../domain/error.ts";
import {
  type BuiltinPolicy,
  builtinPolicies,
  findBuiltinPolicy,
} from "../../domain/policy/builtin-policies.ts";
import type { ManagedPolicy, PolicyVersion } from "../../domain/identity.ts";
import type { Tables } from "../../ports/store.ts";
import { ALL_ROWS } from "../paging.ts";

export function isBuiltin(arn: string): boolean {
  return findBuiltinPolicy(arn) !== null;
}

/** Null: no such policy. */
export async function lookUpPolicy(
  arn: string,
  { managedPolicies }: Pick<Tables, "managedPolicies">,
): Promise<ManagedPolicy | null> {
  const builtin = findBuiltinPolicy(arn);
  return builtin === null ? managedPolicies.get(arn) : fromBuiltin(builtin);
}

export async function findPolicy(
  arn: string,
  tables: Pick<Tables, "managedPolicies">,
): Promise<ManagedPolicy> {
  const policy = await lookUpPolicy(arn, tables);
  if (policy === null) throw new SlipwayError("PolicyNotFound", { arn });
  return policy;
}

/** One that may be changed. */
export async function findOwnPolicy(
  arn: string,
  tables: Pick<Tables, "managedPolicies">,
): Promise<ManagedPolicy> {
  if (isBuiltin(arn)) throw new SlipwayError("AwsPolicyFixed", { arn });
  return findPolicy(arn, tables);
}

export function findVersion(policy: ManagedPolicy, version: string): PolicyVersion {
  const found = policy.versions.find(({ id }) => id === version);
  if (found === undefined) throw new SlipwayError("PolicyVersionNotFound", { arn: policy.arn, version });
  return found;
}

export function defaultDocument(policy: ManagedPolicy): string {
  return findVersion(policy, policy.defaultVersionId).document;
}

/** ARN of a policy → how many users and roles it is attached to. */
export async function attachmentCounts(
  tables: Pick<Tables, "users" | "roles">,
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const { attachedPolicyArns } of await everybody(tables)) {
    for (const arn of attachedPolicyArns) counts.set(arn, (counts.get(arn) ?? 0) + 1);
  }
  return counts;
}

async function everybody({ users, roles }: Pick<Tables, "users" | "roles">) {
  const all = { after: null, limit: ALL_ROWS };
  return [...(await users.list(all)).rows, ...(await roles.list(all)).rows];
}

export function allBuiltins(): readonly ManagedPolicy[] {
  return builtinPolicies.map(fromBuiltin);
}

/** They came with the account. */
function fromBuiltin({ document, ...policy }: BuiltinPolicy): ManagedPolicy {
  return {
    ...policy,
    createdAtMs: 0,
    changedAtMs: 0,
    versions: [{ id: "v1", document, createdAtMs: 0 }],
    defaultVersionId: "v1",
    status: "ACTIVE",
  };
}
