/** Filters of DescribeParameters and GetParametersByPath, and what lies below a path. */
import type { SecretType } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { newestOf, type Parameter } from "../../../domain/parameter.ts";
import { DATA_TYPE, invalidParameter, OWN_KEY } from "../../resources/parameter.ts";

type Filter = SecretType<"ParameterFilter">;
/** AWS's for the values; for the filters ours. */
const VALUES_MAX = 50;
const FILTERS_MAX = 20;
const TAG_PREFIX = "tag:";

/** Names that begin so may lie below the path: names of one level may go without their slash. */
export function prefixOf(path: string): string {
  return path.replace(/\/+$/, "") === "" ? "" : `${path.replace(/\/+$/, "")}/`;
}

export function isBelow(name: string, path: string, isRecursive: boolean): boolean {
  const full = name.startsWith("/") ? name : `/${name}`;
  const base = `${path.replace(/\/+$/, "")}/`;
  return full.startsWith(base) && (isRecursive || !full.slice(base.length).includes("/"));
}

/** Throws for a key that is not among `keys` (or a tag, where `tag:` is), an option that its key has not, and for too many. */
export function assertFilters(filters: readonly Filter[], keys: readonly string[]): void {
  const isMuch =
    filters.length > FILTERS_MAX || filters.some(({ Values = [] }) => Values.length > VALUES_MAX);
  if (isMuch) {
    throw invalidParameter("Filters", `there may be ${FILTERS_MAX} of at most ${VALUES_MAX} values each`);
  }
  for (const { Key: key, Option: option } of filters) {
    const isTag = key.startsWith(TAG_PREFIX) && keys.includes(TAG_PREFIX);
    if (!isTag && !keys.includes(key)) {
      throw new SlipwayError("ParameterFilterKey", { key, valid: keys.join(", ") });
    }
    const valid = optionsOf(key);
    if (option !== undefined && !valid.includes(option)) {
      throw new SlipwayError("ParameterFilterOption", { option, key, valid: valid.join(", ") });
    }
  }
}

function optionsOf(key: string): readonly string[] {
  if (key === "Path") return ["OneLevel", "Recursive"];
  return key === "Name" ? ["Equals", "BeginsWith", "Contains"] : ["Equals", "BeginsWith"];
}

/** All filters, one of each one's values. */
export function matchesFilters(parameter: Parameter, filters: readonly Filter[]): boolean {
  return filters.every((filter) =>
    filter.Key === "Path" ? matchesPath(parameter, filter) : matchesText(parameter, filter),
  );
}

function matchesPath({ name }: Parameter, { Option: option, Values: paths = [] }: Filter): boolean {
  return paths.some((path) => isBelow(name, path, option === "Recursive"));
}

function matchesText(
  parameter: Parameter,
  { Key: key, Option: option = "Equals", Values: values }: Filter,
): boolean {
  const texts = textsOf(parameter, key);
  if (values === undefined) return texts.length > 0;
  return values.some((value) => texts.some((text) => isAs(text, option, value)));
}

function isAs(text: string, option: string, value: string): boolean {
  if (option === "Equals") return text === value;
  return option === "BeginsWith" ? text.startsWith(value) : text.includes(value);
}

function textsOf(parameter: Parameter, key: string): readonly string[] {
  const { type, tier } = newestOf(parameter);
  if (key === "Name") return [parameter.name];
  if (key === "Type") return [type];
  if (key === "Tier") return [tier];
  if (key === "DataType") return [DATA_TYPE];
  if (key === "KeyId") return type === "SecureString" ? [OWN_KEY] : [];
  return parameter.tags.filter((tag) => `${TAG_PREFIX}${tag.key}` === key).map(({ value }) => value);
}
