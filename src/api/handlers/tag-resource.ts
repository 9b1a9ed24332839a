import type { Handler } from "../handler.ts";
import { assertMayTag } from "../resources/named-secrets.ts";
import { assertTags, findTaggable, reconsider, tagsFromWire } from "../resources/tags.ts";

/** App Runner API, TagResource: adds and overwrites, on every kind of resource. */
export const tagResource: Handler<"TagResource"> = async (input, context, caller) => {
  const { store, commands, scope, quotas } = context;
  const tags = tagsFromWire(input.Tags);
  await assertMayTag({ arn: input.ResourceArn, tags }, caller, context);
  const tagged = await store.transaction(async (tx) => {
    const { arn, kind } = await findTaggable(input.ResourceArn, tx, scope);
    assertTags(tags, { present: await tx.tags.list(arn), kind, quotas });
    await tx.tags.put(arn, tags);
    return { arn, kind };
  });
  reconsider(tagged, commands);
  return {};
};
