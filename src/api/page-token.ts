/**
 * NextToken: where a list goes on, sealed with AES-256-GCM. A client can neither read nor change it, and it opens only
 * for the request it was made for: same operation, same account and region, same other parameters (App Runner API,
 * "Pagination": all other parameters must stay equal).
 */
import { createCipheriv, createDecipheriv } from "node:crypto";
import type { AccountScope } from "../domain/arn.ts";
import { SlipwayError } from "../domain/error.ts";
import type { IdSource } from "../ports/clock.ts";
import type { Store } from "../ports/store.ts";

export interface PageTokens {
  /** `binding` says what the token is for: it must be equal when the token comes back. */
  seal(key: string, binding: unknown): Promise<string>;
  /** Throws ForeignToken for anything that `seal` did not make for this binding. */
  open(token: string, binding: unknown): Promise<string>;
}

interface PageTokenOptions {
  readonly store: Store;
  readonly scope: AccountScope;
  readonly ids: Pick<IdSource, "hex32">;
}

const CIPHER = "aes-256-gcm";
const KEY_SETTING = "page-token-key";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export function createPageTokens({ store, scope, ids }: PageTokenOptions): PageTokens {
  let key: Promise<Buffer> | undefined;
  const getKey = async (): Promise<Buffer> => {
    key ??= ensureKey(store, ids);
    return key.catch((error: unknown) => {
      key = undefined;
      throw error;
    });
  };
  const toBytes = (binding: unknown): Buffer =>
    Buffer.from(stableText([scope.region, scope.account, binding]));
  return {
    seal: async (text, binding) => seal(await getKey(), text, { binding: toBytes(binding), ids }),
    open: async (token, binding) => open(await getKey(), token, toBytes(binding)),
  };
}

async function ensureKey(store: Store, ids: Pick<IdSource, "hex32">): Promise<Buffer> {
  const hex = await store.transaction(async (tx) => {
    const present = await tx.settings.get(KEY_SETTING);
    if (present !== null) return present;
    const made = ids.hex32() + ids.hex32();
    await tx.settings.put(KEY_SETTING, made);
    return made;
  });
  return Buffer.from(hex, "hex");
}

/** nonce | tag | ciphertext */
function seal(
  key: Buffer,
  text: string,
  { binding, ids }: { readonly binding: Buffer; readonly ids: Pick<IdSource, "hex32"> },
): string {
  const nonce = Buffer.from(ids.hex32(), "hex").subarray(0, NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(binding);
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
}

function open(key: Buffer, token: string, binding: Buffer): string {
  const bytes = Buffer.from(token, "base64url");
  // Base64 has several spellings of the same bytes; only ours is a token of ours.
  if (bytes.length < NONCE_BYTES + TAG_BYTES || bytes.toString("base64url") !== token) throw foreign();
  const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(binding)
    .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
  try {
    const text = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString("utf8");
  } catch (cause) {
    throw foreign(cause);
  }
}

function foreign(cause?: unknown): SlipwayError {
  return new SlipwayError("ForeignToken", {}, { cause });
}

/** JSON with sorted keys and without absent members. */
function stableText(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== "object" || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
