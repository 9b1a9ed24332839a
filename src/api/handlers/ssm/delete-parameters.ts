import type { Handler } from "../../handler.ts";
import { assertFewNames, findParameterIfThere, forgetParameter } from "../../resources/parameter.ts";

/** Systems Manager API, DeleteParameters: those that are there, and the names of the others; no versions. */
export const deleteParameters: Handler<"AmazonSSM.DeleteParameters"> = async (input, context) => {
  assertFewNames(input.Names);
  return context.store.transaction(async (tx) => {
    const deleted: string[] = [];
    const invalid: string[] = [];
    for (const name of input.Names) {
      const found = await findParameterIfThere(name, tx, context);
      const isWhole = found !== null && found.version === null;
      if (isWhole) await forgetParameter(found.parameter, tx);
      (isWhole ? deleted : invalid).push(name);
    }
    return { DeletedParameters: deleted, InvalidParameters: invalid };
  });
};
