/** Where a certificate stands in its life. */
const DAY_MS = 86_400_000;
/** A renewal is due at two thirds of a life: what is left below a fifth was not renewed. */
const SOON_SHARE = 0.2;
const SOON_MS = 14 * DAY_MS;
const NOW_SHARE = 0.05;

export interface Expiry {
  /** Negative: it has ended. */
  readonly leftMs: number;
  /** Of its life, 0 to 1. */
  readonly share: number;
  readonly urgency: "none" | "soon" | "now";
}

/** Moments in seconds, as the API tells them. */
export function expiryOf(
  { notBefore, notAfter }: { readonly notBefore: number; readonly notAfter: number },
  nowMs: number,
): Expiry {
  const lifeMs = Math.max(1, (notAfter - notBefore) * 1_000);
  const leftMs = notAfter * 1_000 - nowMs;
  const share = Math.min(1, Math.max(0, leftMs / lifeMs));
  if (share <= NOW_SHARE) return { leftMs, share, urgency: "now" };
  // Short-lived ones are renewed within days: fourteen of them would always be soon.
  const isSoon = share < SOON_SHARE && leftMs < SOON_MS;
  return { leftMs, share, urgency: isSoon ? "soon" : "none" };
}
