import type { Handler } from "../../handler.ts";
import { findParameter, parameterToWire } from "../../resources/parameter.ts";

/** Systems Manager API, GetParameter: by name, `name:version` or ARN. */
export const getParameter: Handler<"AmazonSSM.GetParameter"> = async (input, context) =>
  context.store.transaction(async (tx) => {
    const found = await findParameter(input.Name, tx, context);
    const work = { ...context, tables: tx, isDecrypted: input.WithDecryption === true };
    return { Parameter: await parameterToWire(found, work) };
  });
