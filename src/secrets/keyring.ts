/**
 * The vault's data keys, each wrapped under the master key, and under the next one while it is rotated. It lies in the database:
 * it is worth nothing without a master key, and neither is what the data keys sealed.
 */
import { createHash, hkdfSync } from "node:crypto";
import { SealBroken } from "../ports/vault.ts";
import { openBytes, type SealedBytes, sealBytes } from "./sealed-bytes.ts";
import { dataKeyId, KEY_BYTES } from "./sealed-vault.ts";

const FORMAT = 1;

export type MasterKeyOrigin = "file" | "environment" | "command";

export interface Keyring {
  readonly format: typeof FORMAT;
  /** Where the master key came from that opened it last. */
  readonly origin: MasterKeyOrigin;
  /** When the master key became another. */
  readonly rotatedAtMs: number | null;
  /** Oldest first; the newest seals. */
  readonly keys: readonly WrappedKey[];
}

interface WrappedKey {
  readonly id: string;
  readonly createdAtMs: number;
  /** Id of a master key → the data key, sealed under it. All keys have the same ids. */
  readonly wrapped: Readonly<Record<string, SealedBytes>>;
}

export interface DataKey {
  readonly bytes: Buffer;
  readonly createdAtMs: number;
}

/** Public: tells one master key from another, and nothing about it. */
export function masterKeyId(key: Buffer): string {
  return createHash("sha256").update("slipway master key id").update(key).digest("hex").slice(0, 12);
}

export function wrapAll(
  keys: readonly DataKey[],
  masterKeys: readonly Buffer[],
  { origin, rotatedAtMs }: Pick<Keyring, "origin" | "rotatedAtMs">,
): Keyring {
  return { format: FORMAT, origin, rotatedAtMs, keys: keys.map((key) => wrap(key, masterKeys)) };
}

function wrap({ bytes, createdAtMs }: DataKey, masterKeys: readonly Buffer[]): WrappedKey {
  const id = dataKeyId(bytes);
  const wraps = masterKeys.map((key) => [masterKeyId(key), sealBytes(wrappingKey(key), bytes, id)] as const);
  return { id, createdAtMs, wrapped: Object.fromEntries(wraps) };
}

/** Throws SealBroken when it is not wrapped under this key, or was changed. */
export function unwrapAll(ring: Keyring, masterKey: Buffer): readonly DataKey[] {
  const under = masterKeyId(masterKey);
  return ring.keys.map(({ id, createdAtMs, wrapped }) => {
    const sealed = wrapped[under];
    if (sealed === undefined) throw new SealBroken(`the vault is not sealed under the master key ${under}`);
    return { bytes: openBytes(wrappingKey(masterKey), sealed, id), createdAtMs };
  });
}

export function masterKeyIds(ring: Keyring): readonly string[] {
  return Object.keys(ring.keys[0]?.wrapped ?? {});
}

export function parseKeyring(text: string): Keyring {
  const ring = JSON.parse(text) as Keyring;
  if (ring.format !== FORMAT) {
    throw new SealBroken("the vault's keys are of a newer Slipway: start that one, or restore the database");
  }
  return ring;
}

function wrappingKey(masterKey: Buffer): Buffer {
  return Buffer.from(hkdfSync("sha256", masterKey, "", "slipway master key wraps data keys", KEY_BYTES));
}
