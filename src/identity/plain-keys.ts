/** Earlier versions kept the secrets of access keys as they are: those are sealed, all or none. */
import { accessKeyPurpose } from "../domain/access-key.ts";
import type { Store } from "../ports/store.ts";
import type { Vault } from "../ports/vault.ts";

/** What the vault seals has dots; a secret of 40 characters of base64 has none. */
const isPlain = (secret: string): boolean => !secret.includes(".");

/** How many there were. */
export async function sealPlainKeys(store: Pick<Store, "transaction">, vault: Vault): Promise<number> {
  return store.transaction(async (tx) => {
    const plain = (await tx.accessKeys.list()).filter(({ sealedSecret }) => isPlain(sealedSecret));
    for (const key of plain) {
      const sealedSecret = vault.seal(accessKeyPurpose(key.id), key.sealedSecret);
      await tx.accessKeys.save({ ...key, sealedSecret });
    }
    return plain.length;
  });
}
