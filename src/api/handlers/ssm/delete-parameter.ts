import type { Handler } from "../../handler.ts";
import { findWholeParameter, forgetParameter } from "../../resources/parameter.ts";

/** Systems Manager API, DeleteParameter: at once, with all its versions. */
export const deleteParameter: Handler<"AmazonSSM.DeleteParameter"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    await forgetParameter(await findWholeParameter(input.Name, tx, context), tx);
    return {};
  });
