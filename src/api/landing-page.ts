/** What a browser gets at the API's address until the console is there: what this is and how to use it. No data. */
import type { OutgoingHttpHeaders } from "node:http";

/** Nothing may be loaded, run, framed or sent from this page. */
export const pageHeaders: OutgoingHttpHeaders = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cache-control": "no-store",
};

export function landingPage({
  endpoint,
  region,
}: {
  readonly endpoint: string;
  readonly region: string;
}): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Slipway</title>
<h1>Slipway</h1>
<p>This address speaks the API of AWS App Runner (AWS JSON 1.0, Signature Version 4). There is nothing to click here yet.</p>
<p>Use the AWS CLI, an AWS SDK or Terraform with this endpoint and the access key of this installation:</p>
<pre>aws apprunner list-services --endpoint-url ${escape(endpoint)} --region ${escape(region)}</pre>
<p>or the <code>slipway</code> command, which knows both.</p>
</html>
`;
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
