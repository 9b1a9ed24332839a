/**
 * Seals texts with AES-256-GCM under data keys. Each purpose has a key of its own, derived with HKDF, and is
 * authenticated with the text, so that a sealed text is worth nothing anywhere but where it was put.
 *
 * A sealed text is `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. The key id tells which data key opens it.
 */
import { createHash, createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { SealBroken, type Vault } from "../ports/vault.ts";
import type { KnownValues } from "./known-values.ts";
import { openBytes, sealBytes } from "./sealed-bytes.ts";

const VERSION = "v1";
export const KEY_BYTES = 32;

export class SealedVault implements Vault {
  readonly #keys: Map<string, Buffer>;
  readonly #oldest: Buffer;
  #newest: Buffer;
  #known: Pick<KnownValues, "add"> | null = null;

  /** @param keys 32 random bytes each, the oldest first; the newest seals. */
  constructor(...keys: readonly [Buffer, ...(readonly Buffer[])]) {
    if (keys.some(({ length }) => length !== KEY_BYTES)) throw new SealBroken("a key is not 32 bytes long");
    this.#keys = new Map(keys.map((key) => [dataKeyId(key), key]));
    [this.#oldest] = keys;
    this.#newest = keys.at(-1) ?? this.#oldest;
  }

  /** From now on this one seals. */
  add(key: Buffer): void {
    this.#keys.set(dataKeyId(key), key);
    this.#newest = key;
  }

  /** What is sealed and opened from now on is known there. */
  tellingOf(known: Pick<KnownValues, "add">): this {
    this.#known = known;
    return this;
  }

  /**
   * The same, but what it seals and opens is not known to logs: secrets of a passing kind, of which anybody may ask for many,
   * would push the lasting ones out of there.
   */
  untold(): Vault {
    return {
      seal: (purpose, text) => this.#seal(purpose, text),
      open: (purpose, sealed) => this.#open(purpose, sealed),
    };
  }

  seal(purpose: string, text: string): string {
    this.#known?.add(text);
    return this.#seal(purpose, text);
  }

  open(purpose: string, sealed: string): string {
    const text = this.#open(purpose, sealed);
    this.#known?.add(text);
    return text;
  }

  #seal(purpose: string, text: string): string {
    const sealed = sealBytes(keyFor(this.#newest, purpose), Buffer.from(text, "utf8"), purpose);
    return [VERSION, dataKeyId(this.#newest), sealed.nonce, sealed.body].join(".");
  }

  #open(purpose: string, sealed: string): string {
    const [version, keyId = "", nonce = "", body = ""] = sealed.split(".");
    if (version !== VERSION) throw new SealBroken("not a sealed text");
    const key = this.#keys.get(keyId);
    if (key === undefined) throw new SealBroken(`sealed under a key that is not here (${keyId})`);
    return openBytes(keyFor(key, purpose), { nonce, body }, purpose).toString("utf8");
  }

  /** A key for what is not sealed but proven; no text is sealed with it. The same after every rotation. */
  deriveKey(purpose: string): KeyObject {
    return createSecretKey(keyFor(this.#oldest, `key for ${purpose}`));
  }
}

/** Also of the keys that were master keys and data keys in one, before there were keyrings. */
export function dataKeyId(key: Buffer): string {
  return createHash("sha256").update("slipway key id").update(key).digest("hex").slice(0, 8);
}

function keyFor(key: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, "", `slipway vault ${purpose}`, KEY_BYTES));
}
