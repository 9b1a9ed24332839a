import type { Handler } from "../../handler.ts";
import { findTaggedParameter, parameterTags } from "../../resources/parameter.ts";

/** Systems Manager API, AddTagsToResource: adds and overwrites, on parameters. */
export const addTagsToParameter: Handler<"AmazonSSM.AddTagsToResource"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const parameter = await findTaggedParameter(input, tx);
    await tx.parameters.save({ ...parameter, tags: parameterTags(parameter.tags, input.Tags, context) });
    return {};
  });
