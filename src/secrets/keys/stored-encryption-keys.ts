/**
 * Keys of KMS. The material stands in the database, sealed by the vault, and is opened for each use and never kept: a key that
 * was disabled or deleted is so for the next call. What it seals is AES-256-GCM under a key derived for its purpose, bound to the
 * ARN and to the context.
 *
 * Must never: write material or a plaintext to a log or an error.
 */
import { hkdfSync, randomBytes } from "node:crypto";
import {
  CIPHERTEXT_HEAD_BYTES,
  ciphertextHead,
  type EncryptionKey,
  KEY_MATERIAL,
  keyIdOf,
  keyIdOfCiphertext,
  keyProblem,
} from "../../domain/encryption-key.ts";
import { type DataKey, type EncryptionKeys, KeyUnavailable } from "../../ports/encryption-keys.ts";
import type { EncryptionContext, KeyCiphers } from "../../ports/key-ciphers.ts";
import type { Store } from "../../ports/store.ts";
import { SealBroken, type Vault } from "../../ports/vault.ts";
import { openBytes, sealBytes } from "../sealed-bytes.ts";

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
/** Of wrapped data keys. */
const VERSION = "k1";

type Purpose = "data keys" | "ciphertexts";

export interface StoredEncryptionKeysOptions {
  readonly store: Pick<Store, "encryptionKeys" | "sealedValues">;
  /** Its logs need not know what it opens: material reaches none. */
  readonly vault: Vault;
}

export class StoredEncryptionKeys implements EncryptionKeys, KeyCiphers {
  readonly #options: StoredEncryptionKeysOptions;
  readonly #listeners: ((keyArn: string) => void)[] = [];

  constructor(options: StoredEncryptionKeysOptions) {
    this.#options = options;
  }

  async newDataKey(keyArn: string, context: string): Promise<DataKey> {
    const key = await this.#keyFor(keyArn, "data keys");
    const plaintext = randomBytes(KEY_BYTES);
    const { nonce, body } = sealBytes(key, plaintext, boundTo(keyArn, context));
    return { plaintext, wrapped: [VERSION, nonce, body].join(".") };
  }

  async openDataKey(keyArn: string, wrapped: string, context: string): Promise<Buffer> {
    const key = await this.#keyFor(keyArn, "data keys");
    const [version, nonce = "", body = "", ...rest] = wrapped.split(".");
    if (version !== VERSION || rest.length > 0) throw new SealBroken("not a wrapped data key");
    return openBytes(key, { nonce, body }, boundTo(keyArn, context));
  }

  async assertUsable(keyArn: string): Promise<void> {
    const refusal = unavailable(keyArn, await this.#options.store.encryptionKeys.get(keyArn));
    if (refusal !== null) throw refusal;
  }

  onChange(listener: (keyArn: string) => void): void {
    this.#listeners.push(listener);
  }

  changed(keyArn: string): void {
    for (const listener of this.#listeners) listener(keyArn);
  }

  newMaterial(keyArn: string): string {
    return this.#options.vault.seal(materialPurpose(keyArn), randomBytes(KEY_BYTES).toString("base64"));
  }

  randomBytes(count: number): Buffer {
    return randomBytes(count);
  }

  async encrypt(keyArn: string, plaintext: Buffer, context: EncryptionContext): Promise<Buffer> {
    const key = await this.#keyFor(keyArn, "ciphertexts");
    const { nonce, body } = sealBytes(key, plaintext, boundTo(keyArn, contextText(context)));
    const sealed = [nonce, body].map((part) => Buffer.from(part, "base64url"));
    return Buffer.concat([ciphertextHead(keyArn), ...sealed]);
  }

  async decrypt(keyArn: string, ciphertext: Buffer, context: EncryptionContext): Promise<Buffer> {
    const key = await this.#keyFor(keyArn, "ciphertexts");
    if (keyIdOfCiphertext(ciphertext) !== keyIdOf(keyArn)) throw new SealBroken("made by another key");
    const bodyAt = CIPHERTEXT_HEAD_BYTES + NONCE_BYTES;
    const sealed = {
      nonce: ciphertext.toString("base64url", CIPHERTEXT_HEAD_BYTES, bodyAt),
      body: ciphertext.toString("base64url", bodyAt),
    };
    return openBytes(key, sealed, boundTo(keyArn, contextText(context)));
  }

  /** Throws KeyUnavailable. */
  async #keyFor(keyArn: string, purpose: Purpose): Promise<Buffer> {
    const { store, vault } = this.#options;
    const sealed = await store.sealedValues.get(keyArn, KEY_MATERIAL);
    // Read after the material: what is deleted meanwhile is not used.
    const refusal = unavailable(keyArn, await store.encryptionKeys.get(keyArn));
    if (refusal !== null) throw refusal;
    if (sealed === null) throw new SealBroken(`the material of ${keyArn} is not in the database`);
    const material = Buffer.from(vault.open(materialPurpose(keyArn), sealed), "base64");
    return Buffer.from(hkdfSync("sha256", material, "", `slipway key for ${purpose}`, KEY_BYTES));
  }
}

function unavailable(arn: string, key: EncryptionKey | null): KeyUnavailable | null {
  const problem = keyProblem(arn, key);
  return problem === null ? null : new KeyUnavailable(arn, problem.reason, problem.text);
}

function materialPurpose(keyArn: string): string {
  return `key material ${keyArn}`;
}

function boundTo(keyArn: string, context: string): string {
  return JSON.stringify([keyArn, context]);
}

/** The same for the same pairs in any order. */
function contextText(context: EncryptionContext): string {
  return JSON.stringify(Object.entries(context).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
