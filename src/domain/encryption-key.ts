/**
 * Keys as KMS has them, without their material: their states, their aliases, and how what they encrypted names them. Pure.
 *
 * | status           | may become                            |
 * |------------------|---------------------------------------|
 * | ENABLED          | DISABLED, PENDING_DELETION            |
 * | DISABLED         | ENABLED, PENDING_DELETION             |
 * | PENDING_DELETION | DISABLED (cancelled), DELETED         |
 * | DELETED          | nothing: the row says that it was one |
 */
import type { AccountScope } from "./arn.ts";
import { type StateTable, transition } from "./state-table.ts";
import type { Tag } from "./tag.ts";

export const encryptionKeyStatusTable = {
  ENABLED: ["DISABLED", "PENDING_DELETION"],
  DISABLED: ["ENABLED", "PENDING_DELETION"],
  PENDING_DELETION: ["DISABLED", "DELETED"],
  DELETED: [],
} as const satisfies StateTable<EncryptionKeyStatus>;

export type EncryptionKeyStatus = "ENABLED" | "DISABLED" | "PENDING_DELETION" | "DELETED";

export interface EncryptionKey {
  readonly arn: string;
  /** Its id, a UUID: the last part of the ARN. */
  readonly name: string;
  readonly status: EncryptionKeyStatus;
  readonly description: string;
  readonly createdAtMs: number;
  /** When the material goes, or went; null unless its deletion is asked for. */
  readonly deleteAtMs: number | null;
  readonly tags: readonly Tag[];
}

/** Another name of a key. */
export interface KeyAlias {
  readonly arn: string;
  /** With `alias/`. */
  readonly name: string;
  readonly status: "ACTIVE";
  readonly keyArn: string;
  readonly createdAtMs: number;
  readonly changedAtMs: number;
}

export function toKeyStatus(key: EncryptionKey, to: EncryptionKeyStatus): EncryptionKey {
  const status = transition<EncryptionKeyStatus>("key", encryptionKeyStatusTable, key.status, to);
  return { ...key, status };
}

export type KeyProblem = "disabled" | "pending deletion" | "deleted" | "unknown";

const PROBLEMS: Readonly<Record<KeyProblem, (id: string) => string>> = {
  disabled: (id) => `is disabled. Enable it with \`slipway keys enable ${id}\``,
  "pending deletion": (id) =>
    `is pending deletion. Keep it with \`slipway keys cancel-deletion ${id}\`, then enable it with \`slipway keys enable ${id}\``,
  deleted: () => "was deleted: what it encrypted cannot be read again",
  unknown: () => "is not here. Look with `slipway keys ls`",
};

/** Why nothing can be done with a key; null: it can be used. `key` null: there is none of this ARN. */
export function keyProblem(
  arn: string,
  key: EncryptionKey | null,
): { readonly reason: KeyProblem; readonly text: string } | null {
  if (key?.status === "ENABLED") return null;
  const reason = key === null ? "unknown" : PROBLEM_OF[key.status];
  return { reason, text: `The key ${arn} ${PROBLEMS[reason](keyIdOf(arn))}.` };
}

const PROBLEM_OF = {
  DISABLED: "disabled",
  PENDING_DELETION: "pending deletion",
  DELETED: "deleted",
} as const satisfies Record<Exclude<EncryptionKeyStatus, "ENABLED">, KeyProblem>;

/** Under this version of its ARN the sealed values have the material. */
export const KEY_MATERIAL = "material";

const ALIAS_PREFIX = "alias/";
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function encryptionKeyArn({ region, account }: AccountScope, id: string): string {
  return `arn:aws:kms:${region}:${account}:key/${id}`;
}

/** `name` with `alias/`. */
export function keyAliasArn({ region, account }: AccountScope, name: string): string {
  return `arn:aws:kms:${region}:${account}:${name}`;
}

export type KeyReference =
  | { readonly kind: "key"; readonly arn: string }
  | { readonly kind: "alias"; readonly name: string };

/** A key's id or ARN, an alias or its ARN. Null for what is none of these, or of another place. */
export function parseKeyReference(text: string, scope: AccountScope): KeyReference | null {
  const prefix = keyAliasArn(scope, "");
  if (text.startsWith("arn:") && !text.startsWith(prefix)) return null;
  const rest = text.startsWith(prefix) ? text.slice(prefix.length) : text;
  if (rest.startsWith(ALIAS_PREFIX)) return { kind: "alias", name: rest };
  const id = rest === text ? rest : rest.replace(/^key\//, "");
  return UUID.test(id) && (rest === text || rest !== id)
    ? { kind: "key", arn: encryptionKeyArn(scope, id) }
    : null;
}

/**
 * What a key encrypted: a byte for the format, the 16 of the key's id, and what only the key opens. So a request to decrypt
 * need not name the key.
 */
const FORMAT = 1;
const ID_BYTES = 16;
export const CIPHERTEXT_HEAD_BYTES = 1 + ID_BYTES;

export function ciphertextHead(keyArn: string): Buffer {
  const id = keyIdOf(keyArn).replaceAll("-", "");
  return Buffer.concat([Buffer.of(FORMAT), Buffer.from(id, "hex")]);
}

/** The id of the key that made this; null when it is of no key of ours. */
export function keyIdOfCiphertext(ciphertext: Buffer): string | null {
  if (ciphertext.length <= CIPHERTEXT_HEAD_BYTES || ciphertext[0] !== FORMAT) return null;
  const hex = ciphertext.toString("hex", 1, CIPHERTEXT_HEAD_BYTES);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export function keyIdOf(keyArn: string): string {
  return keyArn.slice(keyArn.lastIndexOf("/") + 1);
}
