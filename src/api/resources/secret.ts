/** Secrets as the handlers need them: found, opened, with one version more. Values are sealed here, and only here opened. */
import type { SecretType } from "../../contract/index.ts";
import { SlipwayError } from "../../domain/error.ts";
import {
  isGone,
  parseSecretId,
  type Secret,
  type SecretValue,
  sealPurpose,
  withVersion,
} from "../../domain/stored-secret.ts";
import { type Tag, withTags } from "../../domain/tag.ts";
import type { Tables } from "../../ports/store.ts";
import { SealBroken } from "../../ports/vault.ts";
import type { HandlerContext } from "../handler.ts";
import { toUuid } from "../request-id.ts";

const VALUE_BYTES_MAX = 65_536;
/** The only key there is, under the name that AWS gives it. */
const OWN_KEY = "alias/aws/secretsmanager";

/** Throws SecretNotFound. What is marked for deletion is found. */
export async function findSecret(
  secretId: string,
  tables: Tables,
  { scope, clock }: Pick<HandlerContext, "scope" | "clock">,
): Promise<Secret> {
  const wanted = parseSecretId(secretId, scope);
  const found = wanted === null ? null : await lookUp(wanted, tables);
  if (found === null || isGone(found, clock.now())) throw new SlipwayError("SecretNotFound");
  return found;
}

async function lookUp(
  { arn, name }: NonNullable<ReturnType<typeof parseSecretId>>,
  { secrets }: Tables,
): Promise<Secret | null> {
  const whole = arn === null ? null : await secrets.get(arn);
  return whole ?? (await secrets.findByName(name));
}

/** With all its values. */
export async function forgetSecret({ arn }: Secret, tables: Tables): Promise<void> {
  await tables.secrets.remove(arn);
  await tables.sealedValues.removeAll(arn);
}

/** Null where the request has none. */
export function valueFromWire({
  SecretString: text,
  SecretBinary: base64,
}: {
  readonly SecretString?: string | undefined;
  readonly SecretBinary?: string | undefined;
}): SecretValue | null {
  if (text !== undefined && base64 !== undefined) {
    throw invalidSecret("SecretBinary", "a secret is SecretString or SecretBinary, not both");
  }
  const bytes = base64 === undefined ? null : Buffer.from(base64, "base64");
  const sizeBytes = bytes?.length ?? Buffer.byteLength(text ?? "");
  if (sizeBytes > VALUE_BYTES_MAX) {
    const path = bytes === null ? "SecretString" : "SecretBinary";
    throw invalidSecret(path, `it has ${sizeBytes} bytes and may have ${VALUE_BYTES_MAX}`);
  }
  if (bytes !== null) return { kind: "binary", binary: bytes.toString("base64") };
  return text === undefined ? null : { kind: "text", text };
}

export function valueToWire(value: SecretValue): { SecretString: string } | { SecretBinary: string } {
  return value.kind === "text" ? { SecretString: value.text } : { SecretBinary: value.binary };
}

/** The context of a handler, and the tables that it has now: the store's or a transaction's. */
export interface SecretWork extends Pick<HandlerContext, "vault" | "ids" | "clock"> {
  readonly tables: Tables;
}

export interface WishedVersion {
  /** ClientRequestToken. */
  readonly id: string | undefined;
  readonly value: SecretValue;
  readonly stages: readonly string[];
}

/**
 * Saves the secret with one version more. The same version with the same value again changes nothing, for clients repeat
 * calls. Call inside a transaction.
 */
export async function addVersion(
  secret: Secret,
  wish: WishedVersion,
  work: SecretWork,
): Promise<{ readonly secret: Secret; readonly versionId: string }> {
  const { tables, vault, ids, clock } = work;
  const id = wish.id ?? toUuid(ids.hex32());
  if (secret.versions.some((version) => version.id === id)) {
    if (await holdsValue(secret, { id, value: wish.value }, work)) return { secret, versionId: id };
    throw new SlipwayError("SecretVersionExists", { id, arn: secret.arn });
  }
  const added = withVersion(secret, { id, stages: wish.stages, nowMs: clock.now() });
  await tables.secrets.save(added.secret);
  const sealed = vault.seal(sealPurpose(secret.arn, id), JSON.stringify(wish.value));
  await tables.sealedValues.save(secret.arn, id, sealed);
  await tables.sealedValues.remove(secret.arn, added.forgotten);
  return { secret: added.secret, versionId: id };
}

