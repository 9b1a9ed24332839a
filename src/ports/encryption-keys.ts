/**
 * Keys of KMS, as far as others need them: logs of a service are encrypted under data keys, and those stand wrapped beside what
 * they encrypt. Without the key of KMS they cannot be opened, whoever has the files. Implementation:
 * `secrets/keys/`.
 */
import type { KeyProblem } from "../domain/encryption-key.ts";

export interface EncryptionKeys {
  /** A new data key of 32 bytes. Opens only with the same `context`, which is not secret. Throws KeyUnavailable. */
  newDataKey(keyArn: string, context: string): Promise<DataKey>;
  /** Throws KeyUnavailable; SealBroken when it was changed, or wrapped under another key or for another context. */
  openDataKey(keyArn: string, wrapped: string, context: string): Promise<Buffer>;
  /** Throws KeyUnavailable while the two above would. */
  assertUsable(keyArn: string): Promise<void>;
  /** Tells of each key that can no longer be used, or can again. Whoever keeps opened data keys forgets them then. */
  onChange(listener: (keyArn: string) => void): void;
}

export interface DataKey {
  readonly plaintext: Buffer;
  /** Text to store. */
  readonly wrapped: string;
}

/** The message names the key, says why, and what would help. */
export class KeyUnavailable extends Error {
  override readonly name = "KeyUnavailable";
  readonly keyArn: string;
  readonly reason: KeyProblem;

  constructor(keyArn: string, reason: KeyProblem, message: string) {
    super(message);
    this.keyArn = keyArn;
    this.reason = reason;
  }
}
