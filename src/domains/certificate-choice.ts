/** Which certificate serves a subject, and when that one is to be replaced or warned of. Pure. */
import type { Certificate } from "../domain/certificate.ts";
import { isWildcard } from "../domain/custom-domain.ts";
import { DAY_MS } from "./pauses.ts";
import { fraction } from "./spread.ts";
import type { RenewalWindow } from "../ports/certificate-authority.ts";

/** What is decided by; texts and keys stay in the store. */
export type CertificateFacts = Omit<Certificate, "chainPem" | "sealedKey">;

/** Somebody must have the time to act. */
const WARN_AHEAD_MS = 14 * DAY_MS;
/** The part of its life in which a short-lived one (six days, say) is warned of. */
const WARN_LIFE_PART = 1 / 4;
const RENEW_LIFE_PART = 2 / 3;
/** Up to this part of its life earlier, so that what was issued together is not renewed together. */
const RENEW_SPREAD_PART = 1 / 20;
/** Clocks of authorities differ from ours. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** A wildcard stands for exactly one label. */
export function covers(certificateNames: readonly string[], name: string): boolean {
  if (certificateNames.includes(name)) return true;
  return !isWildcard(name) && certificateNames.includes(`*.${name.slice(name.indexOf(".") + 1)}`);
}

export function isForExactly(certificateNames: readonly string[], names: readonly string[]): boolean {
  return certificateNames.length === names.length && names.every((name) => certificateNames.includes(name));
}

/**
 * The best that is valid now: one of the user's own that lasts, one that the authority issued for these very names, one
 * of the user's own that ends soon, one of the local authority. Among equals the newest.
 */
export function chooseCertificate(
  names: readonly string[],
  certificates: Iterable<CertificateFacts>,
  nowMs: number,
): CertificateFacts | null {
  let best: CertificateFacts | null = null;
  for (const one of certificates) {
    if (!isUsable(one, names, nowMs)) continue;
    if (best === null || isBetter(one, best, nowMs)) best = one;
  }
  return best;
}

export function isValid({ notBeforeMs, notAfterMs }: CertificateFacts, nowMs: number): boolean {
  return notBeforeMs - CLOCK_TOLERANCE_MS <= nowMs && nowMs < notAfterMs;
}

function isUsable(one: CertificateFacts, names: readonly string[], nowMs: number): boolean {
  if (!isValid(one, nowMs)) return false;
  if (one.origin === "imported") return names.every((name) => covers(one.names, name));
  return isForExactly(one.names, names);
}

function isBetter(one: CertificateFacts, other: CertificateFacts, nowMs: number): boolean {
  const difference = rank(one, nowMs) - rank(other, nowMs);
  if (difference !== 0) return difference < 0;
  if (one.createdAtMs !== other.createdAtMs) return one.createdAtMs > other.createdAtMs;
  return one.id > other.id;
}

function rank(one: CertificateFacts, nowMs: number): number {
  if (one.origin === "acme") return 1;
  if (one.origin === "local") return 3;
  return nowMs < warnFromMs(one) ? 0 : 2;
}

/** From then on it is warned each day that it ends. */
export function warnFromMs({ notBeforeMs, notAfterMs }: CertificateFacts): number {
  return notAfterMs - Math.min(WARN_AHEAD_MS, (notAfterMs - notBeforeMs) * WARN_LIFE_PART);
}

/**
 * When it is to be replaced, by `replacement`; null when nobody can. One of the user's own in time before it ends; one of
 * the local authority at once when there is a public one.
 */
export function renewAtMs(one: CertificateFacts, replacement: "acme" | "local" | null): number | null {
  if (replacement === null) return null;
  if (one.origin === "imported") return replacement === "acme" ? warnFromMs(one) : null;
  if (one.origin === "local" && replacement === "acme") return one.createdAtMs;
  const lifeMs = one.notAfterMs - one.notBeforeMs;
  const part = RENEW_LIFE_PART - RENEW_SPREAD_PART * fraction(one.id);
  return Math.round(one.notBeforeMs + lifeMs * part);
}

/** A time of ours within the window that the authority wishes; a window that is over means now. */
export function timeInWindow({ startMs, endMs }: RenewalWindow, id: string): number {
  return Math.round(startMs + Math.max(0, endMs - startMs) * fraction(id));
}
