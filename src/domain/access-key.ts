/** Access keys: what they look like, and for what their secrets are sealed. */

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_CHARACTERS = 16;
const SECRET_BYTES = 30;

/** Bytes from a cryptographic source. */
export type RandomBytes = (size: number) => Uint8Array;

/** AKIA: of a user or of root, for good. ASIA: temporary. AIDA, AROA, ANPA: no keys, but ids of users, roles, policies. */
export type IdPrefix = "AKIA" | "ASIA" | "AIDA" | "AROA" | "ANPA";

/** Shaped as AWS's: 16 of A–Z, 2–7 behind the prefix (80 bits). */
export function newIdentityId(prefix: IdPrefix, random: RandomBytes): string {
  const characters = Array.from(random(ID_CHARACTERS), (byte) => BASE32.charAt(byte % BASE32.length));
  return prefix + characters.join("");
}

/** 40 characters (240 bits). */
export function newSecretKey(random: RandomBytes): string {
  return Buffer.from(random(SECRET_BYTES)).toString("base64");
}

/** What the secret of an access key is sealed for. */
export function accessKeyPurpose(accessKeyId: string): string {
  return `access key ${accessKeyId}`;
}
