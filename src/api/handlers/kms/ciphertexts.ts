/** KMS API: up to 4 KiB encrypted, decrypted, and encrypted anew under another key. */
import type { Principal } from "../../../domain/identity.ts";
import { encryptionKeyArn, keyIdOfCiphertext } from "../../../domain/encryption-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { EncryptionContext } from "../../../ports/key-ciphers.ts";
import { assertAllowed } from "../../authorization.ts";
import { askedKey, openedKeys } from "../../authorization/key-rules.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import {
  ALGORITHM,
  contextOf,
  findKey,
  plaintextOf,
  refuseUnavailable,
  withKey,
} from "../../resources/encryption-key.ts";

export const encrypt: Handler<"TrentService.Encrypt"> = async (input, context) => {
  refuseUnavailable(input);
  const { store, scope, keyCiphers } = context;
  const { arn } = await findKey(input.KeyId, store, { scope });
  const [plaintext, bound] = [plaintextOf(input.Plaintext), contextOf(input.EncryptionContext)];
  const ciphertext = await withKey(() => keyCiphers.encrypt(arn, plaintext, bound));
  return { KeyId: arn, CiphertextBlob: ciphertext.toString("base64"), EncryptionAlgorithm: ALGORITHM };
};

export const decrypt: Handler<"TrentService.Decrypt"> = async (input, context) => {
  refuseUnavailable(input);
  const { keyArn, plaintext } = await open(
    { blob: input.CiphertextBlob, keyId: input.KeyId, bound: contextOf(input.EncryptionContext) },
    context,
  );
  return { KeyId: keyArn, Plaintext: plaintext.toString("base64"), EncryptionAlgorithm: ALGORITHM };
};

/** Policies speak of it as `kms:ReEncryptFrom` the one key and `kms:ReEncryptTo` the other. [AWS] */
export const reEncrypt: Handler<"TrentService.ReEncrypt"> = async (input, context, caller) => {
  const { store, scope, keyCiphers } = context;
  await assertMayReEncrypt(input, caller, context);
  refuseUnavailable({ ...input, EncryptionAlgorithm: input.SourceEncryptionAlgorithm });
  refuseUnavailable({ EncryptionAlgorithm: input.DestinationEncryptionAlgorithm });
  const source = await open(
    {
      blob: input.CiphertextBlob,
      keyId: input.SourceKeyId,
      bound: contextOf(input.SourceEncryptionContext),
    },
    context,
  );
  const { arn } = await findKey(input.DestinationKeyId, store, { scope });
  const bound = contextOf(input.DestinationEncryptionContext);
  const ciphertext = await withKey(() => keyCiphers.encrypt(arn, source.plaintext, bound));
  return {
    KeyId: arn,
    CiphertextBlob: ciphertext.toString("base64"),
    SourceKeyId: source.keyArn,
    SourceEncryptionAlgorithm: ALGORITHM,
    DestinationEncryptionAlgorithm: ALGORITHM,
  };
};

async function assertMayReEncrypt(
  { CiphertextBlob, SourceKeyId, DestinationKeyId }: Parameters<typeof reEncrypt>[0],
  caller: Principal,
  context: HandlerContext,
): Promise<void> {
  const asker = { principal: caller, conditions: new Map() };
  for (const resource of await openedKeys({ keyId: SourceKeyId, ciphertext: CiphertextBlob }, context)) {
    await assertAllowed({ action: "kms:ReEncryptFrom", resource }, asker, context);
  }
  const to = await askedKey(DestinationKeyId, context);
  await assertAllowed({ action: "kms:ReEncryptTo", resource: to }, asker, context);
}

interface Opening {
  /** Base64. */
  readonly blob: string;
  /** Undefined: the ciphertext's own. */
  readonly keyId: string | undefined;
  readonly bound: EncryptionContext;
}

async function open(
  { blob, keyId, bound }: Opening,
  { store, scope, keyCiphers }: Pick<HandlerContext, "store" | "scope" | "keyCiphers">,
) {
  const ciphertext = Buffer.from(blob, "base64");
  const madeBy = keyIdOfCiphertext(ciphertext);
  if (madeBy === null) throw new SlipwayError("CiphertextInvalid");
  const keyArn = encryptionKeyArn(scope, madeBy);
  const named = keyId === undefined ? keyArn : (await findKey(keyId, store, { scope })).arn;
  if (named !== keyArn) throw new SlipwayError("KeyIncorrect");
  const plaintext = await withKey(() => keyCiphers.decrypt(keyArn, ciphertext, bound));
  return { keyArn, plaintext };
}
