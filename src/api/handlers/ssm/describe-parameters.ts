import type { Parameter } from "../../../domain/parameter.ts";
import type { Handler } from "../../handler.ts";
import { filtered, readPage } from "../../paging.ts";
import { describeParameter, invalidParameter } from "../../resources/parameter.ts";
import { assertFilters, matchesFilters } from "./parameter-filter.ts";

const KEYS = ["Name", "Type", "KeyId", "Path", "Tier", "DataType", "tag:"];
const OLD_KEYS = ["Name", "Type", "KeyId"];
const PAGE_SIZE = 50;

/** Systems Manager API, DescribeParameters: all but the values, in order of name. */
export const describeParameters: Handler<"AmazonSSM.DescribeParameters"> = async (input, context) => {
  const { ParameterFilters: filters = [], Filters: oldFilters = [] } = input;
  if (input.Shared === true) {
    throw invalidParameter("Shared", "nobody shares parameters with this account; leave it out");
  }
  const beginnings = oldFilters.map(({ Key, Values }) => ({ Key, Values, Option: "BeginsWith" }));
  assertFilters(filters, KEYS);
  assertFilters(beginnings, OLD_KEYS);
  const isWanted = (parameter: Parameter) => matchesFilters(parameter, [...filters, ...beginnings]);
  const page = await readPage(
    {
      operation: "AmazonSSM.DescribeParameters",
      input: { ...input, MaxResults: input.MaxResults ?? PAGE_SIZE },
    },
    context,
    filtered((request) => context.store.parameters.list("", request), isWanted),
  );
  const parameters = page.rows.map((parameter) => describeParameter(parameter, context));
  return { Parameters: parameters, ...page.nextToken };
};
