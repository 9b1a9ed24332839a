/** Users, roles and policies as IAM tells of them. */
import type { IdentityType } from "../../contract/index.ts";
import type { ManagedPolicy, PolicyVersion, Role, User } from "../../domain/identity.ts";
import type { Tag } from "../../domain/tag.ts";

export function userToWire(user: User, tags?: readonly Tag[]): IdentityType<"IamUser"> {
  const usedAtMs = user.login?.lastUsedAtMs ?? null;
  return {
    Path: user.path,
    UserName: user.name,
    UserId: user.id,
    Arn: user.arn,
    CreateDate: toDate(user.createdAtMs),
    ...(usedAtMs !== null && { PasswordLastUsed: toDate(usedAtMs) }),
    HasPassword: user.login !== null,
    ...tagsIn(tags),
  };
}

export function roleToWire(role: Role, tags?: readonly Tag[]): IdentityType<"IamRole"> {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: toDate(role.createdAtMs),
    AssumeRolePolicyDocument: documentToWire(role.trustPolicy),
    ...(role.description !== "" && { Description: role.description }),
    MaxSessionDuration: role.maxSessionSeconds,
    ...tagsIn(tags),
  };
}

export function policyToWire(
  policy: ManagedPolicy,
  attachmentCount: number,
  tags?: readonly Tag[],
): IdentityType<"IamPolicy"> {
  return {
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersionId,
    AttachmentCount: attachmentCount,
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    ...(policy.description !== "" && { Description: policy.description }),
    CreateDate: toDate(policy.createdAtMs),
    UpdateDate: toDate(policy.changedAtMs),
    ...tagsIn(tags),
  };
}

export function versionToWire(
  version: PolicyVersion,
  { defaultVersionId }: Pick<ManagedPolicy, "defaultVersionId">,
): IdentityType<"IamPolicyVersion"> {
  return {
    VersionId: version.id,
    IsDefaultVersion: version.id === defaultVersionId,
    CreateDate: toDate(version.createdAtMs),
  };
}

/** IAM sends documents percent-encoded (RFC 3986); clients decode them. */
export function documentToWire(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

export function tagToWire({ key, value }: Tag): IdentityType<"IamTag"> {
  return { Key: key, Value: value };
}

export function toDate(epochMs: number): Date {
  return new Date(epochMs);
}

/** None at all where there are none, as IAM does. */
function tagsIn(tags: readonly Tag[] = []): { readonly Tags?: readonly IdentityType<"IamTag">[] } {
  return tags.length === 0 ? {} : { Tags: tags.map(tagToWire) };
}