/** Whether the version of this id has this value. */
export async function holdsValue(
  secret: Secret,
  version: { readonly id: string; readonly value: SecretValue },
  work: Pick<SecretWork, "tables" | "vault">,
): Promise<boolean> {
  const present = await openVersion(secret, version.id, work);
  return JSON.stringify(present) === JSON.stringify(version.value);
}

/** Throws SecretNotOpened when it was sealed under another master key. */
export async function openVersion(
  { arn }: Secret,
  versionId: string,
  { tables, vault }: Pick<SecretWork, "tables" | "vault">,
): Promise<SecretValue> {
  const sealed = await tables.sealedValues.get(arn, versionId);
  if (sealed === null) throw new SlipwayError("SecretVersionNotFound", { what: `VersionId: ${versionId}` });
  try {
    return JSON.parse(vault.open(sealPurpose(arn, versionId), sealed)) as SecretValue;
  } catch (cause) {
    if (!(cause instanceof SealBroken)) throw cause;
    throw new SlipwayError("SecretNotOpened", { problem: cause.message }, { cause });
  }
}

/** What was asked for and is not there. */
export function refuseUnsupported(input: {
  readonly KmsKeyId?: string | undefined;
  readonly Type?: string | undefined;
  readonly AddReplicaRegions?: readonly unknown[] | undefined;
  readonly RotationToken?: string | undefined;
}): void {
  const { KmsKeyId: key = "", Type: type = "", AddReplicaRegions: replicas = [] } = input;
  if (key !== "" && key !== OWN_KEY) {
    throw invalidSecret("KmsKeyId", `there are no keys but ${OWN_KEY}; leave it out`);
  }
  if (type !== "") throw invalidSecret("Type", "secrets that others manage are not available; leave it out");
  if (replicas.length > 0) throw invalidSecret("AddReplicaRegions", "there is one Region; leave it out");
  if (input.RotationToken !== undefined) {
    throw invalidSecret("RotationToken", "rotation is not available; leave it out");
  }
}

/** The tags of a secret after a request laid these over them. */
export function secretTags(
  present: readonly Tag[],
  given: readonly SecretType<"SecretTag">[] | undefined,
  { quotas }: Pick<HandlerContext, "quotas">,
): readonly Tag[] {
  const tags = (given ?? []).map(({ Key, Value }, index) => {
    if (Key === undefined) throw invalidSecret(`Tags[${index}].Key`, "it is required");
    if (Key.startsWith("slipway:"))
      throw invalidSecret("Tags", "tags that start with slipway: are of services");
    return { key: Key, value: Value ?? "" };
  });
  const all = withTags(present, tags);
  if (all.length <= quotas.tagsPerResource) return all;
  throw invalidSecret("Tags", `a secret has at most ${quotas.tagsPerResource} tags`);
}

export function invalidSecret(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidSecretRequest", { path, problem });
}

export function secretNames({ arn, name }: Secret): { ARN: string; Name: string } {
  return { ARN: arn, Name: name };
}

/** Members that DescribeSecret and ListSecrets share. */
export function secretFacts(secret: Secret) {
  const { description, tags } = secret;
  return {
    ...secretNames(secret),
    ...(description !== "" && { Description: description }),
    CreatedDate: new Date(secret.createdAtMs),
    LastChangedDate: new Date(secret.changedAtMs),
    Tags: tags.map(({ key, value }) => ({ Key: key, Value: value })),
  };
}

/** Version id → its stages; versions without any are left out. */
export function stagesToWire({ versions }: Secret): Readonly<Record<string, readonly string[]>> {
  const labelled = versions.filter(({ stages }) => stages.length > 0);
  return Object.fromEntries(labelled.map(({ id, stages }) => [id, stages]));
}
