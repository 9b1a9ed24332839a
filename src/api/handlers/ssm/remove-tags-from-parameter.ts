import { withoutTags } from "../../../domain/tag.ts";
import type { Handler } from "../../handler.ts";
import { findTaggedParameter } from "../../resources/parameter.ts";

/** Systems Manager API, RemoveTagsFromResource, on parameters. */
export const removeTagsFromParameter: Handler<"AmazonSSM.RemoveTagsFromResource"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const parameter = await findTaggedParameter(input, tx);
    await tx.parameters.save({ ...parameter, tags: withoutTags(parameter.tags, input.TagKeys) });
    return {};
  });
