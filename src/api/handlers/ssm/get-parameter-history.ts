import type { SecretType } from "../../../contract/index.ts";
import type { Handler } from "../../handler.ts";
import { pageOf, readPage } from "../../paging.ts";
import { findParameter, readValue, versionFacts } from "../../resources/parameter.ts";

const PAGE_SIZE = 50;

/** Systems Manager API, GetParameterHistory: all versions that are kept, oldest first. */
export const getParameterHistory: Handler<"AmazonSSM.GetParameterHistory"> = async (input, context) => {
  const { parameter } = await findParameter(input.Name, context.store, context);
  const page = await readPage(
    {
      operation: "AmazonSSM.GetParameterHistory",
      input: { ...input, MaxResults: input.MaxResults ?? PAGE_SIZE },
    },
    context,
    pageOf(parameter.versions, ({ number }) => String(number)),
  );
  const work = { ...context, tables: context.store, isDecrypted: input.WithDecryption === true };
  const history: SecretType<"ParameterHistory">[] = [];
  for (const version of page.rows) {
    history.push({ ...versionFacts(parameter, version), Value: await readValue(parameter, version, work) });
  }
  return { Parameters: history, ...page.nextToken };
};
