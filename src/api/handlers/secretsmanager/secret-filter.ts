/** Filters of ListSecrets: values are beginnings, `!` before one turns it around; one of the values and all filters count. */
import type { SecretType } from "../../../contract/index.ts";
import type { Secret } from "../../../domain/stored-secret.ts";
import { invalidSecret } from "../../resources/secret.ts";

type Filter = SecretType<"SecretFilter">;

/** What a filter looks at. No secret has a primary Region or an owner here. */
const TEXTS: Readonly<Record<Filter["Key"], (secret: Secret) => readonly string[]>> = {
  name: ({ name }) => [name],
  description: ({ description }) => [description],
  "tag-key": ({ tags }) => tags.map(({ key }) => key),
  "tag-value": ({ tags }) => tags.map(({ value }) => value),
  "primary-region": () => [],
  "owning-service": () => [],
  all: ({ name, description, tags }) => [
    name,
    ...description.split(/\s+/),
    ...tags.flatMap(({ key, value }) => [key, value]),
  ],
};

/** AWS's. */
const FILTERS_MAX = 10;
const VALUES_MAX = 10;

/** Each secret is compared with each of them. */
export function assertFewFilters(filters: readonly Filter[]): void {
  if (filters.length <= FILTERS_MAX && filters.every(({ Values }) => Values.length <= VALUES_MAX)) return;
  throw invalidSecret("Filters", `there may be ${FILTERS_MAX} of at most ${VALUES_MAX} values each`);
}

export function matchesFilters(secret: Secret, filters: readonly Filter[]): boolean {
  return filters.every((filter) => filter.Values.some((value) => matches(secret, filter.Key, value)));
}

function matches(secret: Secret, key: Filter["Key"], value: string): boolean {
  if (value.startsWith("!")) return !matches(secret, key, value.slice(1));
  if (key === "all") return value.split(/\s+/).every((word) => TEXTS[key](secret).some(beginsWith(word)));
  const isExact = key !== "description";
  return TEXTS[key](secret).some((text) => (isExact ? text.startsWith(value) : beginsWith(value)(text)));
}

/** In any letter case. */
function beginsWith(value: string): (text: string) => boolean {
  const wanted = value.toLowerCase();
  return (text) => text.toLowerCase().startsWith(wanted);
}
