/** Keys of KMS as people call them. */
import type { Output } from "../../api/wire.ts";

export type EncryptionKey = Output<"Slipway.ListEncryptionKeys">["Keys"][number];

/** Its first alias, else its id. */
export function keyName({ Aliases, KeyId }: Pick<EncryptionKey, "Aliases" | "KeyId">): string {
  return Aliases[0]?.replace(/^alias\//, "") ?? KeyId;
}

export function keyHref(keyId: string): string {
  return `#/keys/${keyId}`;
}

const KEY_ARN = /\barn:[\w-]+:kms:[\w-]*:\d*:key\/(?<id>[\w-]+)/;

/** The page of the key that a refusal names by its ARN; null: it names none. */
export function hrefOfKeyIn(message: string): string | null {
  const id = KEY_ARN.exec(message)?.groups?.["id"];
  return id === undefined ? null : keyHref(id);
}

export function serviceNames({ Services }: Pick<EncryptionKey, "Services">): string {
  return Services.map(({ ServiceName }) => ServiceName).join(", ");
}
