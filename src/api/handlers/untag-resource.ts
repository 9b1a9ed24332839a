import type { Handler } from "../handler.ts";
import { findTaggable, reconsider } from "../resources/tags.ts";

/** App Runner API, UntagResource: keys the resource does not have are no error. */
export const untagResource: Handler<"UntagResource"> = async (input, { store, commands, scope }) => {
  const untagged = await store.transaction(async (tx) => {
    const { arn, kind } = await findTaggable(input.ResourceArn, tx, scope);
    await tx.tags.remove(arn, input.TagKeys);
    return { arn, kind };
  });
  reconsider(untagged, commands);
  return {};
};
