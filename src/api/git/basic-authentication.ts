/**
 * HTTP Basic with an access key: its id is the user name, its secret the password. git cannot sign as AWS's clients do.
 * Whether the id exists cannot be told from the answer nor from the time it takes.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { AccessKey } from "../../ports/store.ts";
import type { Principal } from "../sigv4.ts";

export type FindKey = (accessKeyId: string) => Promise<Pick<AccessKey, "secret" | "principalArn"> | null>;

/** Compared with where there is no such key; nobody's secret is empty. */
const NO_SECRET = "";

/** Null: nobody that we know. */
export async function authenticateBasic(
  authorization: string | undefined,
  findKey: FindKey,
): Promise<Principal | null> {
  const given = readBasic(authorization);
  if (given === null) return null;
  const key = await findKey(given.accessKeyId);
  const isRight = isSame(given.secret, key?.secret ?? NO_SECRET);
  return key === null || !isRight ? null : { arn: key.principalArn, accessKeyId: given.accessKeyId };
}

function readBasic(authorization = ""): { readonly accessKeyId: string; readonly secret: string } | null {
  const [, encoded] = /^Basic +([A-Za-z0-9+/]+=*)$/i.exec(authorization) ?? [];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, "base64").toString("utf8");
  const colon = text.indexOf(":");
  return colon < 1 ? null : { accessKeyId: text.slice(0, colon), secret: text.slice(colon + 1) };
}

/** Hashes are of one length, so that no length can be told either. */
function isSame(one: string, other: string): boolean {
  return timingSafeEqual(hash(one), hash(other));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
