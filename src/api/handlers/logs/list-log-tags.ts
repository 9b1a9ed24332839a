/** Log groups have no tags of their own: tools that read them find none. */
import type { Handler } from "../../handler.ts";
import { findLogGroup } from "../../resources/log-group.ts";

export const listTagsForResource: Handler<"Logs_20140328.ListTagsForResource"> = async (input, context) => {
  await findLogGroup({ logGroupIdentifier: input.resourceArn }, context);
  return { tags: {} };
};

export const listTagsLogGroup: Handler<"Logs_20140328.ListTagsLogGroup"> = async (input, context) => {
  await findLogGroup(input, context);
  return { tags: {} };
};
