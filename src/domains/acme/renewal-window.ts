/** When an authority wishes a certificate to be renewed (RFC 9773). Pure. */
import type { RenewalWindow } from "../../ports/certificate-authority.ts";
import { renewalInfoSchema } from "./messages.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Between these, and this unless it is said (RFC 9773, section 4.3). */
const ASK_AGAIN_MIN_MS = 60_000;
const ASK_AGAIN_MAX_MS = 86_400_000;
const ASK_AGAIN_MS = 6 * 3_600_000;

/** Null when it is not one: no dates, or an end that is not after the start. */
export function renewalWindow(
  body: unknown,
  { retryAfter, nowMs }: { readonly retryAfter: string | undefined; readonly nowMs: number },
): RenewalWindow | null {
  const { success, data } = renewalInfoSchema.safeParse(body);
  if (!success) return null;
  const startMs = Date.parse(data.suggestedWindow.start);
  const endMs = Date.parse(data.suggestedWindow.end);
  return endMs > startMs ? { startMs, endMs, askAgainMs: askAgainMs(retryAfter, nowMs) } : null;
}

function askAgainMs(retryAfter: string | undefined, nowMs: number): number {
  const wishedMs = retryAfterMs(retryAfter, nowMs) ?? nowMs + ASK_AGAIN_MS;
  return Math.min(Math.max(wishedMs, nowMs + ASK_AGAIN_MIN_MS), nowMs + ASK_AGAIN_MAX_MS);
}
