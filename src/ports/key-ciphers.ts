/**
 * What the API does with the material of keys of KMS. It stands in the store's sealed values, owned by the key's ARN, as
 * version `KEY_MATERIAL`: where that is removed, all is lost that the key encrypted. Implementation: `secrets/keys/`.
 */
export interface KeyCiphers {
  /** Sealed material for a new key: 256 bits of chance. To be stored. */
  newMaterial(keyArn: string): string;
  /** The ciphertext names its key (`keyIdOfCiphertext`). Throws KeyUnavailable. */
  encrypt(keyArn: string, plaintext: Buffer, context: EncryptionContext): Promise<Buffer>;
  /** Throws KeyUnavailable; SealBroken when it was changed, or made by another key or for another context. */
  decrypt(keyArn: string, ciphertext: Buffer, context: EncryptionContext): Promise<Buffer>;
  randomBytes(count: number): Buffer;
  /** The key can no longer be used, or can again. Call it after the transaction that made it so. */
  changed(keyArn: string): void;
}

/** Not secret; it must be the same when it is opened, in any order. */
export type EncryptionContext = Readonly<Record<string, string>>;
