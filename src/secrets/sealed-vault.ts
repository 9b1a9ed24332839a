/**
 * Seals texts with AES-256-GCM under a master key. Each purpose has a key of its own, derived with HKDF, and is
 * authenticated with the text, so that a sealed text is worth nothing anywhere but where it was put.
 *
 * A sealed text is `v1.<key id>.<nonce>.<ciphertext and tag>`, base64url. The key id tells which master key opens it.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createSecretKey,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from "node:crypto";
import { SealBroken, type Vault } from "../ports/vault.ts";

const VERSION = "v1";
export const MASTER_KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export class SealedVault implements Vault {
  readonly #masterKey: Buffer;
  readonly #keyId: string;

  /** @param masterKey 32 random bytes. */
  constructor(masterKey: Buffer) {
    if (masterKey.length !== MASTER_KEY_BYTES) throw new SealBroken("the master key is not 32 bytes long");
    this.#masterKey = masterKey;
    this.#keyId = createHash("sha256").update("slipway key id").update(masterKey).digest("hex").slice(0, 8);
  }

  seal(purpose: string, text: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv("aes-256-gcm", this.#keyFor(purpose), nonce);
    cipher.setAAD(Buffer.from(purpose));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return [VERSION, this.#keyId, nonce.toString("base64url"), sealed.toString("base64url")].join(".");
  }

  open(purpose: string, sealed: string): string {
    const [version, keyId, nonce = "", body = ""] = sealed.split(".");
    if (version !== VERSION) throw new SealBroken("not a sealed text");
    if (keyId !== this.#keyId) throw new SealBroken(`sealed under another master key (${keyId})`);
    const bytes = Buffer.from(body, "base64url");
    if (bytes.length < TAG_BYTES) throw new SealBroken("the sealed text is cut short");
    try {
      const decipher = createDecipheriv(
        "aes-256-gcm",
        this.#keyFor(purpose),
        Buffer.from(nonce, "base64url"),
        { authTagLength: TAG_BYTES },
      );
      decipher.setAAD(Buffer.from(purpose));
      decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
      const opened = Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
      return opened.toString("utf8");
    } catch (error) {
      throw new SealBroken("the sealed text was changed, or sealed for another purpose", { cause: error });
    }
  }

  /** A key for what is not sealed but proven; no text is sealed with it. */
  deriveKey(purpose: string): KeyObject {
    return createSecretKey(this.#keyFor(`key for ${purpose}`));
  }

  #keyFor(purpose: string): Buffer {
    return Buffer.from(hkdfSync("sha256", this.#masterKey, "", `slipway vault ${purpose}`, MASTER_KEY_BYTES));
  }
}
