/**
 * What the edge shall keep from a service: its tags, with digests of the passwords that a secret of the vault holds now. Where
 * that cannot be read nobody gets in. Passwords stay in here.
 */
import { createHash } from "node:crypto";
import type { BasicAuth, Protection } from "../domain/protection.ts";
import type { Service } from "../domain/service.ts";
import type { PasswordDigests, RouteGuard } from "../ports/route-guard.ts";
import { SecretUnavailable } from "../ports/secret-values.ts";
import type { Ports } from "./executor.ts";
import { readerFor } from "./pinned-secrets.ts";

/** What an entry of the edge's map holds. */
const MAX_PASSWORDS = 100;
const SALT_CHARACTERS = 32;
/** Of `htpasswd -m`, `-B`, `-2`, `-5`: slow on purpose, too slow for each request. Of `-s` the edge can tell. */
const IS_SLOW_HASH = /^[^:]*:\$(?:apr1|2[aby]|5|6)\$/;

type SecretPorts = Pick<Ports, "secretValues" | "secretAccess">;

/** Undefined: nothing is kept from it. */
export async function guardOf(
  service: Service,
  { basicAuth, ...protection }: Protection,
  ports: SecretPorts,
): Promise<RouteGuard | undefined> {
  const isAnything = Object.values(protection).some((wish) => wish !== null && wish !== false);
  if (basicAuth === null) return isAnything ? { ...protection, passwords: null } : undefined;
  return { ...protection, passwords: await digestsFor(service, basicAuth, ports) };
}

async function digestsFor(
  service: Service,
  basicAuth: BasicAuth,
  ports: SecretPorts,
): Promise<PasswordDigests> {
  const found = await readPasswords(service, basicAuth, ports);
  if ("problem" in found) return { salt: "none", digests: [] };
  return { salt: found.salt, digests: found.lines.map((line) => sha256(`${found.salt}:${line}`)) };
}

/** Why nobody gets in by a password; null where somebody does, or none is asked for. */
export async function passwordProblem(
  service: Service,
  { basicAuth }: Protection,
  ports: SecretPorts,
): Promise<string | null> {
  if (basicAuth === null) return null;
  const found = await readPasswords(service, basicAuth, ports);
  if ("problem" in found) return found.problem;
  return found.lines.length > 0
    ? null
    : `The secret ${basicAuth.reference} holds no password that the edge can check.`;
}

type Passwords = { readonly salt: string; readonly lines: readonly string[] } | { readonly problem: string };

async function readPasswords(
  { id, configuration }: Service,
  { user, reference }: BasicAuth,
  ports: SecretPorts,
): Promise<Passwords> {
  const { values, access, roleArn } = readerFor(ports, configuration);
  try {
    if (roleArn !== null) await access.assertReadable(reference, roleArn);
    const pinned = await values.resolve(reference);
    const salt = sha256(`${id} ${reference} ${pinned.versionId}`).slice(0, SALT_CHARACTERS);
    return { salt, lines: passwordLines(await values.read(pinned), user) };
  } catch (error) {
    if (!(error instanceof SecretUnavailable)) throw error;
    return { problem: error.message };
  }
}

/** As `user:password`, or `user:{SHA}…` as htpasswd writes it. */
export function passwordLines(text: string, user: string | null): readonly string[] {
  if (user !== null) {
    const password = text.replace(/\r?\n$/, "");
    return password === "" ? [] : [`${user}:${password}`];
  }
  const lines = text.split(/\r?\n/).filter((line) => /^[^#:][^:]*:./.test(line) && !IS_SLOW_HASH.test(line));
  return [...new Set(lines)].slice(0, MAX_PASSWORDS);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
