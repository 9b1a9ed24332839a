/**
 * What calls of KMS are about: keys by their ARN, whatever names them. A refusal tells what was given, so that nobody learns
 * where an alias leads.
 */
import type { KeyOperationName } from "../../contract/index.ts";
import type { AccountScope } from "../../domain/arn.ts";
import {
  encryptionKeyArn,
  keyAliasArn,
  keyIdOfCiphertext,
  parseKeyReference,
} from "../../domain/encryption-key.ts";
import type { Store } from "../../ports/store.ts";
import {
  allOf,
  ANYTHING,
  anything,
  type AskedResource,
  named,
  type ResourceRule,
  textAt,
} from "./resource-rule.ts";

interface KeyPlace {
  readonly scope: AccountScope;
  readonly store: Pick<Store, "keyAliases">;
}

/** The key of this id, ARN or alias. */
export async function askedKey(keyId: string, { scope, store }: KeyPlace): Promise<AskedResource> {
  const reference = parseKeyReference(keyId, scope);
  if (reference === null)
    return { arn: keyId.startsWith("arn:") ? keyId : encryptionKeyArn(scope, keyId), told: keyId };
  if (reference.kind === "key") return { arn: reference.arn, told: reference.arn };
  const alias = await store.keyAliases.findByName(reference.name);
  return {
    arn: alias?.keyArn ?? keyAliasArn(scope, reference.name),
    told: keyAliasArn(scope, reference.name),
  };
}

/**
 * Of a ciphertext (base64) that is to be opened: the key that made it, whatever the call names, for an alias may lead elsewhere by the
 * time it is opened; and the key that the call names.
 */
export async function openedKeys(
  { keyId, ciphertext }: { readonly keyId: string | undefined; readonly ciphertext: string | undefined },
  place: KeyPlace,
): Promise<readonly AskedResource[]> {
  const named = keyId === undefined ? [] : [await askedKey(keyId, place)];
  const id = keyIdOfCiphertext(Buffer.from(ciphertext ?? "", "base64"));
  if (id === null) return named.length === 0 ? [ANYTHING] : named;
  const arn = encryptionKeyArn(place.scope, id);
  return [...named, { arn, told: arn }];
}

function keyIn(member: string): ResourceRule {
  return async (input, context) => {
    const keyId = textAt(input, member);
    return [keyId === undefined ? ANYTHING : await askedKey(keyId, context)];
  };
}

const key = keyIn("KeyId");
const alias = named("AliasName", (name, scope) => keyAliasArn(scope, name));
/** Who moves or takes an alias away changes what its present key is called. [AWS] */
const aliasedKey: ResourceRule = async (input, { store, scope }) => {
  const name = textAt(input, "AliasName") ?? "";
  const present = await store.keyAliases.findByName(name);
  return present === null ? [] : [{ arn: present.keyArn, told: keyAliasArn(scope, name) }];
};

function opened(member: string): ResourceRule {
  return async (input, context) =>
    openedKeys({ keyId: textAt(input, member), ciphertext: textAt(input, "CiphertextBlob") }, context);
}

export const keyRules: Readonly<Record<KeyOperationName, ResourceRule>> = {
  "TrentService.CancelKeyDeletion": key,
  "TrentService.CreateAlias": allOf(alias, keyIn("TargetKeyId")),
  "TrentService.CreateKey": anything,
  "TrentService.Decrypt": opened("KeyId"),
  "TrentService.DeleteAlias": allOf(alias, aliasedKey),
  "TrentService.DescribeKey": key,
  "TrentService.DisableKey": key,
  "TrentService.EnableKey": key,
  "TrentService.Encrypt": key,
  "TrentService.GenerateDataKey": key,
  "TrentService.GenerateDataKeyWithoutPlaintext": key,
  "TrentService.GetKeyPolicy": key,
  "TrentService.GetKeyRotationStatus": key,
  "TrentService.ListAliases": anything,
  "TrentService.ListKeyPolicies": key,
  "TrentService.ListKeys": anything,
  "TrentService.ListResourceTags": key,
  /** Decides itself: it is about two keys, each with an action of its own. */
  "TrentService.ReEncrypt": opened("SourceKeyId"),
  "TrentService.ScheduleKeyDeletion": key,
  "TrentService.TagResource": key,
  "TrentService.UntagResource": key,
  "TrentService.UpdateAlias": allOf(alias, aliasedKey, keyIn("TargetKeyId")),
  "TrentService.UpdateKeyDescription": key,
};
