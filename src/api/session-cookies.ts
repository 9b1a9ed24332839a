/**
 * The cookies of the console. A browser sends the one with `__Host-` only to the very host that set it, and only by https;
 * without TLS there is no such thing, so a name that comes twice (another program of the host may have planted one) counts
 * as none.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { HeaderValues } from "./sigv4/signed-request.ts";

export type CookieName = "slipway-session" | "slipway-device" | "slipway-oidc";

export interface CookieOptions {
  readonly isSecure: boolean;
  /** Left out: until the browser ends. 0 takes it away. */
  readonly maxAgeSeconds?: number;
  /** Lax: it also comes along when another site leads here, which the way back from an identity provider needs. */
  readonly sameSite?: "Strict" | "Lax";
}

const TEXT_MAX = 8_192;

export function cookieText(name: CookieName, value: string, options: CookieOptions): string {
  const { isSecure, maxAgeSeconds, sameSite = "Strict" } = options;
  return [
    `${nameFor(name, isSecure)}=${value}`,
    "Path=/",
    "HttpOnly",
    `SameSite=${sameSite}`,
    ...(isSecure ? ["Secure"] : []),
    ...(maxAgeSeconds === undefined ? [] : [`Max-Age=${maxAgeSeconds}`]),
  ].join("; ");
}

/** Null: there is none, or more than one. */
export function cookieOf(name: CookieName, headers: HeaderValues, isSecure: boolean): string | null {
  const values = valuesOf(nameFor(name, isSecure), headers);
  const [value, ...more] = values;
  return value === undefined || more.length > 0 ? null : value;
}

/** Whether the browser means somebody, whatever becomes of it. */
export function hasSessionCookie(headers: HeaderValues): boolean {
  return [true, false].some((isSecure) => valuesOf(nameFor("slipway-session", isSecure), headers).length > 0);
}

/** Known to who can read what the session's owner reads, and to no other site. */
export function csrfTokenOf(sessionToken: string): string {
  return createHmac("sha256", sessionToken).update("csrf").digest("base64url");
}

export function isCsrfToken(given: string | undefined, sessionToken: string): boolean {
  const [one, other] = [Buffer.from(given ?? ""), Buffer.from(csrfTokenOf(sessionToken))];
  return one.length === other.length && timingSafeEqual(one, other);
}

function nameFor(name: CookieName, isSecure: boolean): string {
  return isSecure ? `__Host-${name}` : name;
}

function valuesOf(name: string, headers: HeaderValues): readonly string[] {
  const pairs = (headers.get("cookie") ?? []).flatMap((header) => header.slice(0, TEXT_MAX).split(";"));
  const prefix = `${name}=`;
  return pairs
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(prefix))
    .map((pair) => pair.slice(prefix.length));
}
