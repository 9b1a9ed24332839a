/** Parameters as the handlers need them: found, opened, with one version more. */
import type { SecretType } from "../../contract/index.ts";
import { isSlipwayError, SlipwayError } from "../../domain/error.ts";
import {
  findParameterVersion,
  newestOf,
  type Parameter,
  parameterArn,
  type ParameterVersion,
  parseParameterSelector,
} from "../../domain/parameter.ts";
import { sealPurpose } from "../../domain/stored-secret.ts";
import { type Tag, withTags } from "../../domain/tag.ts";
import type { Tables } from "../../ports/store.ts";
import { SealBroken } from "../../ports/vault.ts";
import type { HandlerContext } from "../handler.ts";

/** The only key there is, under the name that AWS gives it. */
export const OWN_KEY = "alias/aws/ssm";
export const DATA_TYPE = "text";
const NAMES_MAX = 10;

export interface FoundParameter {
  readonly parameter: Parameter;
  /** Null where the reference names none. */
  readonly version: string | null;
}

/** By name, `name:version` or ARN. Throws ParameterNotFound. */
export async function findParameter(
  reference: string,
  { parameters }: Tables,
  { scope }: Pick<HandlerContext, "scope">,
): Promise<FoundParameter> {
  const selector = parseParameterSelector(reference, scope);
  for (const name of selector?.names ?? []) {
    const parameter = await parameters.get(name);
    if (parameter !== null) return { parameter, version: selector?.version ?? null };
  }
  throw new SlipwayError("ParameterNotFound", { name: reference });
}

/** As above, for what concerns all its versions: who names one of them must not lose the others. */
export async function findWholeParameter(
  reference: string,
  tables: Tables,
  context: Pick<HandlerContext, "scope">,
): Promise<Parameter> {
  const { parameter, version } = await findParameter(reference, tables, context);
  if (version !== null) throw new SlipwayError("ParameterNotFound", { name: reference });
  return parameter;
}

/** Null where there is no such parameter or version. */
export async function findParameterIfThere(
  reference: string,
  tables: Tables,
  context: Pick<HandlerContext, "scope">,
): Promise<FoundParameter | null> {
  try {
    const found = await findParameter(reference, tables, context);
    findParameterVersion(found.parameter, found.version);
    return found;
  } catch (error) {
    const isAbsent = isSlipwayError(error, "ParameterNotFound");
    if (isAbsent || isSlipwayError(error, "ParameterVersionNotFound")) return null;
    throw error;
  }
}

export async function forgetParameter({ name }: Parameter, tables: Tables): Promise<void> {
  await tables.parameters.remove(name);
  await tables.sealedValues.removeAll(name);
}

/** The context of a handler, and the tables that it has now: the store's or a transaction's. */
export interface ParameterWork extends Pick<HandlerContext, "vault" | "scope"> {
  readonly tables: Tables;
  /** Without it a SecureString stays sealed, as with AWS. */
  readonly isDecrypted: boolean;
}

export async function parameterToWire(
  { parameter, version: wanted }: FoundParameter,
  work: ParameterWork,
): Promise<SecretType<"ParameterValue">> {
  const version = findParameterVersion(parameter, wanted);
  return {
    Name: parameter.name,
    Type: version.type,
    Value: await readValue(parameter, version, work),
    Version: version.number,
    ...(wanted !== null && { Selector: `:${wanted}` }),
    LastModifiedDate: new Date(version.createdAtMs),
    ARN: parameterArn(work.scope, parameter.name),
    DataType: DATA_TYPE,
  };
}

export async function readValue(
  { name }: Parameter,
  { number, type }: ParameterVersion,
  { tables, vault, isDecrypted }: Pick<ParameterWork, "tables" | "vault" | "isDecrypted">,
): Promise<string> {
  const sealed = await tables.sealedValues.get(name, String(number));
  if (sealed === null) throw new SlipwayError("ParameterVersionNotFound", { name, version: number });
  if (type === "SecureString" && !isDecrypted) return sealed;
  try {
    return vault.open(sealPurpose(name, String(number)), sealed);
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new SlipwayError("ParameterNotOpened", { problem: cause.message }, { cause });
  }
}

/** Members that descriptions and histories share. */
export function versionFacts({ name }: Parameter, version: ParameterVersion) {
  const { type, description, allowedPattern, tier, number } = version;
  return {
    Name: name,
    Type: type,
    ...(type === "SecureString" && { KeyId: OWN_KEY }),
    LastModifiedDate: new Date(version.createdAtMs),
    ...(description !== "" && { Description: description }),
    ...(allowedPattern !== "" && { AllowedPattern: allowedPattern }),
    Version: number,
    Tier: tier,
    DataType: DATA_TYPE,
  };
}

export function describeParameter(
  parameter: Parameter,
  { scope }: Pick<HandlerContext, "scope">,
): SecretType<"ParameterMetadata"> {
  return { ...versionFacts(parameter, newestOf(parameter)), ARN: parameterArn(scope, parameter.name) };
}

/** Throws unless there are one to ten names, each once. */
export function assertFewNames(names: readonly string[]): void {
  if (names.length === 0 || names.length > NAMES_MAX) {
    throw invalidParameter("Names", `it has ${names.length} names and may have 1 to ${NAMES_MAX}`);
  }
  if (new Set(names).size < names.length) throw invalidParameter("Names", "it holds a name twice");
}

/** The parameter that a call about tags names. Throws InvalidResourceType, InvalidResourceId. */
export async function findTaggedParameter(
  { ResourceType: type, ResourceId: name }: SecretType<"ParameterTagsRequest">,
  { parameters }: Tables,
): Promise<Parameter> {
  if (type !== "Parameter") throw new SlipwayError("ParameterResourceType", { type });
  const parameter = await parameters.get(name);
  if (parameter === null) throw new SlipwayError("ParameterResourceUnknown", { name });
  return parameter;
}

/** The tags of a parameter after a request laid these over them. */
export function parameterTags(
  present: readonly Tag[],
  given: readonly SecretType<"ParameterTag">[],
  { quotas }: Pick<HandlerContext, "quotas">,
): readonly Tag[] {
  if (given.some(({ Key }) => Key.startsWith("slipway:"))) {
    throw invalidParameter("Tags", "tags that start with slipway: are of services");
  }
  const all = withTags(
    present,
    given.map(({ Key, Value }) => ({ key: Key, value: Value })),
  );
  if (all.length <= quotas.tagsPerResource) return all;
  throw new SlipwayError("ParameterTagsFull", { limit: quotas.tagsPerResource });
}

export function invalidParameter(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidParameterRequest", { path, problem });
}
