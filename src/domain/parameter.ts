/**
 * Parameters as Parameter Store has them: a name, numbered versions. Values are elsewhere, sealed. Pure.
 */
import type { AccountScope } from "./arn.ts";
import { SlipwayError } from "./error.ts";
import type { Tag } from "./tag.ts";

export type ParameterType = "String" | "StringList" | "SecureString";
export type ParameterTier = "Standard" | "Advanced";

export interface Parameter {
  readonly name: string;
  readonly tags: readonly Tag[];
  /** Oldest first, at least one; their numbers follow each other. */
  readonly versions: readonly [ParameterVersion, ...ParameterVersion[]];
}

export interface ParameterVersion {
  readonly number: number;
  readonly type: ParameterType;
  readonly tier: ParameterTier;
  readonly description: string;
  /** A regular expression that values match; empty where there is none. */
  readonly allowedPattern: string;
  readonly createdAtMs: number;
}

/** AWS's, and after it the oldest goes. */
export const PARAMETER_VERSIONS_MAX = 100;
const LEVELS_MAX = 15;
const VALUE_BYTES_MAX = { Standard: 4096, Advanced: 8192 } as const;

export function newestOf({ versions }: Parameter): ParameterVersion {
  return versions.at(-1) ?? versions[0];
}

export function parameterArn({ region, account }: AccountScope, name: string): string {
  return `arn:aws:ssm:${region}:${account}:parameter/${name.replace(/^\//, "")}`;
}

/** What names a parameter in a request. */
export interface ParameterSelector {
  /** Names it may have: an ARN does not tell `db` from `/db`. */
  readonly names: readonly string[];
  /** The version's number as text, or a label, which no version has here. Null for the newest. */
  readonly version: string | null;
}

/** `name`, `name:version` or an ARN with the same end. Null for an ARN that is not of this place, and for what is none of these. */
export function parseParameterSelector(text: string, scope: AccountScope): ParameterSelector | null {
  const prefix = parameterArn(scope, "");
  if (text.startsWith("arn:") && !text.startsWith(prefix)) return null;
  const isArn = text.startsWith(prefix);
  const [name = "", version, ...rest] = (isArn ? text.slice(prefix.length) : text).split(":");
  if (rest.length > 0) return null;
  return { names: isArn ? namesOfArnEnd(name) : [name], version: version ?? null };
}

function namesOfArnEnd(end: string): readonly string[] {
  return end.includes("/") ? [`/${end}`] : [end, `/${end}`];
}

/** The other name with the same ARN, which no second parameter may have: `db` of `/db`, and `/db` of `db`. Null: there is none. */
export function twinOf(name: string): string | null {
  const end = name.replace(/^\//, "");
  if (end.includes("/")) return null;
  return end === name ? `/${name}` : end;
}

/** Throws ParameterVersionNotFound. */
export function findParameterVersion(parameter: Parameter, version: string | null): ParameterVersion {
  const found =
    version === null
      ? newestOf(parameter)
      : parameter.versions.find(({ number }) => String(number) === version);
  if (found !== undefined) return found;
  const { name } = parameter;
  throw new SlipwayError("ParameterVersionNotFound", { name, version: version ?? "" });
}

/** Throws for a name that a new parameter must not have. */
export function assertParameterName(name: string): void {
  const levels = name.split("/").filter((level) => level !== "");
  if (name.includes("/") && !name.startsWith("/")) {
    throw invalid("Name", "a name with levels begins with /, for example /shop/database");
  }
  if (/\/\/|\/$/.test(name)) throw invalid("Name", "no level of it may be empty");
  if (/^\/?(?:aws|ssm)/i.test(name)) {
    throw invalid("Name", "it must not begin with aws or ssm, which are reserved");
  }
  if (levels.length > LEVELS_MAX) throw new SlipwayError("ParameterTooDeep", { name, limit: LEVELS_MAX });
}

export interface ParameterWish {
  readonly type: ParameterType | undefined;
  readonly tier: ParameterTier | "Intelligent-Tiering" | undefined;
  readonly description: string | undefined;
  readonly allowedPattern: string | undefined;
  readonly valueBytes: number;
  readonly nowMs: number;
}

/** The version that follows `present`; what the wish leaves open stays as it was. */
export function nextVersion(
  name: string,
  present: ParameterVersion | null,
  wish: ParameterWish,
): ParameterVersion {
  const type = wish.type ?? present?.type;
  if (type === undefined) throw invalid("Type", "a new parameter needs String, StringList or SecureString");
  if (present !== null && type !== present.type) {
    throw new SlipwayError("ParameterTypeFixed", { name, type: present.type });
  }
  return {
    number: (present?.number ?? 0) + 1,
    type,
    tier: tierFor(wish, present?.tier),
    description: wish.description ?? present?.description ?? "",
    allowedPattern: wish.allowedPattern ?? present?.allowedPattern ?? "",
    createdAtMs: wish.nowMs,
  };
}

/** The parameter with one more version; `forgotten` are the versions that had to go for it. */
export function withParameterVersion(
  parameter: Parameter,
  version: ParameterVersion,
): { readonly parameter: Parameter; readonly forgotten: readonly string[] } {
  const all = [...parameter.versions, version];
  const [oldest = version, ...newer] = all.slice(-PARAMETER_VERSIONS_MAX);
  const forgotten = all.slice(0, -PARAMETER_VERSIONS_MAX).map(({ number }) => String(number));
  return { parameter: { ...parameter, versions: [oldest, ...newer] }, forgotten };
}

function tierFor({ tier, valueBytes }: ParameterWish, present: ParameterTier | undefined): ParameterTier {
  if (present === "Advanced" && tier === "Standard") {
    throw invalid("Tier", "an advanced parameter cannot become a standard one. Delete it first");
  }
  const isLarge = valueBytes > VALUE_BYTES_MAX.Standard;
  const chosen =
    tier === "Intelligent-Tiering" ? (isLarge ? "Advanced" : (present ?? "Standard")) : (tier ?? present);
  const result = chosen ?? "Standard";
  if (valueBytes <= VALUE_BYTES_MAX[result]) return result;
  const more = result === "Standard" ? `; with the tier Advanced ${VALUE_BYTES_MAX.Advanced}` : "";
  throw invalid("Value", `it has ${valueBytes} bytes and may have ${VALUE_BYTES_MAX[result]}${more}`);
}

function invalid(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameterRequest", { path, problem });
}
