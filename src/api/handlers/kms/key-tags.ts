/** KMS API: tags of keys. */
import { withoutTags } from "../../../domain/tag.ts";
import type { Handler } from "../../handler.ts";
import { pageOf } from "../../paging.ts";
import { assertStays, findKeyItself, keyTags } from "../../resources/encryption-key.ts";
import { readKmsPage } from "./paging.ts";

const TAGS_PER_PAGE = 50;

export const tagKey: Handler<"TrentService.TagResource"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const key = await findKeyItself(input.KeyId, tx, context);
    assertStays(key);
    await tx.encryptionKeys.save({ ...key, tags: keyTags(key.tags, input.Tags, context) });
    return {};
  });

export const untagKey: Handler<"TrentService.UntagResource"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const key = await findKeyItself(input.KeyId, tx, context);
    assertStays(key);
    await tx.encryptionKeys.save({ ...key, tags: withoutTags(key.tags, input.TagKeys) });
    return {};
  });

export const listKeyTags: Handler<"TrentService.ListResourceTags"> = async (input, context) => {
  const { tags } = await findKeyItself(input.KeyId, context.store, context);
  const { rows, cut } = await readKmsPage(
    { operation: "TrentService.ListResourceTags", input, limit: TAGS_PER_PAGE },
    context,
    pageOf(tags, ({ key }) => key),
  );
  return { Tags: rows.map(({ key, value }) => ({ TagKey: key, TagValue: value })), ...cut };
};
