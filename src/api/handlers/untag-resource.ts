import type { Handler } from "../handler.ts";
import { findTaggable } from "../resources/tags.ts";

/** App Runner API, UntagResource: keys the resource does not have are no error. */
export const untagResource: Handler<"UntagResource"> = async (input, { store, scope }) => {
  await store.transaction(async (tx) => {
    const { arn } = await findTaggable(input.ResourceArn, tx, scope);
    await tx.tags.remove(arn, input.TagKeys);
  });
  return {};
};
