/** Tags of users, roles and policies: policies may ask for them. */
import type { IdentityType, OperationName } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Tag } from "../../../domain/tag.ts";
import type { Tables } from "../../../ports/store.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import { findRole, findUser } from "../../resources/identity.ts";
import { findOwnPolicy, findPolicy } from "../../resources/managed-policy.ts";
import { tagToWire } from "../../wire/identity-to-wire.ts";
import { readIamPage } from "./paging.ts";

const TAGS_MAX = 50;

export function tagsOf(given: readonly IdentityType<"IamTag">[] = []): readonly Tag[] {
  return given.map(({ Key, Value }) => ({ key: Key, value: Value }));
}

export function assertIdentityTags(given: readonly Tag[], present: readonly Tag[]): void {
  const keys = new Set(given.map(({ key }) => key));
  if (keys.size < given.length) {
    throw new SlipwayError("InvalidIdentityInput", { path: "Tags", problem: "holds the same key twice" });
  }
  const kept = present.filter(({ key }) => !keys.has(key));
  if (kept.length + given.length > TAGS_MAX) {
    throw new SlipwayError("IdentityLimitReached", { what: "TagsPerResource", limit: TAGS_MAX });
  }
}

export const tagUser: Handler<"AWSIdentityManagementV20100508.TagUser"> = async (input, { store }) => {
  await store.transaction(async (tx) =>
    put((await findUser(input.UserName, tx)).arn, tagsOf(input.Tags), tx),
  );
  return {};
};

export const tagRole: Handler<"AWSIdentityManagementV20100508.TagRole"> = async (input, { store }) => {
  await store.transaction(async (tx) =>
    put((await findRole(input.RoleName, tx)).arn, tagsOf(input.Tags), tx),
  );
  return {};
};

export const tagPolicy: Handler<"AWSIdentityManagementV20100508.TagPolicy"> = async (input, { store }) => {
  await store.transaction(async (tx) =>
    put((await findOwnPolicy(input.PolicyArn, tx)).arn, tagsOf(input.Tags), tx),
  );
  return {};
};

async function put(arn: string, given: readonly Tag[], { tags }: Pick<Tables, "tags">): Promise<void> {
  assertIdentityTags(given, await tags.list(arn));
  await tags.put(arn, given);
}

export const untagUser: Handler<"AWSIdentityManagementV20100508.UntagUser"> = async (input, { store }) => {
  await store.tags.remove((await findUser(input.UserName, store)).arn, input.TagKeys);
  return {};
};

export const untagRole: Handler<"AWSIdentityManagementV20100508.UntagRole"> = async (input, { store }) => {
  await store.tags.remove((await findRole(input.RoleName, store)).arn, input.TagKeys);
  return {};
};

export const untagPolicy: Handler<"AWSIdentityManagementV20100508.UntagPolicy"> = async (
  input,
  { store },
) => {
  await store.tags.remove((await findOwnPolicy(input.PolicyArn, store)).arn, input.TagKeys);
  return {};
};

export const listUserTags: Handler<"AWSIdentityManagementV20100508.ListUserTags"> = async (
  input,
  context,
) => {
  const { arn } = await findUser(input.UserName, context.store);
  return list(arn, { operation: "AWSIdentityManagementV20100508.ListUserTags", input }, context);
};

export const listRoleTags: Handler<"AWSIdentityManagementV20100508.ListRoleTags"> = async (
  input,
  context,
) => {
  const { arn } = await findRole(input.RoleName, context.store);
  return list(arn, { operation: "AWSIdentityManagementV20100508.ListRoleTags", input }, context);
};

export const listPolicyTags: Handler<"AWSIdentityManagementV20100508.ListPolicyTags"> = async (
  input,
  context,
) => {
  const { arn } = await findPolicy(input.PolicyArn, context.store);
  return list(arn, { operation: "AWSIdentityManagementV20100508.ListPolicyTags", input }, context);
};

async function list(
  arn: string,
  call: { readonly operation: OperationName; readonly input: object },
  context: HandlerContext,
): Promise<IdentityType<"IamTagsOutput">> {
  const tags = await context.store.tags.list(arn);
  const { rows, cut } = await readIamPage(
    call,
    context,
    pageOf(tags, ({ key }) => key),
  );
  return { Tags: rows.map(tagToWire), ...cut };
}
