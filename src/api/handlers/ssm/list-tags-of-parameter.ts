import type { Handler } from "../../handler.ts";
import { findTaggedParameter } from "../../resources/parameter.ts";

/** Systems Manager API, ListTagsForResource, on parameters. */
export const listTagsOfParameter: Handler<"AmazonSSM.ListTagsForResource"> = async (input, context) => {
  const { tags } = await findTaggedParameter(input, context.store);
  return { TagList: tags.map(({ key, value }) => ({ Key: key, Value: value })) };
};
