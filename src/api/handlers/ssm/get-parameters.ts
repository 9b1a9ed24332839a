import type { SecretType } from "../../../contract/index.ts";
import type { Handler } from "../../handler.ts";
import { assertFewNames, findParameterIfThere, parameterToWire } from "../../resources/parameter.ts";

/** Systems Manager API, GetParameters: those that are there, and the names of the others. */
export const getParameters: Handler<"AmazonSSM.GetParameters"> = async (input, context) => {
  assertFewNames(input.Names);
  return context.store.transaction(async (tx) => {
    const work = { ...context, tables: tx, isDecrypted: input.WithDecryption === true };
    const parameters: SecretType<"ParameterValue">[] = [];
    const invalid: string[] = [];
    for (const name of input.Names) {
      const found = await findParameterIfThere(name, tx, context);
      if (found === null) invalid.push(name);
      else parameters.push(await parameterToWire(found, work));
    }
    return { Parameters: parameters, InvalidParameters: invalid };
  });
};
