/**
 * Keys of KMS without a store, for tests: every ARN is a key, the same in each process, until a test disables or deletes it.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { type DataKey, type EncryptionKeys, KeyUnavailable } from "./encryption-keys.ts";
import { SealBroken } from "./vault.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class FakeEncryptionKeys implements EncryptionKeys {
  /** How often a data key was opened. */
  openedCount = 0;
  readonly #unavailable = new Map<string, KeyUnavailable["reason"]>();
  readonly #listeners: ((keyArn: string) => void)[] = [];

  /** Null: usable again. */
  setUnavailable(keyArn: string, reason: KeyUnavailable["reason"] | null): void {
    if (reason === null) this.#unavailable.delete(keyArn);
    else this.#unavailable.set(keyArn, reason);
    for (const listener of this.#listeners) listener(keyArn);
  }

  async newDataKey(keyArn: string, context: string): Promise<DataKey> {
    const key = this.#keyOf(keyArn);
    const plaintext = randomBytes(32);
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(context));
    const parts = [nonce, cipher.update(plaintext), cipher.final(), cipher.getAuthTag()];
    return { plaintext, wrapped: Buffer.concat(parts).toString("base64url") };
  }

  async openDataKey(keyArn: string, wrapped: string, context: string): Promise<Buffer> {
    const key = this.#keyOf(keyArn);
    this.openedCount++;
    const bytes = Buffer.from(wrapped, "base64url");
    try {
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(-TAG_BYTES));
      return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    } catch (cause) {
      throw new SealBroken("the wrapped key was changed", { cause });
    }
  }

  async assertUsable(keyArn: string): Promise<void> {
    this.#keyOf(keyArn);
  }

  onChange(listener: (keyArn: string) => void): void {
    this.#listeners.push(listener);
  }

  #keyOf(keyArn: string): Buffer {
    const reason = this.#unavailable.get(keyArn);
    if (reason !== undefined) throw new KeyUnavailable(keyArn, reason, `The key ${keyArn} is ${reason}.`);
    return createHash("sha256").update(keyArn).digest();
  }
}
