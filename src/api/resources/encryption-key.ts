/** Keys of KMS as the handlers need them: found by any of their names, told, used. */
import type { KeyType } from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import {
  type EncryptionKey,
  type EncryptionKeyStatus,
  keyAliasArn,
  type KeyAlias,
  parseKeyReference,
} from "../../domain/encryption-key.ts";
import { SlipwayError } from "../../domain/error.ts";
import { type Tag, withTags } from "../../domain/tag.ts";
import { KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { Tables } from "../../ports/store.ts";
import { SealBroken } from "../../ports/vault.ts";
import type { HandlerContext } from "../handler.ts";
import { ALL_ROWS } from "../paging.ts";
import { toDate, toOptionalDate } from "../wire/time.ts";

export const ALGORITHM = "SYMMETRIC_DEFAULT";
export const USAGE = "ENCRYPT_DECRYPT";
const PLAINTEXT_BYTES_MAX = 4_096;
const CONTEXT_BYTES_MAX = 8_192;

type KeyTables = Pick<Tables, "encryptionKeys" | "keyAliases">;

/** By id, ARN, alias or the alias's ARN. Throws in KMS's words. A deleted key is not found. */
export async function findKey(
  keyId: string,
  tables: KeyTables,
  { scope }: { readonly scope: AccountScope },
): Promise<EncryptionKey> {
  const reference = parseKeyReference(keyId, scope);
  if (reference === null) {
    if (keyId.startsWith("arn:")) throw new SlipwayError("KeyArnForeign", { arn: keyId });
    throw new SlipwayError("KeyIdInvalid", { id: keyId });
  }
  if (reference.kind === "key") return await liveKey(reference.arn, tables);
  const alias = await tables.keyAliases.findByName(reference.name);
  const arn = keyAliasArn(scope, reference.name);
  if (alias === null) throw new SlipwayError("KeyAliasNotFound", { arn });
  return await liveKey(alias.keyArn, tables);
}

/** As `findKey`, for what takes no alias. */
export async function findKeyItself(
  keyId: string,
  tables: KeyTables,
  context: { readonly scope: AccountScope },
): Promise<EncryptionKey> {
  if (parseKeyReference(keyId, context.scope)?.kind === "alias") {
    throw new SlipwayError("KeyIdInvalid", { id: keyId });
  }
  return await findKey(keyId, tables, context);
}

async function liveKey(arn: string, { encryptionKeys }: KeyTables): Promise<EncryptionKey> {
  const key = await encryptionKeys.get(arn);
  if (key === null || key.status === "DELETED") throw new SlipwayError("KeyNotFound", { arn });
  return key;
}

/** Throws KeyPendingDeletion. */
export function assertStays({ arn, status }: EncryptionKey): void {
  if (status === "PENDING_DELETION") throw new SlipwayError("KeyPendingDeletion", { arn });
}

/** Of one key, or all; by name. */
export async function aliasesOf(keyArn: string, { keyAliases }: KeyTables): Promise<readonly KeyAlias[]> {
  const { rows } = await keyAliases.list({ after: null, limit: ALL_ROWS });
  return rows.filter((alias) => alias.keyArn === keyArn);
}

const STATES = {
  ENABLED: "Enabled",
  DISABLED: "Disabled",
  PENDING_DELETION: "PendingDeletion",
} as const satisfies Record<Exclude<EncryptionKeyStatus, "DELETED">, string>;

export type WireKeyState = (typeof STATES)[keyof typeof STATES];

/** Deleted ones are not told. */
export function toWireState(status: EncryptionKeyStatus): WireKeyState {
  return status === "DELETED" ? "PendingDeletion" : STATES[status];
}

export function toWireMetadata(
  key: EncryptionKey,
  { account }: Pick<AccountScope, "account">,
): KeyType<"KmsKeyMetadata"> {
  return {
    AWSAccountId: account,
    KeyId: key.name,
    Arn: key.arn,
    CreationDate: toDate(key.createdAtMs),
    Enabled: key.status === "ENABLED",
    Description: key.description,
    KeyUsage: USAGE,
    KeyState: toWireState(key.status),
    DeletionDate: toOptionalDate(key.deleteAtMs),
    Origin: "AWS_KMS",
    KeyManager: "CUSTOMER",
    CustomerMasterKeySpec: ALGORITHM,
    KeySpec: ALGORITHM,
    EncryptionAlgorithms: [ALGORITHM],
    MultiRegion: false,
  };
}

/** The tags of a key after a request laid these over them. */
export function keyTags(
  present: readonly Tag[],
  given: readonly KeyType<"KmsTag">[],
  { quotas }: Pick<HandlerContext, "quotas">,
): readonly Tag[] {
  const tags = given.map(({ TagKey, TagValue }) => ({ key: TagKey, value: TagValue }));
  if (tags.some(({ key }) => key.startsWith("slipway:"))) {
    throw new SlipwayError("KeyTagsRefused", { problem: "those that begin with slipway: are of services" });
  }
  const all = withTags(present, tags);
  if (all.length <= quotas.tagsPerResource) return all;
  throw new SlipwayError("KeyLimitReached", { what: `tags of one key (${quotas.tagsPerResource})` });
}

export interface CryptoWish {
  readonly DryRun?: boolean | undefined;
  readonly GrantTokens?: readonly string[] | undefined;
  readonly Recipient?: object | undefined;
  readonly EncryptionAlgorithm?: string | undefined;
}

/** What was asked for and is not there. */
export function refuseUnavailable(wish: CryptoWish): void {
  const { EncryptionAlgorithm: algorithm = ALGORITHM } = wish;
  if (algorithm !== ALGORITHM) throw invalidKey("EncryptionAlgorithm", `keys here know ${ALGORITHM} alone`);
  if (wish.DryRun === true) throw invalidKey("DryRun", "it is not available; leave it out");
  if ((wish.GrantTokens ?? []).length > 0)
    throw invalidKey("GrantTokens", "there are no grants; leave it out");
  if (wish.Recipient !== undefined) throw invalidKey("Recipient", "there are no enclaves; leave it out");
}

/** Throws for bytes or a context of more than KMS's sizes. */
export function plaintextOf(base64: string): Buffer {
  const bytes = Buffer.from(base64, "base64");
  if (bytes.length <= PLAINTEXT_BYTES_MAX) return bytes;
  throw invalidKey(
    "Plaintext",
    `it has ${bytes.length} bytes and may have ${PLAINTEXT_BYTES_MAX}: encrypt more with a data key`,
  );
}

export function contextOf(given: Readonly<Record<string, string>> | undefined) {
  const context = given ?? {};
  const bytes = Buffer.byteLength(JSON.stringify(context));
  if (bytes <= CONTEXT_BYTES_MAX) return context;
  throw invalidKey("EncryptionContext", `it has ${bytes} bytes and may have ${CONTEXT_BYTES_MAX}`);
}

/** Runs it, and says in KMS's words why the key or the ciphertext does not do. */
export async function withKey<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof SealBroken) throw new SlipwayError("CiphertextInvalid", {}, { cause: error });
    if (!(error instanceof KeyUnavailable)) throw error;
    const { keyArn: arn, reason } = error;
    throw new SlipwayError(REFUSALS[reason], { arn }, { cause: error });
  }
}

const REFUSALS = {
  disabled: "KeyDisabled",
  "pending deletion": "KeyPendingDeletion",
  deleted: "KeyNotFound",
  unknown: "KeyNotFound",
} as const satisfies Record<KeyUnavailable["reason"], string>;

export function invalidKey(path: string, problem: string): SlipwayError {
  return new SlipwayError("InvalidKeyRequest", { path, problem });
}
