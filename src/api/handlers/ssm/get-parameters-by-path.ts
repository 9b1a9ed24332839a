import type { SecretType } from "../../../contract/index.ts";
import type { Parameter } from "../../../domain/parameter.ts";
import type { Handler } from "../../handler.ts";
import { filtered, readPage } from "../../paging.ts";
import { parameterToWire } from "../../resources/parameter.ts";
import { isBelow, matchesFilters, prefixOf } from "./parameter-filter.ts";

const PAGE_SIZE = 10;

/** Systems Manager API, GetParametersByPath: what lies directly below a path, or with Recursive all below it. */
export const getParametersByPath: Handler<"AmazonSSM.GetParametersByPath"> = async (input, context) => {
  const { Path: path, Recursive: isRecursive = false, ParameterFilters: filters = [] } = input;
  const isWanted = (parameter: Parameter) =>
    isBelow(parameter.name, path, isRecursive) && matchesFilters(parameter, filters, ["Type", "KeyId"]);
  const page = await readPage(
    {
      operation: "AmazonSSM.GetParametersByPath",
      input: { ...input, MaxResults: input.MaxResults ?? PAGE_SIZE },
    },
    context,
    filtered((request) => context.store.parameters.list(prefixOf(path), request), isWanted),
  );
  const work = { ...context, tables: context.store, isDecrypted: input.WithDecryption === true };
  const parameters: SecretType<"ParameterValue">[] = [];
  for (const parameter of page.rows)
    parameters.push(await parameterToWire({ parameter, version: null }, work));
  return { Parameters: parameters, ...page.nextToken };
};
