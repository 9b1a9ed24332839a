import type { Handler } from "../../handler.ts";
import { assertAlarmTags, findTaggedAlarm } from "../../resources/alarm.ts";
import { tagsFromWire } from "../../resources/tags.ts";

/** CloudWatch API, TagResource: adds and overwrites. */
export const tagAlarm: Handler<"GraniteServiceVersion20100801.TagResource"> = async (
  input,
  { store, scope },
) => {
  const tags = tagsFromWire(input.Tags);
  await store.transaction(async (tx) => {
    const { arn } = await findTaggedAlarm(input.ResourceARN, tx, scope);
    assertAlarmTags(tags, await tx.tags.list(arn));
    await tx.tags.put(arn, tags);
  });
  return {};
};

/** CloudWatch API, UntagResource. */
export const untagAlarm: Handler<"GraniteServiceVersion20100801.UntagResource"> = async (
  input,
  { store, scope },
) => {
  await store.transaction(async (tx) => {
    const { arn } = await findTaggedAlarm(input.ResourceARN, tx, scope);
    await tx.tags.remove(arn, input.TagKeys);
  });
  return {};
};

/** CloudWatch API, ListTagsForResource. */
export const listTagsOfAlarm: Handler<"GraniteServiceVersion20100801.ListTagsForResource"> = async (
  input,
  { store, scope },
) => {
  const { arn } = await findTaggedAlarm(input.ResourceARN, store, scope);
  const tags = await store.tags.list(arn);
  return { Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
};
