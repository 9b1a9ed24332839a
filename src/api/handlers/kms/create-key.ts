import type { InputOf } from "../../../contract/index.ts";
import { type EncryptionKey, encryptionKeyArn, KEY_MATERIAL } from "../../../domain/encryption-key.ts";
import { SlipwayError } from "../../../domain/error.ts";
import type { Handler } from "../../handler.ts";
import { toUuid } from "../../request-id.ts";
import { ALGORITHM, invalidKey, keyTags, toWireMetadata, USAGE } from "../../resources/encryption-key.ts";

/** KMS API, CreateKey: symmetric, for encryption, with material that is made here. */
export const createKey: Handler<"TrentService.CreateKey"> = async (input, context) => {
  const { store, scope, ids, clock, quotas, keyCiphers } = context;
  refuseOtherKinds(input);
  const name = toUuid(ids.hex32());
  const key: EncryptionKey = {
    arn: encryptionKeyArn(scope, name),
    name,
    status: "ENABLED",
    description: input.Description ?? "",
    createdAtMs: clock.now(),
    deleteAtMs: null,
    tags: keyTags([], input.Tags ?? [], context),
  };
  await store.transaction(async (tx) => {
    if ((await tx.encryptionKeys.count()) >= quotas.encryptionKeys) {
      throw new SlipwayError("KeyLimitReached", { what: `keys (${quotas.encryptionKeys})` });
    }
    await tx.encryptionKeys.save(key);
    await tx.sealedValues.save(key.arn, KEY_MATERIAL, keyCiphers.newMaterial(key.arn));
  });
  return { KeyMetadata: toWireMetadata(key, scope) };
};

/** What was asked for and is not there. */
function refuseOtherKinds(input: InputOf<"TrentService.CreateKey">): void {
  const { KeyUsage = USAGE, Origin = "AWS_KMS" } = input;
  const spec = input.KeySpec ?? input.CustomerMasterKeySpec ?? ALGORITHM;
  if (KeyUsage !== USAGE) throw unsupported("KeyUsage", `keys here are for ${USAGE} alone`);
  if (spec !== ALGORITHM) throw unsupported("KeySpec", `keys here are ${ALGORITHM} (AES-256-GCM) alone`);
  if (Origin !== "AWS_KMS") throw unsupported("Origin", "material is made here, as AWS_KMS has it");
  if (input.CustomKeyStoreId !== undefined || input.XksKeyId !== undefined) {
    throw unsupported("CustomKeyStoreId", "keys are in the database, under the vault; leave it out");
  }
  if (input.MultiRegion === true) throw unsupported("MultiRegion", "there is one Region; leave it out");
  if (input.Policy !== undefined) {
    throw invalidKey(
      "Policy",
      "every key has the default policy, which leaves all to the policies of users and roles; leave it out",
    );
  }
}

function unsupported(path: string, problem: string): SlipwayError {
  return new SlipwayError("KeyUnsupported", { path, problem });
}
