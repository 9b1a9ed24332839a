/** Users and roles: found by name, changed in a transaction, and what they must not be. */
import type { AccountScope } from "../../domain/arn.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Principal, Role, User } from "../../domain/identity.ts";
import { compilePolicy } from "../../domain/policy/compiled-policy.ts";
import { MalformedPolicy } from "../../domain/policy/malformed-policy.ts";
import { policySize, type PolicyUse } from "../../domain/policy/policy-document.ts";
import { rootArn } from "../../domain/identity-arn.ts";
import type { Store, Tables } from "../../ports/store.ts";

/** IAM's quotas. */
export const IDENTITY_LIMITS = {
  users: 5000,
  roles: 1000,
  policies: 1500,
  accessKeysPerUser: 2,
  policiesPerIdentity: 10,
  versionsPerPolicy: 5,
} as const;

/** What is done alike to both. */
export type IdentityKind = "user" | "role";
export type Identity = User | Role;

export async function findUser(name: string, { users }: Pick<Tables, "users">): Promise<User> {
  return (await users.findByName(name)) ?? notFound(`The user with name ${name}`);
}

export async function findRole(name: string, { roles }: Pick<Tables, "roles">): Promise<Role> {
  return (await roles.findByName(name)) ?? notFound(`The role with name ${name}`);
}

export async function findIdentity(kind: IdentityKind, name: string, tables: Tables): Promise<Identity> {
  return kind === "user" ? findUser(name, tables) : findRole(name, tables);
}

/** Changes what both have. */
export async function changeIdentity(
  { kind, name }: { readonly kind: IdentityKind; readonly name: string },
  store: Store,
  change: (
    present: Identity,
    tx: Tables,
  ) => Promise<Partial<Pick<Identity, "inlinePolicies" | "attachedPolicyArns">>>,
): Promise<void> {
  await store.transaction(async (tx) => {
    if (kind === "user") {
      const user = await findUser(name, tx);
      return tx.users.save({ ...user, ...(await change(user, tx)) });
    }
    const role = await findRole(name, tx);
    return tx.roles.save({ ...role, ...(await change(role, tx)) });
  });
}

/** Who signs is a user, whom a call without a name is about. */
export async function ownUser(
  name: string | undefined,
  caller: Principal,
  tables: Pick<Tables, "users">,
): Promise<User> {
  if (name !== undefined) return findUser(name, tables);
  if (caller.kind !== "user") throw new SlipwayError("NameNeeded");
  return (await tables.users.get(caller.userArn)) ?? notFound("The user who calls");
}

/** Whose access keys a call is about; root has no user, and is told as IAM does. */
export async function keyOwner(
  name: string | undefined,
  caller: Principal,
  tables: Pick<Tables, "users">,
  scope: AccountScope,
): Promise<{ readonly arn: string; readonly userName: string }> {
  if (name === undefined && caller.kind === "root") return { arn: rootArn(scope), userName: "root" };
  const user = await ownUser(name, caller, tables);
  return { arn: user.arn, userName: user.name };
}

/** Throws MalformedPolicyDocument. */
export function assertPolicy(text: string, use: PolicyUse = "identity"): void {
  try {
    compilePolicy(text, use);
  } catch (error) {
    if (!(error instanceof MalformedPolicy)) throw error;
    throw new SlipwayError("MalformedPolicyDocument", { problem: error.message }, { cause: error });
  }
}

export function assertPolicySize(texts: readonly string[], limit: number, what: string): void {
  const size = texts.reduce((sum, text) => sum + policySize(text), 0);
  if (size > limit) throw new SlipwayError("PolicyTooLarge", { limit, what });
}

/** What asks for something that is not there is refused, not overlooked. */
export function refuseBoundary(boundary: string | undefined): void {
  if (boundary === undefined) return;
  throw new SlipwayError("InvalidIdentityInput", {
    path: "PermissionsBoundary",
    problem: "there are no permissions boundaries here; write a Deny into the policy",
  });
}

export function notFound(what: string): never {
  throw new SlipwayError("IdentityNotFound", { what });
}
