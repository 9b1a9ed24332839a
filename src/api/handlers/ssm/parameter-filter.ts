/** Filters of DescribeParameters and GetParametersByPath, and what lies below a path. */
import type { SecretType } from "../../../contract/index.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { newestOf, type Parameter } from "../../../domain/parameter.ts";
import { DATA_TYPE, OWN_KEY } from "../../resources/parameter.ts";

type Filter = SecretType<"ParameterFilter">;
type Test = (text: string, value: string) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  Equals: (text, value) => text === value,
  BeginsWith: (text, value) => text.startsWith(value),
  Contains: (text, value) => text.includes(value),
};
const PATH_OPTIONS: readonly string[] = ["OneLevel", "Recursive"];
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

/** All filters, one of each one's values. Throws for a key that is not among `keys` (or a tag, where `tag:` is). */
export function matchesFilters(
  parameter: Parameter,
  filters: readonly Filter[],
  keys: readonly string[],
): boolean {
  return filters.every((filter) => {
    const isTag = filter.Key.startsWith(TAG_PREFIX) && keys.includes(TAG_PREFIX);
    if (!isTag && !keys.includes(filter.Key)) {
      throw new SlipwayError("ParameterFilterKey", { key: filter.Key, valid: keys.join(", ") });
    }
    return filter.Key === "Path" ? matchesPath(parameter, filter) : matchesText(parameter, filter);
  });
}

function matchesPath(
  { name }: Parameter,
  { Option: option = "OneLevel", Values: paths = [] }: Filter,
): boolean {
  if (!PATH_OPTIONS.includes(option)) throw wrongOption(option, "Path", PATH_OPTIONS);
  return paths.some((path) => isBelow(name, path, option === "Recursive"));
}

function matchesText(
  parameter: Parameter,
  { Key: key, Option: option = "Equals", Values: values }: Filter,
): boolean {
  const valid = key === "Name" ? Object.keys(TESTS) : ["Equals", "BeginsWith"];
  const test = valid.includes(option) ? TESTS[option] : undefined;
  if (test === undefined) throw wrongOption(option, key, valid);
  const texts = textsOf(parameter, key);
  if (values === undefined) return texts.length > 0;
  return values.some((value) => texts.some((text) => test(text, value)));
}

function wrongOption(option: string, key: string, valid: readonly string[]): SlipwayError {
  return new SlipwayError("ParameterFilterOption", { option, key, valid: valid.join(", ") });
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
