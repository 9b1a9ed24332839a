/** KMS API: keys for whoever encrypts themselves, in the open and under a key of KMS. */
import type { InputOf } from "../../../contract/index.ts";
import type { Handler, HandlerContext } from "../../handler.ts";
import {
  contextOf,
  findKey,
  invalidKey,
  refuseUnavailable,
  withKey,
} from "../../resources/encryption-key.ts";

const SPEC_BYTES = { AES_128: 16, AES_256: 32 } as const;

export const generateDataKey: Handler<"TrentService.GenerateDataKey"> = async (input, context) => {
  const { keyArn, plaintext, ciphertext } = await make(input, context);
  return {
    KeyId: keyArn,
    CiphertextBlob: ciphertext.toString("base64"),
    Plaintext: plaintext.toString("base64"),
  };
};

export const generateDataKeyWithoutPlaintext: Handler<
  "TrentService.GenerateDataKeyWithoutPlaintext"
> = async (input, context) => {
  const { keyArn, ciphertext } = await make(input, context);
  return { KeyId: keyArn, CiphertextBlob: ciphertext.toString("base64") };
};

type DataKeyInput = InputOf<"TrentService.GenerateDataKey">;

async function make(
  input: DataKeyInput,
  { store, scope, keyCiphers }: Pick<HandlerContext, "store" | "scope" | "keyCiphers">,
) {
  refuseUnavailable(input);
  const plaintext = keyCiphers.randomBytes(byteCountOf(input));
  const { arn } = await findKey(input.KeyId, store, { scope });
  const bound = contextOf(input.EncryptionContext);
  const ciphertext = await withKey(() => keyCiphers.encrypt(arn, plaintext, bound));
  return { keyArn: arn, plaintext, ciphertext };
}

function byteCountOf({ KeySpec: spec, NumberOfBytes: count }: DataKeyInput): number {
  if ((spec === undefined) === (count === undefined)) {
    throw invalidKey("KeySpec", "either it or NumberOfBytes is needed, and not both");
  }
  return spec === undefined ? (count ?? 0) : SPEC_BYTES[spec];
}
