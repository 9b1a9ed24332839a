import type { Handler } from "../handler.ts";
import { assertTags, findTaggable, reconsider, tagsFromWire } from "../resources/tags.ts";

/** App Runner API, TagResource: adds and overwrites, on every kind of resource. */
export const tagResource: Handler<"TagResource"> = async (input, { store, commands, scope, quotas }) => {
  const tags = tagsFromWire(input.Tags);
  const tagged = await store.transaction(async (tx) => {
    const { arn, kind } = await findTaggable(input.ResourceArn, tx, scope);
    assertTags(tags, { present: await tx.tags.list(arn), kind, quotas });
    await tx.tags.put(arn, tags);
    return { arn, kind };
  });
  reconsider(tagged, commands);
  return {};
};
