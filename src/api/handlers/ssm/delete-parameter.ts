import type { Handler } from "../../handler.ts";
import { findParameter, forgetParameter } from "../../resources/parameter.ts";

/** Systems Manager API, DeleteParameter: at once, with all its versions. */
export const deleteParameter: Handler<"AmazonSSM.DeleteParameter"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const { parameter } = await findParameter(input.Name, tx, context);
    await forgetParameter(parameter, tx);
    return {};
  });
