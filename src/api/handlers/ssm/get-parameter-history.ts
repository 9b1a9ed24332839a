import type { InputOf, SecretType } from "../../../contract/index.ts";
import type { Page, PageRequest } from "../../../ports/store.ts";
import type { Handler } from "../../handler.ts";
import { pageOf, readPage } from "../../paging.ts";
import {
  findWholeParameter,
  type ParameterWork,
  readValue,
  versionFacts,
} from "../../resources/parameter.ts";

const PAGE_SIZE = 50;

/** Systems Manager API, GetParameterHistory: all versions that are kept, oldest first. */
export const getParameterHistory: Handler<"AmazonSSM.GetParameterHistory"> = async (input, context) => {
  const page = await readPage(
    {
      operation: "AmazonSSM.GetParameterHistory",
      input: { ...input, MaxResults: input.MaxResults ?? PAGE_SIZE },
    },
    context,
    (request) => context.store.transaction((tx) => readVersions(request, input, { ...context, tables: tx })),
  );
  return { Parameters: page.rows, ...page.nextToken };
};

async function readVersions(
  request: PageRequest,
  { Name: name, WithDecryption: isDecrypted = false }: InputOf<"AmazonSSM.GetParameterHistory">,
  context: Omit<ParameterWork, "isDecrypted">,
): Promise<Page<SecretType<"ParameterHistory">>> {
  const parameter = await findWholeParameter(name, context.tables, context);
  const page = await pageOf(parameter.versions, ({ number }) => String(number))(request);
  const rows: SecretType<"ParameterHistory">[] = [];
  for (const version of page.rows) {
    const Value = await readValue(parameter, version, { ...context, isDecrypted });
    rows.push({ ...versionFacts(parameter, version), Value });
  }
  return { rows, lastKey: page.lastKey };
}
