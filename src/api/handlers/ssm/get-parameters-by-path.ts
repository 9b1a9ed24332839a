import type { SecretType } from "../../../contract/index.ts";
import type { Parameter } from "../../../domain/parameter.ts";
import type { Handler } from "../../handler.ts";
import { filtered, readPage } from "../../paging.ts";
import { parameterToWire } from "../../resources/parameter.ts";
import { assertFilters, isBelow, matchesFilters, prefixOf } from "./parameter-filter.ts";

const PAGE_SIZE = 10;

/** Systems Manager API, GetParametersByPath: what lies directly below a path, or with Recursive all below it. */
export const getParametersByPath: Handler<"AmazonSSM.GetParametersByPath"> = async (input, context) => {
  const { Path: path, Recursive: isRecursive = false, ParameterFilters: filters = [] } = input;
  assertFilters(filters, ["Type", "KeyId"]);
  const isWanted = (parameter: Parameter) =>
    isBelow(parameter.name, path, isRecursive) && matchesFilters(parameter, filters);
  const page = await readPage(
    {
      operation: "AmazonSSM.GetParametersByPath",
      input: { ...input, MaxResults: input.MaxResults ?? PAGE_SIZE },
    },
    context,
    filtered((request) => context.store.parameters.list(prefixOf(path), request), isWanted),
  );
  const parameters = await context.store.transaction(async (tx) => {
    const work = { ...context, tables: tx, isDecrypted: input.WithDecryption === true };
    const present: SecretType<"ParameterValue">[] = [];
    for (const { name } of page.rows) {
      // It may have been deleted, or have another version, since it was found.
      const parameter = await tx.parameters.get(name);
      if (parameter !== null) present.push(await parameterToWire({ parameter, version: null }, work));
    }
    return present;
  });
  return { Parameters: parameters, ...page.nextToken };
};
