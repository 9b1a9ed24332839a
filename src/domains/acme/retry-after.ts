/** The header by which a server says when to come again (RFC 9110, section 10.2.3). Pure. */
const RETRY_AFTER_MAX_MS = 31 * 86_400_000;

/** Epoch milliseconds, from seconds or a date; null without a header that can be read. A wish beyond a month is cut. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  const text = header?.trim() ?? "";
  const atMs = /^\d+$/.test(text) ? nowMs + Number(text) * 1000 : dateMs(text);
  return Number.isNaN(atMs) ? null : Math.min(Math.max(atMs, nowMs), nowMs + RETRY_AFTER_MAX_MS);
}

/** Only dates as HTTP writes them: `Date.parse` makes one of "-5", too. */
function dateMs(text: string): number {
  return /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT$/.test(text) ? Date.parse(text) : NaN;
}
