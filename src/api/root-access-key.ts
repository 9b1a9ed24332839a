/**
 * The root access key: made at the first start, from a cryptographic source, and shown once by whoever starts Slipway.
 * There are no default credentials.
 */
import { accessKeyPurpose, type RandomBytes } from "../domain/access-key.ts";
import type { AccountScope } from "../domain/arn.ts";
import { rootArn } from "../domain/identity-arn.ts";
import type { Clock } from "../ports/clock.ts";
import type { AccessKey, Store } from "../ports/store.ts";
import { SealBroken, type Vault } from "../ports/vault.ts";
import { newAccessKey } from "./resources/access-key.ts";

export interface RootKeyOptions {
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
  readonly vault: Vault;
  /** Bytes from a cryptographic source; a parameter for tests only. */
  readonly random?: RandomBytes;
}

export interface RootKey {
  readonly id: string;
  readonly secret: string;
  readonly isNew: boolean;
}

/**
 * The oldest active one, or a new one where there is none: whoever owns the machine is root, also when the last key was
 * made inactive. A key that the vault cannot open (the master key is another one) is of use to nobody and is removed.
 */
export async function ensureRootAccessKey(store: Store, options: RootKeyOptions): Promise<RootKey> {
  const { scope, clock, vault, random } = options;
  return store.transaction(async (tx) => {
    for (const key of await tx.accessKeys.listOf(rootArn(scope))) {
      const secret = secretOf(key, vault);
      if (secret === null) await tx.accessKeys.remove(key.id);
      else if (key.isActive) return { id: key.id, secret, isNew: false };
    }
    const { row, secret } = newAccessKey(rootArn(scope), {
      vault,
      nowMs: clock.now(),
      ...(random && { random }),
    });
    await tx.accessKeys.save(row);
    return { id: row.id, secret, isNew: true };
  });
}

function secretOf({ id, sealedSecret }: AccessKey, vault: Vault): string | null {
  try {
    return vault.open(accessKeyPurpose(id), sealedSecret);
  } catch (error) {
    if (error instanceof SealBroken) return null;
    throw error;
  }
}
