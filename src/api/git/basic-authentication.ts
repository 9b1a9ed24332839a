/**
 * HTTP Basic with an access key: its id is the user name, its secret the password. git cannot sign as AWS's clients do.
 * Whether the id exists cannot be told from the answer nor from the time it takes.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Principal } from "../../domain/identity.ts";
import type { Credentials } from "../../ports/credentials.ts";

/** Compared with where there is no such key; nobody's secret is empty. */
const NO_SECRET = "";

/** For what a key was used, as its owner is told: AWS has no service for this. */
const SERVICE = "git";

/** Null: nobody that we know. */
export async function authenticateBasic(
  authorization: string | undefined,
  credentials: Credentials,
): Promise<Principal | null> {
  const given = readBasic(authorization);
  if (given === null) return null;
  const credential = await credentials.find(given.accessKeyId, null);
  const isRight = isSame(given.secret, credential?.secret ?? NO_SECRET);
  if (credential === null || !isRight) return null;
  credentials.used(credential.principal, SERVICE);
  return credential.principal;
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
