/** Pages of one sentence, for browsers on their way: they load and run nothing. */
import type { OutgoingHttpHeaders } from "node:http";

/** Nothing may be loaded, run, framed or sent from such a page. */
export const plainPageHeaders: OutgoingHttpHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "cache-control": "no-store",
};

/** Goes on to the start by itself. `base`: what goes before its path. */
export function movedPage(base: string): string {
  const home = escapeHtml(`${base}/`);
  return frame(
    "Signed in",
    `<meta http-equiv="refresh" content="0;url=${home}"><p><a href="${home}">Go on</a></p>`,
  );
}

export function messagePage(message: string, base: string): string {
  return frame(
    "Not signed in",
    `<h1>Not signed in</h1><p role="alert">${escapeHtml(message)}</p>
<p><a href="${escapeHtml(`${base}/`)}">Back to signing in</a></p>`,
  );
}

export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

function frame(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} - Slipway</title>
<main>${content}</main>
</html>
`;
}
