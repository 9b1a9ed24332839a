import type { Handler } from "../handler.ts";
import { findTaggable, toWireTag } from "../resources/tags.ts";

/** App Runner API, ListTagsForResource: all at once. */
export const listTagsForResource: Handler<"ListTagsForResource"> = async (input, { store, scope }) => {
  const tags = await store.transaction(async (tx) => {
    const { arn } = await findTaggable(input.ResourceArn, tx, scope);
    return tx.tags.list(arn);
  });
  return { Tags: tags.map(toWireTag) };
};
