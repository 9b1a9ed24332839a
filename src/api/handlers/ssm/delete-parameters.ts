import type { Handler } from "../../handler.ts";
import { assertFewNames, findParameterIfThere, forgetParameter } from "../../resources/parameter.ts";

/** Systems Manager API, DeleteParameters: those that are there, and the names of the others. */
export const deleteParameters: Handler<"AmazonSSM.DeleteParameters"> = async (input, context) => {
  assertFewNames(input.Names);
  return context.store.transaction(async (tx) => {
    const deleted: string[] = [];
    const invalid: string[] = [];
    for (const name of input.Names) {
      const found = await findParameterIfThere(name, tx, context);
      if (found !== null) await forgetParameter(found.parameter, tx);
      (found === null ? invalid : deleted).push(name);
    }
    return { DeletedParameters: deleted, InvalidParameters: invalid };
  });
};
