/** A new access key: its row, and the secret that is told once. */
import { randomBytes } from "node:crypto";
import { accessKeyPurpose, newIdentityId, newSecretKey, type RandomBytes } from "../../domain/access-key.ts";
import type { AccessKey } from "../../ports/store.ts";
import type { Vault } from "../../ports/vault.ts";

export interface NewKeyOptions {
  readonly vault: Pick<Vault, "seal">;
  readonly nowMs: number;
  /** A parameter for tests only. */
  readonly random?: RandomBytes;
}

export interface NewKey {
  readonly row: AccessKey;
  readonly secret: string;
}

export function newAccessKey(
  principalArn: string,
  { vault, nowMs, random = randomBytes }: NewKeyOptions,
): NewKey {
  const id = newIdentityId("AKIA", random);
  const secret = newSecretKey(random);
  const sealedSecret = vault.seal(accessKeyPurpose(id), secret);
  return {
    row: { id, sealedSecret, principalArn, createdAtMs: nowMs, isActive: true, lastUsed: null },
    secret,
  };
}
