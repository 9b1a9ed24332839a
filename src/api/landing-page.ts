/** What who asks for no page, or has no console, gets at the API's address: what this is and how to use it. No data, and no key. */
import type { OutgoingHttpHeaders } from "node:http";
import { escapeHtml as escape } from "./plain-page.ts";

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

const WHO_MAY_READ =
  "The credentials file belongs to the user who runs Slipway: as another put <code>sudo</code> in front.";
const WHERE_THE_KEY_IS =
  "The access key is in a file of the machine that Slipway runs on; <code>slipway info</code> names it there.";

const CONSOLE = 'People sign in at the <a href="console/">console</a>.';
const NO_CONSOLE = "This program was built without the console.";

export interface LandingPage {
  readonly endpoint: string;
  readonly region: string;
  /** Undefined where it is unknown or the reader sits at another machine: then it is described, not named. */
  readonly credentialsFile?: string | undefined;
  readonly hasConsole?: boolean;
}

export function landingPage(page: LandingPage): string {
  const { credentialsFile } = page;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Slipway</title>
<h1>Slipway</h1>
<p>This address speaks the API of AWS App Runner (AWS JSON 1.0, Signature Version 4). ${page.hasConsole === true ? CONSOLE : NO_CONSOLE}</p>
<p>Use the AWS CLI, an AWS SDK or Terraform with this endpoint and the access key of this installation:</p>
<pre>env ${escape(credentialsOf(credentialsFile))} \\
  aws apprunner list-services --region ${escape(page.region)} --endpoint-url ${escape(page.endpoint)}</pre>
<p>${credentialsFile === undefined ? WHERE_THE_KEY_IS : WHO_MAY_READ}</p>
<p>Or use the <code>slipway</code> command, which knows all of it.</p>
</html>
`;
}

/** Variables for the AWS CLI, quoted for a shell. */
function credentialsOf(file: string | undefined): string {
  if (file === undefined) return "AWS_ACCESS_KEY_ID=… AWS_SECRET_ACCESS_KEY=…";
  const isPlain = /^[\w./-]+$/.test(file);
  const word = isPlain ? file : `'${file.replaceAll("'", `'\\''`)}'`;
  return `AWS_SHARED_CREDENTIALS_FILE=${word} AWS_PROFILE=slipway`;
}
