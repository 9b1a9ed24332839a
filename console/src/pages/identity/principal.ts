/** Users and roles have the same policies under other names of operations. */
import { call } from "../../api/call.ts";
import { readAll } from "../../api/queries.ts";
import { readDocument } from "../../parts/role-trust.ts";

export interface Principal {
  readonly kind: "user" | "role";
  readonly name: string;
  /** To ask what may be done to it. */
  readonly arn?: string | undefined;
}

const IAM = "AWSIdentityManagementV20100508";

/** What who changes the policies of one needs. */
export const policyActions = {
  user: {
    attach: "iam:AttachUserPolicy",
    detach: "iam:DetachUserPolicy",
    put: "iam:PutUserPolicy",
    remove: "iam:DeleteUserPolicy",
  },
  role: {
    attach: "iam:AttachRolePolicy",
    detach: "iam:DetachRolePolicy",
    put: "iam:PutRolePolicy",
    remove: "iam:DeleteRolePolicy",
  },
} as const;

export async function attachPolicy({ kind, name }: Principal, PolicyArn: string): Promise<void> {
  if (kind === "user") await call(`${IAM}.AttachUserPolicy`, { UserName: name, PolicyArn });
  else await call(`${IAM}.AttachRolePolicy`, { RoleName: name, PolicyArn });
}

export async function detachPolicy({ kind, name }: Principal, PolicyArn: string): Promise<void> {
  if (kind === "user") await call(`${IAM}.DetachUserPolicy`, { UserName: name, PolicyArn });
  else await call(`${IAM}.DetachRolePolicy`, { RoleName: name, PolicyArn });
}

export interface NamedDocument {
  readonly PolicyName: string;
  readonly PolicyDocument: string;
}

export async function putInlinePolicy({ kind, name }: Principal, policy: NamedDocument): Promise<void> {
  if (kind === "user") await call(`${IAM}.PutUserPolicy`, { UserName: name, ...policy });
  else await call(`${IAM}.PutRolePolicy`, { RoleName: name, ...policy });
}

export async function deleteInlinePolicy({ kind, name }: Principal, PolicyName: string): Promise<void> {
  if (kind === "user") await call(`${IAM}.DeleteUserPolicy`, { UserName: name, PolicyName });
  else await call(`${IAM}.DeleteRolePolicy`, { RoleName: name, PolicyName });
}

/** As it was written. */
export async function readInlinePolicy(
  { kind, name }: Principal,
  PolicyName: string,
  signal?: AbortSignal,
): Promise<string> {
  const answer =
    kind === "user"
      ? await call(`${IAM}.GetUserPolicy`, { UserName: name, PolicyName }, signal)
      : await call(`${IAM}.GetRolePolicy`, { RoleName: name, PolicyName }, signal);
  return readDocument(answer.PolicyDocument);
}

export async function readAttachedArns(
  { kind, name }: Principal,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const attached =
    kind === "user"
      ? await readAll(`${IAM}.ListAttachedUserPolicies`, { UserName: name }, "AttachedPolicies", signal)
      : await readAll(`${IAM}.ListAttachedRolePolicies`, { RoleName: name }, "AttachedPolicies", signal);
  return attached.flatMap(({ PolicyArn }) => PolicyArn ?? []);
}

export async function readInlineNames(
  { kind, name }: Principal,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return kind === "user"
    ? await readAll(`${IAM}.ListUserPolicies`, { UserName: name }, "PolicyNames", signal)
    : await readAll(`${IAM}.ListRolePolicies`, { RoleName: name }, "PolicyNames", signal);
}

/** The default version of a managed policy. */
export async function readManagedPolicy(PolicyArn: string, signal?: AbortSignal): Promise<string> {
  const { Policy } = await call(`${IAM}.GetPolicy`, { PolicyArn }, signal);
  const VersionId = Policy?.DefaultVersionId ?? "v1";
  const { PolicyVersion } = await call(`${IAM}.GetPolicyVersion`, { PolicyArn, VersionId }, signal);
  return readDocument(PolicyVersion?.Document);
}

/** With all that must go first: the API refuses to delete what still has something. */
export async function deletePrincipal(principal: Principal): Promise<void> {
  const { kind, name } = principal;
  for (const arn of await readAttachedArns(principal)) await detachPolicy(principal, arn);
  for (const policy of await readInlineNames(principal)) await deleteInlinePolicy(principal, policy);
  if (kind === "role") {
    await call(`${IAM}.DeleteRole`, { RoleName: name });
    return;
  }
  const keys = await readAll(`${IAM}.ListAccessKeys`, { UserName: name }, "AccessKeyMetadata");
  for (const { AccessKeyId = "" } of keys) {
    await call(`${IAM}.DeleteAccessKey`, { UserName: name, AccessKeyId });
  }
  const { User } = await call(`${IAM}.GetUser`, { UserName: name });
  if (User.HasPassword === true) await call(`${IAM}.DeleteLoginProfile`, { UserName: name });
  await call(`${IAM}.DeleteUser`, { UserName: name });
}
