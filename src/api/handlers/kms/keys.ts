/** KMS API: keys told, listed and described. */
import type { Handler } from "../../handler.ts";
import { assertStays, findKey, findKeyItself, toWireMetadata } from "../../resources/encryption-key.ts";
import { readKmsPage } from "./paging.ts";

const KEYS_PER_PAGE = 100;

export const describeKey: Handler<"TrentService.DescribeKey"> = async (input, { store, scope }) => ({
  KeyMetadata: toWireMetadata(await findKey(input.KeyId, store, { scope }), scope),
});

/** In order of their ids. */
export const listKeys: Handler<"TrentService.ListKeys"> = async (input, context) => {
  const { rows, cut } = await readKmsPage(
    { operation: "TrentService.ListKeys", input, limit: KEYS_PER_PAGE },
    context,
    (page) => context.store.encryptionKeys.list(page),
  );
  return { Keys: rows.map(({ name, arn }) => ({ KeyId: name, KeyArn: arn })), ...cut };
};

export const updateKeyDescription: Handler<"TrentService.UpdateKeyDescription"> = async (
  input,
  { store, scope },
) =>
  store.transaction(async (tx) => {
    const key = await findKeyItself(input.KeyId, tx, { scope });
    assertStays(key);
    await tx.encryptionKeys.save({ ...key, description: input.Description });
    return {};
  });
