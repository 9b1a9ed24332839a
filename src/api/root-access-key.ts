/**
 * The root access key: made at the first start, from a cryptographic source, and shown once by whoever starts Slipway.
 * There are no default credentials.
 */
import { randomBytes } from "node:crypto";
import type { AccountScope } from "../domain/arn.ts";
import type { Clock } from "../ports/clock.ts";
import type { AccessKey, Store } from "../ports/store.ts";

export interface RootKeyOptions {
  readonly scope: AccountScope;
  readonly clock: Pick<Clock, "now">;
  /** Bytes from a cryptographic source; a parameter for tests only. */
  readonly random?: (size: number) => Uint8Array;
}

const SECRET_BYTES = 30;
const ID_CHARACTERS = 16;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export function rootPrincipalArn(scope: AccountScope): string {
  return `arn:aws:iam::${scope.account}:root`;
}

/** The key that was made, or null when the installation has one already: its secret is not shown again. */
export async function ensureRootAccessKey(store: Store, options: RootKeyOptions): Promise<AccessKey | null> {
  const principalArn = rootPrincipalArn(options.scope);
  return store.transaction(async (tx) => {
    const keys = await tx.accessKeys.list();
    if (keys.some((key) => key.principalArn === principalArn)) return null;
    const key = newKey(principalArn, options);
    await tx.accessKeys.save(key);
    return key;
  });
}

/** Shaped as AWS's: `AKIA` and 16 of A–Z, 2–7 (80 bits); a secret of 40 characters (240 bits). */
function newKey(principalArn: string, options: RootKeyOptions): AccessKey {
  const random = options.random ?? randomBytes;
  const id = Array.from(random(ID_CHARACTERS), (byte) => BASE32.charAt(byte % BASE32.length)).join("");
  const secret = Buffer.from(random(SECRET_BYTES)).toString("base64");
  return { id: `AKIA${id}`, secret, principalArn, createdAtMs: options.clock.now() };
}
