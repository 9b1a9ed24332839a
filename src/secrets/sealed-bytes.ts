/** AES-256-GCM with a nonce of chance: bytes that open only with the key and the name they were sealed for. */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { SealBroken } from "../ports/vault.ts";

const ALGORITHM = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** In base64url; the body ends with the tag. */
export interface SealedBytes {
  readonly nonce: string;
  readonly body: string;
}

export function sealBytes(key: Buffer, bytes: Buffer, name: string): SealedBytes {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(ALGORITHM, key, nonce);
  cipher.setAAD(Buffer.from(name));
  const body = Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
  return { nonce: nonce.toString("base64url"), body: body.toString("base64url") };
}

/** Throws SealBroken. */
export function openBytes(key: Buffer, { nonce, body }: SealedBytes, name: string): Buffer {
  const bytes = Buffer.from(body, "base64url");
  if (bytes.length < TAG_BYTES) throw new SealBroken("the sealed text is cut short");
  try {
    const decipher = createDecipheriv(ALGORITHM, key, Buffer.from(nonce, "base64url"), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw new SealBroken("the sealed text was changed, or sealed for another purpose", { cause });
  }
}
